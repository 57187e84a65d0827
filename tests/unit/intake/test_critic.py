"""What an attacker or a careless exporter writes makes a ticket poorer, never milder or wrong."""

import json
from datetime import UTC, datetime
from typing import Any

import pytest

from triage.domain.errors import Unreadable
from triage.domain.message import Message
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass, Source, Ticket
from triage.intake import classes
from triage.intake.calls import CALLS
from triage.stages.never_close import TAMPERING_CALLS
from triage.stages.normalise import normalise
from triage.stages.reread import reread

RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
A = "111122223333"


def read(record: Any) -> Ticket:
    body = json.dumps(record).encode()
    (part,) = normalise(Message(id="1", body=body, received=RECEIVED)).parts
    assert isinstance(part, Ticket), part
    return part


def guardduty(**changes: Any) -> dict[str, Any]:
    finding = {
        "id": "abc",
        "type": "UnauthorizedAccess:IAMUser/MaliciousIPCaller",
        "accountId": A,
        "region": "eu-west-1",
        "severity": 5,
        "resource": {},
        "service": {},
    }
    return finding | changes


def asff(**changes: Any) -> dict[str, Any]:
    finding = {
        "Id": "f-1",
        "ProductArn": "arn:aws:securityhub:eu-west-1::product/aws/securityhub",
        "GeneratorId": "security-control/S3.8",
        "AwsAccountId": A,
        "Region": "eu-west-1",
        "Severity": {"Label": "HIGH"},
        "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::harbour-invoices"}],
    }
    return finding | changes


def call(name: str, source: str = "iam.amazonaws.com", **changes: Any) -> dict[str, Any]:
    who = {"type": "IAMUser", "arn": f"arn:aws:iam::{A}:user/maria", "accountId": A}
    event = {"eventName": name, "eventSource": source, "eventID": "e", "userIdentity": who}
    return event | changes


@pytest.mark.parametrize(
    ("number", "label"),
    [
        *((1, "low"), (3.9, "low"), (4, "medium"), (6.9, "medium"), (7, "high"), (8.9, "high")),
        *((9, "critical"), (9.5, "critical"), (10, "critical"), ("9.0", "critical")),
    ],
)
def test_guardduty_severities_have_the_bands_of_its_guide(number, label):
    assert read(guardduty(severity=number)).severity.label == label


@pytest.mark.parametrize("severity", [None, "", "...", "severe", [], {}, True, -1])
def test_a_missing_severity_is_medium_and_never_low(severity):
    label = [read(record).severity.label for record in (guardduty(severity=severity),)]
    found = asff(Severity={"Label": severity})
    assert [*label, read(found).severity.label] == [Label.MEDIUM, Label.MEDIUM]


def test_a_record_that_names_no_call_is_medium():
    event = call("", "iam.amazonaws.com")
    assert read(event).severity.label is Label.MEDIUM


def test_a_title_that_says_sample_lowers_nothing_of_another_product():
    product = "arn:aws:securityhub:eu-west-1::product/acme/watcher"
    ticket = read(asff(ProductArn=product, Title="[SAMPLE] nothing to see here"))
    assert (ticket.sample, ticket.severity.label) == (False, Label.HIGH)


def test_a_sample_is_as_severe_as_it_says():
    loud, quiet = guardduty(title="[SAMPLE] x", severity=9), guardduty(severity=9)
    assert read(loud).severity == read(quiet).severity
    assert read(loud).sample


def test_a_compliance_block_makes_it_posture_except_for_guardduty():
    compliance = {"Status": "FAILED"}
    other = {"ProductArn": "arn:aws:securityhub:x::product/acme/watcher", "GeneratorId": "rule"}
    theirs = {
        "ProductArn": "arn:aws:securityhub:x::product/aws/guardduty",
        "Types": ["TTPs/Recon:EC2-Portscan"],
    }
    found = [read(asff(**product, Compliance=compliance)) for product in (other, theirs)]
    assert [t.finding_class for t in found] == [FindingClass.POSTURE, FindingClass.THREAT]
    assert [read(asff(**other)).finding_class] == [FindingClass.THREAT]


