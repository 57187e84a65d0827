"""Macie, Access Analyzer, CloudWatch and Config, asked about a ticket over HTTP."""

import json
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import AdvancingClock
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.evidence_source import AwsEvidence
from triage.adapters.aws.limits import AwsLimits
from triage.domain.account import Account, Tier
from triage.domain.evidence import Answer, Known, Unknown
from triage.domain.message import Message
from triage.domain.ticket import Ticket
from triage.questions.question import Asking, CannotAsk
from triage.questions.source_finding import NOT_CONFIRMED, QUESTION
from triage.sandbox.server import Sandbox
from triage.stages.normalise import normalise

pytestmark = pytest.mark.slow

FIXTURES = Path(__file__).resolve().parents[1] / "fixtures" / "intake"
ACCOUNT, REGION = "111122223333", "eu-west-1"
Ask = Callable[[Ticket], Answer]


@pytest.fixture
def clock() -> AdvancingClock:
    return AdvancingClock()


@pytest.fixture
def ask(sandbox: Sandbox, clock: AdvancingClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Put source.finding to a ticket, through the AWS adapter."""
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    limits = AwsLimits(attempts=1, read_seconds=5)
    evidence = AwsEvidence(Clients(Role(name="TriageRead"), limits, REGION), clock, limits)

    def asked(ticket: Ticket) -> Answer:
        asking = asking_about(ticket, clock)
        reads = QUESTION.plan(asking)
        deadline = clock.now() + timedelta(seconds=10)
        found = evidence.fetch(reads, deadline=deadline, fresh=clock.now())
        return QUESTION.interpret(asking, [found[read] for read in reads])

    yield asked
    evidence.close()


def asking_about(ticket: Ticket, clock: AdvancingClock) -> Asking:
    account = Account(
        id=ticket.account, name="shop", tier=Tier.PRODUCTION, owner="shop-team", listed=True
    )
    return Asking(ticket=ticket, account=account, now=clock.now())


def detail(name: str, **changes: Any) -> Any:
    return json.loads((FIXTURES / f"{name}.json").read_text())["detail"] | changes


def ticket(name: str, clock: AdvancingClock, **changes: Any) -> Ticket:
    event = json.loads((FIXTURES / f"{name}.json").read_text())
    body = json.dumps({**event, "detail": event["detail"] | changes}).encode()
    (part,) = normalise(Message(id="", body=body, received=clock.now())).parts
    assert isinstance(part, Ticket)
    return part


def load(sandbox: Sandbox, **sections: Any) -> None:
    sandbox.load({"region": REGION, "accounts": {ACCOUNT: sections}})


def known(answer: Answer) -> Any:
    assert isinstance(answer, Known), answer
    return {name: answer.value[name] for name in ("confirmed", "status", "severity", "sample")}


CONFIRMED = {"confirmed": True, "status": "open", "severity": 75, "sample": False}
NOT = {name: NOT_CONFIRMED[name] for name in CONFIRMED}
MACIE = ("id", "type", "severity", "createdAt", "updatedAt", "title", "description")
BUCKET = {"s3Bucket": {"arn": "arn:aws:s3:::harbour-brochures", "name": "harbour-brochures"}}


def at_macie(**changes: Any) -> dict[str, Any]:
    found = detail("macie/bucket-public")
    return {**{name: found[name] for name in MACIE}, "resourcesAffected": BUCKET, **changes}


def test_macie_confirms_its_finding(sandbox, ask, clock):
    load(sandbox, macie_findings=[at_macie()])
    assert known(ask(ticket("macie/bucket-public", clock))) == CONFIRMED


def test_macie_says_what_was_archived_and_what_is_a_sample(sandbox, ask, clock):
    load(sandbox, macie_findings=[at_macie(archived=True, sample=True)])
    told = CONFIRMED | {"status": "suppressed", "sample": True}
    assert known(ask(ticket("macie/bucket-public", clock))) == told


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "somebody-else"},
        {"type": "Policy:IAMUser/S3BucketSharedExternally"},
        {"accountId": "999988887777"},
        {"resourcesAffected": {"s3Bucket": {"arn": "arn:aws:s3:::other", "name": "other"}}},
    ],
)
def test_macie_confirms_no_other_finding(sandbox, ask, clock, changes):
    load(sandbox, macie_findings=[at_macie(**changes)])
    assert known(ask(ticket("macie/bucket-public", clock))) == NOT


def test_macie_confirms_a_finding_about_an_object(sandbox, ask, clock):
    found = detail("macie/object-personal")
    affected = {
        "s3Bucket": {"arn": "arn:aws:s3:::harbour-invoices", "name": "harbour-invoices"},
        "s3Object": {"key": "2026/november.csv"},
    }
    kept = {name: found[name] for name in MACIE} | {"resourcesAffected": affected}
    load(sandbox, macie_findings=[kept])
    assert known(ask(ticket("macie/object-personal", clock)))["confirmed"] is True


NAMED = ("id", "resource", "resourceType", "createdAt", "analyzedAt", "updatedAt")


def at_analyzer(**changes: Any) -> dict[str, Any]:
    found = detail("access-analyzer/external")
    return {name: found[name] for name in NAMED} | {"analyzer": "harbour", **changes}


@pytest.mark.parametrize(
    ("changes", "status"),
    [
        ({}, "open"),
        ({"status": "ARCHIVED"}, "suppressed"),
        ({"status": "RESOLVED"}, "resolved"),
        ({"status": "RESOLVED", "error": "ACCESS_DENIED"}, "open"),
    ],
)
def test_an_analyzer_says_what_became_of_its_finding(sandbox, ask, clock, changes, status):
    load(sandbox, analyzers=[{"name": "harbour"}], analyzer_findings=[at_analyzer(**changes)])
    told = CONFIRMED | {"severity": 50, "status": status}
    assert known(ask(ticket("access-analyzer/external", clock))) == told


@pytest.mark.parametrize(
    "changes",
    [
        {"id": "somebody-else"},
        {"analyzer": "another"},
        {"findingType": "InternalAccess"},
        {"resource": "arn:aws:s3:::other"},
        {"resourceOwnerAccount": "999988887777"},
    ],
)
def test_an_analyzer_confirms_no_other_finding(sandbox, ask, clock, changes):
    load(sandbox, analyzers=[{"name": "harbour"}], analyzer_findings=[at_analyzer(**changes)])
    assert known(ask(ticket("access-analyzer/external", clock))) == NOT


def test_an_analyzer_that_does_not_exist_has_heard_of_nothing(sandbox, ask, clock):
    load(sandbox, analyzers=[{"name": "other"}])
    assert known(ask(ticket("access-analyzer/external", clock))) == NOT


def test_a_ticket_without_its_analyzer_cannot_be_confirmed(clock):
    event = json.loads((FIXTURES / "access-analyzer/external.json").read_text())
    body = json.dumps({**event, "resources": []}).encode()
    (part,) = normalise(Message(id="", body=body, received=clock.now())).parts
    assert isinstance(part, Ticket)
    with pytest.raises(CannotAsk):
        QUESTION.plan(asking_about(part, clock))


def put_alarm(sandbox: Sandbox, name: str) -> None:
    sandbox.client("cloudwatch", ACCOUNT, REGION).put_metric_alarm(
        AlarmName=name,
        MetricName="RootAccountUsage",
        Namespace="CISBenchmark",
        Statistic="Sum",
        Period=300,
        EvaluationPeriods=1,
        Threshold=1.0,
        ComparisonOperator="GreaterThanOrEqualToThreshold",
    )


@pytest.mark.parametrize("state", ["ALARM", "OK"])
def test_an_alarm_is_confirmed_and_open_whatever_its_state(sandbox, ask, clock, state):
    load(sandbox)
    put_alarm(sandbox, "root-sign-in")
    client = sandbox.client("cloudwatch", ACCOUNT, REGION)
    client.set_alarm_state(AlarmName="root-sign-in", StateValue=state, StateReason="a test")
    assert known(ask(ticket("cloudwatch/alarm", clock))) == CONFIRMED | {"severity": 50}


def test_an_alarm_that_does_not_exist_is_not_confirmed(sandbox, ask, clock):
    load(sandbox)
    put_alarm(sandbox, "root-sign-in-2")
    assert known(ask(ticket("cloudwatch/alarm", clock))) == NOT


RULE = "securityhub-s3-bucket-level-public-access-prohibited-7bed22bb"


@pytest.mark.parametrize(
    ("compliance", "status"), [("NON_COMPLIANT", "open"), ("COMPLIANT", "resolved")]
)
def test_a_joined_evaluation_is_asked_of_config_in_configs_words(
    sandbox, ask, clock, compliance, status
):
    evaluated = {
        "rule": RULE,
        "resource_type": "AWS::S3::Bucket",
        "resource_id": "harbour-invoices",
        "compliance": compliance,
    }
    load(sandbox, config_compliance=[evaluated])
    told = CONFIRMED | {"status": status, "severity": 70}
    assert known(ask(ticket("config-join/bucket", clock))) == told


@pytest.mark.parametrize("fault", ["throttle", "deny", "error", "truncated"])
@pytest.mark.parametrize(
    ("name", "service"),
    [
        ("macie/bucket-public", "macie2"),
        ("access-analyzer/external", "accessanalyzer"),
        ("cloudwatch/alarm", "cloudwatch"),
    ],
)
def test_a_look_up_that_failed_confirms_nothing(sandbox, ask, clock, name, service, fault):
    load(
        sandbox,
        analyzers=[{"name": "harbour"}],
        analyzer_findings=[at_analyzer()],
        macie_findings=[at_macie()],
    )
    put_alarm(sandbox, "root-sign-in")
    sandbox.faults.add(fault, service=service)
    assert isinstance(ask(ticket(name, clock)), Unknown)
