"""Stacks and response cases at their source: read through the adapter, from the sandbox."""

from collections.abc import Iterator, Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from tests.builders import a_ticket, an_account
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.evidence_source import AwsEvidence
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.system.clock import SystemClock
from triage.domain.evidence import Answer, Known, Unknown
from triage.domain.severity import Severity
from triage.domain.ticket import FindingClass, Format, Source, Ticket
from triage.questions.question import Asking, CannotAsk
from triage.questions.source_finding import QUESTION
from triage.sandbox.server import Sandbox

ONE, REGION = "111111111111", "us-east-1"
DRIFT = "CloudFormation Drift Detection Status Change"
STACK = "CloudFormation Stack Status Change"
CASE = f"arn:aws:security-ir:{REGION}:{ONE}:case/1234567890"


def an_event(source: Source, type_: str, native_id: str, **changes: Any) -> Ticket:
    return a_ticket(
        source=source,
        format=Format.NATIVE,
        type=type_,
        native_id=native_id,
        account=ONE,
        region=REGION,
        severity=Severity(50),
        finding_class=FindingClass.POSTURE,
        **changes,
    )


@pytest.fixture
def evidence(sandbox: Sandbox, monkeypatch: pytest.MonkeyPatch) -> Iterator[AwsEvidence]:
    for name, value in sandbox.environment().items():
        monkeypatch.setenv(name, value)
    limits = AwsLimits()
    source = AwsEvidence(Clients(Role(), limits, REGION), SystemClock(), limits)
    yield source
    source.close()


def asked(evidence: AwsEvidence, ticket: Ticket) -> Answer:
    now = SystemClock().now()
    asking = Asking(ticket=ticket, account=an_account(id=ONE), now=now)
    reads = QUESTION.plan(asking)
    found = evidence.fetch(reads, deadline=now + timedelta(seconds=10), fresh=now)
    return QUESTION.interpret(asking, [found[read] for read in reads])


def a_stack(sandbox: Sandbox, **fields: Any) -> str:
    sandbox.load({"accounts": {ONE: {"stacks": [{"StackName": "shop", **fields}]}}})
    stacks = sandbox.client("cloudformation", ONE, REGION).describe_stacks()["Stacks"]
    return str(stacks[0]["StackId"])


def drift(status: str) -> Mapping[str, Any]:
    return {"DriftInformation": {"StackDriftStatus": status, "LastCheckTimestamp": "-1h"}}


@pytest.mark.parametrize(
    ("status", "said"), [("DRIFTED", "open"), ("IN_SYNC", "resolved"), ("NOT_CHECKED", "open")]
)
def test_a_stack_says_whether_it_has_drifted(sandbox, evidence, status, said):
    stack = a_stack(sandbox, **drift(status))
    found = asked(evidence, an_event(Source.CLOUDFORMATION, DRIFT, stack))
    assert isinstance(found, Known)
    assert (found.value["confirmed"], found.value["status"]) == (True, said)


@pytest.mark.parametrize(
    ("status", "said"),
    [
        ("UPDATE_COMPLETE", "resolved"),
        ("UPDATE_ROLLBACK_COMPLETE", "open"),
        ("UPDATE_IN_PROGRESS", "open"),
    ],
)
def test_a_stack_says_how_its_last_operation_ended(sandbox, evidence, status, said):
    stack = a_stack(sandbox, StackStatus=status)
    found = asked(evidence, an_event(Source.CLOUDFORMATION, STACK, stack))
    assert isinstance(found, Known)
    assert (found.value["confirmed"], found.value["status"]) == (True, said)


def test_an_updated_stack_that_has_drifted_is_still_drifted(sandbox, evidence):
    stack = a_stack(sandbox, StackStatus="UPDATE_COMPLETE", **drift("DRIFTED"))
    found = asked(evidence, an_event(Source.CLOUDFORMATION, DRIFT, stack))
    assert isinstance(found, Known)
    assert found.value["status"] == "open"


def test_a_stack_nobody_knows_is_unknown(sandbox, evidence):
    a_stack(sandbox)
    stack = f"arn:aws:cloudformation:{REGION}:{ONE}:stack/other/1"
    assert isinstance(asked(evidence, an_event(Source.CLOUDFORMATION, STACK, stack)), Unknown)


def a_case(sandbox: Sandbox, **fields: Any) -> Ticket:
    case = {"caseId": "1234567890", "title": "Keys used from abroad", **fields}
    sandbox.load({"accounts": {ONE: {"response_cases": [case]}}})
    return an_event(Source.INCIDENT_RESPONSE, "Case Updated", CASE)


@pytest.mark.parametrize(("status", "said"), [("Submitted", "open"), ("Closed", "resolved")])
def test_a_case_is_confirmed_by_its_arn(sandbox, evidence, status, said):
    found = asked(evidence, a_case(sandbox, caseStatus=status))
    assert isinstance(found, Known)
    assert (found.value["confirmed"], found.value["status"]) == (True, said)


def test_a_case_nobody_knows_is_not_confirmed(sandbox, evidence):
    a_case(sandbox, caseId="9999999999")
    found = asked(evidence, an_event(Source.INCIDENT_RESPONSE, "Case Updated", CASE))
    assert isinstance(found, Known)
    assert found.value["confirmed"] is False


def test_cases_are_listed_in_short(sandbox):
    a_case(sandbox)
    client = sandbox.client("security-ir", ONE, REGION)
    (item,) = client.list_cases()["items"]
    assert (item["caseId"], item["caseArn"]) == ("1234567890", CASE)
    assert "caseId" not in client.get_case(caseId="1234567890")
    with pytest.raises(ClientError, match="ResourceNotFoundException"):
        client.get_case(caseId="9999999999")


@pytest.mark.parametrize(
    ("source", "type_", "native_id", "why"),
    [
        (Source.HEALTH, "AWS_EC2_API_ISSUE", "arn:aws:health:::event/1", "support plan"),
        (Source.NETWORK_FIREWALL, "ET SCAN", "1", "keeps no alerts"),
        (Source.CLOUDFORMATION, "CloudFormation Resource Status Change", "x", "whole stacks"),
        (Source.CLOUDFORMATION, STACK, "shop", "whole stacks"),
        (Source.INCIDENT_RESPONSE, "Case Updated", "1234567890", "ARN"),
    ],
)
def test_who_cannot_be_asked_says_why(source, type_, native_id, why):
    ticket = an_event(source, type_, native_id)
    asking = Asking(ticket=ticket, account=an_account(id=ONE), now=SystemClock().now())
    with pytest.raises(CannotAsk, match=why):
        QUESTION.plan(asking)