def test_a_threat_that_is_dressed_as_a_control_is_not_the_controls_case():
    acme = {"ProductArn": "arn:aws:securityhub:x::product/acme/watcher"}
    ours = read(asff(Compliance={"SecurityControlId": "S3.8"}))
    theirs = read(asff(Compliance={"SecurityControlId": "S3.8"}, **acme))
    assert ours.key != theirs.key


def test_a_finding_in_the_administrators_feed_belongs_to_the_members_account():
    detail = {"findings": [asff(AwsAccountId="444455556666", Region="ap-southeast-2")]}
    event = {"detail-type": "Security Hub Findings - Imported", "source": "aws.securityhub"}
    ticket = read({**event, "account": A, "region": "us-east-1", "detail": detail})
    assert (ticket.account, ticket.region) == ("444455556666", "ap-southeast-2")


def test_prowler_ids_change_and_its_case_stays():
    product = "arn:aws:securityhub:eu-west-1::product/prowler/prowler"
    one, two = (
        read(asff(ProductArn=product, GeneratorId="prowler-s3_bucket_public_access", Id=id_))
        for id_ in ("prowler-a-1", "prowler-b-2")
    )
    assert one.key == two.key


@pytest.mark.parametrize("form", ["native", "asff"])
def test_root_is_named_as_root_in_either_format(form):
    details = {"PrincipalType": "Root", "PrincipalName": "root", "PrincipalId": A}
    records = {
        "native": guardduty(
            resource={
                "resourceType": "AccessKey",
                "accessKeyDetails": {"userType": "Root", "userName": "root", "principalId": A},
            }
        ),
        "asff": asff(
            ProductArn="arn:aws:securityhub:eu-west-1::product/aws/guardduty",
            Types=["TTPs/Recon:IAMUser-MaliciousIPCaller"],
            Resources=[{"Id": "AKIA", "Details": {"AwsIamAccessKey": details}}],
        ),
    }
    assert read(records[form]).principal == f"arn:aws:iam::{A}:root"


@pytest.mark.parametrize(
    ("details", "principal"),
    [
        ({"userType": "AssumedRole", "userName": "Deploy", "principalId": "AROAX"}, "AROAX"),
        ({"userType": "IAMUser", "principalId": "AIDAX"}, "AIDAX"),
        ({"userType": "AWSService", "userName": "ec2.amazonaws.com"}, "ec2.amazonaws.com"),
        ({"userType": 7, "principalId": None}, None),
    ],
)
def test_a_principal_that_cannot_be_named_in_full_is_no_invented_arn(details, principal):
    assert read(guardduty(resource={"accessKeyDetails": details})).principal == principal


def test_of_several_objects_where_one_is_expected_none_is_picked():
    two = [{"resourceType": "Instance", "instanceDetails": {"instanceId": i}} for i in "ab"]
    assert read(guardduty(resource=two)).subject.id == ""


def test_the_bucket_is_the_subject_of_a_bucket_finding_and_not_the_key_that_was_used():
    resource = {
        "resourceType": "S3Bucket",
        "accessKeyDetails": {"accessKeyId": "AKIAIOSFODNN7EXAMPLE"},
        "s3BucketDetails": [{"arn": "arn:aws:s3:::harbour-invoices"}],
    }
    assert read(guardduty(resource=resource)).subject.id == "arn:aws:s3:::harbour-invoices"


def test_root_by_its_own_hand_is_high_and_a_service_in_its_name_is_not():
    root = {"type": "Root", "arn": f"arn:aws:iam::{A}:root", "accountId": A}
    own = read(call("ConsoleLogin", "signin.amazonaws.com", userIdentity=root))
    service = read(
        call("PutObject", "s3.amazonaws.com", userIdentity=root | {"invokedBy": "AWS Internal"})
    )
    assert (own.severity.label, own.subject.kind) == (Label.HIGH, "AWS::::Account")
    assert service.severity.label is Label.LOW


