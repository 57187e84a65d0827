"""A finding is confirmed only by its own source, and only as the ticket tells it."""

from dataclasses import replace
from typing import Any

import pytest

from tests.builders import NOON, a_threat, a_ticket, an_account, minutes
from tests.trails import a_record
from triage.domain.evidence import Got
from triage.domain.ticket import Format, Source, Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking
from triage.questions.source import guardduty, securityhub_v2

QUESTION = QUESTIONS["source.finding"]
HUB = {
    "Id": "f1",
    "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
    "AwsAccountId": "111122223333",
    "GeneratorId": "security-control/S3.8",
    "Compliance": {"Status": "FAILED", "SecurityControlId": "S3.8"},
    "Severity": {"Label": "HIGH"},
    "Resources": [{"Id": "arn:aws:s3:::reports"}],
}
DUTY = {
    "Id": "abcdef0123456789",
    "AccountId": "111122223333",
    "Type": "Recon:EC2/PortProbeUnprotectedPort",
    "Severity": 5.4,
    "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-0abc"}},
}
OTHER = {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-0abcdef"}}
EVENT = a_record(NOON - minutes(60), eventID="e-1")
RULE = "s3-bucket-level-public-access-prohibited"
TICKETS = {
    "Security Hub": a_ticket(record=HUB),
    "GuardDuty": a_threat(),
    "Config": a_ticket(
        source=Source.CONFIG,
        format=Format.NATIVE,
        type=RULE,
        subject=Subject(id="reports", name="reports", kind="AWS::S3::Bucket"),
    ),
    "CloudTrail": a_threat(
        source=Source.CLOUDTRAIL, native_id="e-1", record=EVENT, occurred=NOON - minutes(60)
    ),
}


def a_compliance(rule: str = RULE, result: str = "NON_COMPLIANT") -> dict[str, Any]:
    qualifier = {"EvaluationResultQualifier": {"ConfigRuleName": rule}}
    return {"EvaluationResultIdentifier": qualifier, "ComplianceType": result}


def told(source: str, **payload: Any) -> Any:
    asking = Asking(ticket=TICKETS[source], account=an_account(), now=NOON)
    (read,) = QUESTION.plan(asking)
    return QUESTION.interpret(asking, [Got(payload=payload, as_of=NOON, source=read.kind)]).value


@pytest.mark.parametrize(
    ("source", "payload", "severity"),
    [
        ("Security Hub", {"Findings": [HUB]}, 75),
        ("GuardDuty", {"Findings": [DUTY]}, 54),
        ("Config", {"EvaluationResults": [a_compliance()]}, 75),
        ("CloudTrail", {"Events": [EVENT]}, 20),
    ],
)
def test_a_source_that_tells_the_same_confirms(source, payload, severity):
    found = told(source, **payload)
    assert (found["confirmed"], found["status"], found["sample"]) == (True, "open", False)
    assert source == "Security Hub" or found["severity"] == severity


@pytest.mark.parametrize(
    ("source", "payload"),
    [
        ("Security Hub", {"Findings": []}),
        ("Security Hub", {"Findings": [HUB, HUB]}),
        ("Security Hub", {"Findings": [HUB | {"AwsAccountId": "444455556666"}]}),
        ("Security Hub", {"Findings": [HUB | {"GeneratorId": "security-control/S3.9"}]}),
        ("Security Hub", {"Findings": [HUB | {"Resources": []}]}),
        ("GuardDuty", {"Findings": [DUTY | {"Type": "Recon:EC2/Portscan"}]}),
        ("GuardDuty", {"Findings": [DUTY | {"AccountId": "444455556666"}]}),
        ("GuardDuty", {"Findings": [DUTY | {"Resource": OTHER}]}),
        ("Config", {"EvaluationResults": [a_compliance("another-rule")]}),
        ("CloudTrail", {"Events": [EVENT | {"eventName": "GetBucketPolicy"}]}),
        ("CloudTrail", {"Events": [EVENT, EVENT | {"userAgent": "other"}]}),
        ("CloudTrail", {"Events": [EVENT | {"userIdentity": {"arn": "somebody else"}}]}),
    ],
)
def test_a_source_that_tells_anything_else_does_not(source, payload):
    assert told(source, **payload)["confirmed"] is False


@pytest.mark.parametrize(
    ("source", "payload", "status"),
    [
        (
            "Security Hub",
            {"Findings": [HUB | {"Workflow": {"Status": "SUPPRESSED"}}]},
            "suppressed",
        ),
        ("Security Hub", {"Findings": [HUB | {"RecordState": "ARCHIVED"}]}, "resolved"),
        ("GuardDuty", {"Findings": [DUTY | {"Service": {"Archived": True}}]}, "suppressed"),
        ("Config", {"EvaluationResults": [a_compliance(result="COMPLIANT")]}, "resolved"),
    ],
)
def test_what_its_source_has_put_away_is_not_open(source, payload, status):
    assert told(source, **payload)["status"] == status


@pytest.mark.parametrize(
    "service",
    [{"AdditionalInfo": {"Value": '{"sample": true}'}}, {"AdditionalInfo": {"Sample": True}}],
)
def test_a_sample_is_one_when_guardduty_says_so(service):
    assert told("GuardDuty", Findings=[DUTY | {"Service": service}])["sample"] is True


KEY = {
    "AccessKeyId": "ASIA1",
    "PrincipalId": "AROA1:backup",
    "UserName": "intruder",
    "UserType": "AssumedRole",
}


@pytest.mark.parametrize(
    ("principal", "confirmed"),
    [
        ("arn:aws:sts::111122223333:assumed-role/intruder/backup", True),
        ("AROA1:backup", True),
        ("arn:aws:sts::111122223333:assumed-role/backup/intruder", False),
        ("arn:aws:sts::444455556666:assumed-role/intruder/backup", False),
        ("arn:aws:iam::111122223333:role/backup", False),
        ("backup", False),
    ],
)
def test_a_principal_is_who_guardduty_names_and_nobody_who_is_called_alike(principal, confirmed):
    ticket = a_threat(subject=Subject(id="ASIA1", name="ASIA1"), principal=principal)
    finding = DUTY | {"Resource": {"ResourceType": "AccessKey", "AccessKeyDetails": KEY}}
    asking = Asking(ticket=ticket, account=an_account(), now=NOON)
    answer = QUESTION.interpret(
        asking, [Got(payload={"Findings": [finding]}, as_of=NOON, source="")]
    )
    assert answer.value["confirmed"] is confirmed


@pytest.mark.parametrize(
    ("changes", "confirmed"),
    [
        ({"requestParameters": None}, True),
        ({"additionalEventData": {"MFAUsed": "Yes"}}, False),
        ({"userIdentity": {**EVENT["userIdentity"], "invokedBy": "signed"}}, False),
    ],
)
def test_an_event_is_the_one_cloudtrail_has_only_if_nothing_was_written_into_it(changes, confirmed):
    ticket = replace(TICKETS["CloudTrail"], record=EVENT | changes)
    asking = Asking(ticket=ticket, account=an_account(), now=NOON)
    answer = QUESTION.interpret(asking, [Got(payload={"Events": [EVENT]}, as_of=NOON, source="")])
    assert answer.value["confirmed"] is confirmed


def test_a_title_makes_no_sample_in_security_hubs_own_format():
    said = securityhub_v2.said(a_threat(record=OCSF, format=Format.OCSF), {"Findings": [OCSF]})
    assert said is not None
    assert said.sample is False


OCSF = {
    "metadata": {"uid": "u-1"},
    "finding_info": {"title": "[SAMPLE] miner"},
    "severity_id": 4,
    "status_id": 1,
    "class_name": "Detection Finding",
}


def test_a_record_that_hides_that_it_was_root_is_not_confirmed():
    root = {"AccessKeyId": "ASIA1", "PrincipalId": "111122223333", "UserType": "Root"}
    finding = DUTY | {"Resource": {"ResourceType": "AccessKey", "AccessKeyDetails": root}}
    for principal in ("111122223333", None, "arn:aws:iam::111122223333:user/x"):
        ticket = a_threat(subject=Subject(id="ASIA1", name="ASIA1"), principal=principal)
        assert guardduty.said(ticket, {"Findings": [finding]}) is None
    arn = "arn:aws:iam::111122223333:root"
    ticket = a_threat(subject=Subject(id="ASIA1", name="ASIA1"), principal=arn)
    assert guardduty.said(ticket, {"Findings": [finding]}) is not None