def test_claiming_to_be_read_only_does_not_make_a_listed_call_informational():
    event = call("StopLogging", "cloudtrail.amazonaws.com", readOnly=True)
    assert read(event).severity.label is Label.HIGH


@pytest.mark.parametrize(
    ("source", "type_"),
    [
        ("iam.amazonaws.com", "iam:CreateUser"),
        ("iam.amazonaws.com.cn", "iam:CreateUser"),
        ("...", "CreateUser"),
        (None, "CreateUser"),
        (["iam.amazonaws.com"], "CreateUser"),
        ("AWS Internal", "AWS Internal:CreateUser"),
    ],
)
def test_an_event_source_that_says_nothing_leaves_the_bare_name(source, type_):
    assert read(call("CreateUser", source)).type == type_


def test_an_insight_is_not_the_call_it_counts():
    insight = {
        "eventType": "AwsCloudTrailInsight",
        "eventID": "i",
        "recipientAccountId": A,
        "insightDetails": {"eventName": "CreateUser", "insightType": "ApiErrorRateInsight"},
    }
    ticket = read(insight)
    assert (ticket.source, ticket.type) == (Source.CLOUDTRAIL, "insight:ApiErrorRateInsight")


@pytest.mark.parametrize("state", ["Start", "End"])
def test_the_start_and_the_end_of_an_insight_are_one_case(state):
    details = {"state": state, "insightType": "ApiCallRateInsight"}
    insight = {"eventID": state, "sharedEventID": "s-1", "recipientAccountId": A}
    ticket = read({**insight, "eventType": "AwsCloudTrailInsight", "insightDetails": details})
    assert ticket.key == "cloudtrail:s-1"


def test_copies_of_one_action_in_two_accounts_are_two_events():
    one, two = (read(call("AssumeRole", eventID=i, sharedEventID="s-1")) for i in ("e-1", "e-2"))
    assert one.key != two.key


def test_a_call_without_an_event_id_is_known_by_its_content():
    one, same, other = (
        read({**call(name), "eventID": None}) for name in ("CreateUser", "CreateUser", "DeleteUser")
    )
    assert one.key == same.key
    assert one.key != other.key


def test_a_finding_that_names_no_product_and_no_generator_is_placed_by_its_own_arn_and_types():
    id_ = f"arn:aws:macie2:eu-west-1:{A}:finding/1"
    ticket = read(asff(Id=id_, ProductArn="", GeneratorId="", Types=["Sensitive Data/PII"]))
    assert (ticket.product, ticket.type) == ("aws/macie2", "Sensitive Data/PII")


def test_bytes_that_are_no_longer_one_ticket_are_refused():
    two = json.dumps([guardduty(), guardduty(id="b")]).encode()
    for body in (two, b"{}"):
        with pytest.raises(Unreadable):
            reread(body, RECEIVED)


LISTED_AS_MEDIUM_OR_LESS = {"s3:PutBucketLogging"}
"""Turning access logs on is this call too."""


def test_what_is_tampering_to_policy_is_severe_to_the_reader():
    listed = TAMPERING_CALLS - LISTED_AS_MEDIUM_OR_LESS
    assert {name: CALLS.get(name) for name in listed} == dict.fromkeys(listed, Label.HIGH)


@pytest.mark.parametrize(
    "name",
    [
        "restricted-ssh",
        "securityhub-restricted-ssh-1a2b3c4d",
        "restricted-ssh-conformance-pack-abc123xyz",
        "AWSControlTower_AWS-GR_RESTRICTED_SSH",
        "RESTRICTED_SSH",
    ],
)
def test_a_managed_rule_is_known_whoever_deployed_it(name):
    assert classes.managed_rule(name) == "restricted-ssh"
    assert classes.of_rule(name) is FindingClass.EXPOSURE


@pytest.mark.parametrize("name", ["my-restricted-ssh-exceptions", "required-tags", ""])
def test_a_rule_that_only_sounds_open_is_posture(name):
    assert classes.of_rule(name) is FindingClass.POSTURE
