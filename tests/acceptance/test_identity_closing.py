"""Identity, data and threat playbooks on real parts: what closes them, and what keeps them open.

Every fault that a look-up can have is put in the way once.
"""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.worlds import Scene
from triage.domain.person import Signature
from triage.domain.verdict import Verdict

pytestmark = pytest.mark.slow

ACCOUNT, REGION = "111111111111", "eu-west-1"
IAM = f"arn:aws:iam::{ACCOUNT}"
ANALYZER = f"arn:aws:access-analyzer:{REGION}:{ACCOUNT}:analyzer/default"
BUCKET, OBJECT = "arn:aws:s3:::reports", "arn:aws:s3:::reports/a.csv"
TOLD = "2026-11-20T10:00:00Z"
FAULTS = ("throttle", "deny", "empty", "truncated", "error")


def account(**sections: Any) -> dict[str, Any]:
    fields = {"name": "shop", "tier": "production", "owner": "shop-team"}
    return {"region": REGION, "accounts": {ACCOUNT: fields | sections}}


def event(source: str, kind: str, detail: Any, *resources: str) -> bytes:
    return json.dumps(
        {
            "version": "0",
            "id": "7f3c9a52-0000-4000-8000-000000000001",
            "detail-type": kind,
            "source": source,
            "account": ACCOUNT,
            "time": TOLD,
            "region": REGION,
            "resources": list(resources),
            "detail": detail,
        }
    ).encode()


def sign(scene: Scene, kind: str, subject: str, *types: str) -> None:
    now = scene.clock.now()
    scene.sign(
        Signature(
            id=kind,
            kind=kind,
            subject=subject,
            account=ACCOUNT,
            types=types,
            because="meant so",
            signed=now - timedelta(days=30),
            expires=now + timedelta(days=30),
            people=("alice", "carol"),
        )
    )


def outcome(decided: dict[str, Any]) -> tuple[Any, ...]:
    return tuple(decided.get(name) for name in ("decision", "verdict", "ground"))


def hindered(scene: Scene, fault: str, look_up: tuple[str, str]) -> None:
    service, operation = look_up
    scene.sandbox.faults.add(fault, service=service, operation=operation)


PROVEN = ("close", "no longer present", "proof")
SIGNED = ("close", "benign", "signature")


# --- unused access --------------------------------------------------------------------------------


def unused(type_: str, resource: str) -> tuple[dict[str, Any], bytes]:
    """An analyzer's finding as its API gives it, and the event that tells of it."""
    finding = {
        "id": "b8ae0460",
        "findingType": type_,
        "resource": resource,
        "resourceType": "AWS::IAM::User" if ":user/" in resource else "AWS::IAM::Role",
        "updatedAt": TOLD,
    }
    told = {**finding, "findingId": "b8ae0460", "accountId": ACCOUNT, "status": "ACTIVE"}
    told |= {"createdAt": TOLD, "analyzedAt": TOLD}
    kind = "Unused Access Finding for IAM entities"
    return finding, event("aws.access-analyzer", kind, told, ANALYZER)


def with_unused(finding: dict[str, Any], **sections: Any) -> dict[str, Any]:
    return account(analyzers=[{}], analyzer_findings=[finding], **sections)


@pytest.mark.parametrize(
    ("type_", "resource", "sections"),
    [
        ("UnusedIAMUserPassword", f"{IAM}:user/bob", {"users": [{"name": "bob"}]}),
        ("UnusedIAMUserPassword", f"{IAM}:user/bob", {}),
        (
            "UnusedIAMUserAccessKey",
            f"{IAM}:user/bob",
            {"users": [{"name": "bob", "keys": [{"status": "Inactive"}]}]},
        ),
        ("UnusedIAMRole", f"{IAM}:role/old-batch", {}),
    ],
)
def test_unused_access_that_nobody_can_use_any_more_closes_by_proof(
    scene, type_, resource, sections
):
    finding, told = unused(type_, resource)
    scene.load(with_unused(finding, **sections))
    decided = scene.decide(told)
    assert outcome(decided) == PROVEN, decided
    assert scene.replay(decided["case"]).equal


@pytest.mark.parametrize(
    ("type_", "resource", "sections"),
    [
        (
            "UnusedIAMUserPassword",
            f"{IAM}:user/bob",
            {"users": [{"name": "bob", "console": True}]},
        ),
        ("UnusedIAMUserAccessKey", f"{IAM}:user/bob", {"users": [{"name": "bob", "keys": [{}]}]}),
        ("UnusedIAMRole", f"{IAM}:role/old-batch", {"roles": [{"name": "old-batch"}]}),
    ],
)
def test_unused_access_that_is_still_there_goes_to_its_owner(scene, type_, resource, sections):
    finding, told = unused(type_, resource)
    scene.load(with_unused(finding, **sections))
    decided = scene.decide(told)
    assert (decided["decision"], decided["priority"]) == ("escalate", "low"), decided


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "look_up",
    [("iam", "GetUser"), ("iam", "ListAccessKeys"), ("accessanalyzer", "GetFindingV2")],
    ids=lambda one: one[1],
)
def test_no_proof_about_unused_access_survives_a_fault(scene, fault, look_up):
    finding, told = unused("UnusedIAMUserPassword", f"{IAM}:user/bob")
    scene.load(with_unused(finding, users=[{"name": "bob", "keys": [{"status": "Inactive"}]}]))
    hindered(scene, fault, look_up)
    # An empty list of keys says nothing of the password, which is what this proof rests on.
    if (fault, look_up[1]) != ("empty", "ListAccessKeys"):
        assert scene.decide(told)["decision"] == "escalate"


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_a_password_nobody_can_see_is_not_gone(scene, fault):
    finding, told = unused("UnusedIAMUserPassword", f"{IAM}:user/bob")
    scene.load(with_unused(finding, users=[{"name": "bob", "console": True}]))
    hindered(scene, fault, ("iam", "GetLoginProfile"))
    assert scene.decide(told)["decision"] == "escalate"


# --- Macie ----------------------------------------------------------------------------------------


def macie(type_: str, **affected: Any) -> tuple[dict[str, Any], bytes]:
    finding = {
        "id": "64b917aa",
        "accountId": ACCOUNT,
        "partition": "aws",
        "region": REGION,
        "type": type_,
        "severity": {"score": 2, "description": "Medium"},
        "createdAt": TOLD,
        "updatedAt": TOLD,
        "count": 1,
        "archived": False,
        "sample": False,
        "resourcesAffected": {"s3Bucket": {"arn": BUCKET, "name": "reports"}, **affected},
    }
    return finding, event("aws.macie", "Macie Finding", finding)


def a_bucket(**changes: Any) -> dict[str, Any]:
    return {"name": "reports", "objects": {"a.csv": "1,2"}, **changes}


BLOCK_OFF = macie("Policy:IAMUser/S3BlockPublicAccessDisabled")
SENSITIVE = macie("SensitiveData:S3Object/Personal", s3Object={"key": "a.csv"})


def test_a_bucket_that_is_blocked_again_closes_by_proof(scene):
    finding, told = BLOCK_OFF
    scene.load(account(macie_findings=[finding], buckets=[a_bucket(public_access_block="all")]))
    assert outcome(scene.decide(told)) == PROVEN


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "look_up",
    [
        ("s3", "GetPublicAccessBlock"),
        ("s3", "GetBucketPolicyStatus"),
        ("s3", "GetBucketAcl"),
        ("macie2", "GetFindings"),
    ],
    ids=lambda one: one[1],
)
def test_no_proof_about_a_weakened_bucket_survives_a_fault(scene, fault, look_up):
    finding, told = BLOCK_OFF
    blocked = a_bucket(public_access_block="all", policy={"Version": "2012-10-17", "Statement": []})
    scene.load(account(macie_findings=[finding], buckets=[blocked]))
    hindered(scene, fault, look_up)
    # Without grants an ACL lets nobody in, and this proof rests on the block.
    if (fault, look_up[1]) != ("empty", "GetBucketAcl"):
        assert scene.decide(told)["decision"] == "escalate"


def test_sensitive_data_in_its_signed_place_closes_by_signature(scene):
    finding, told = SENSITIVE
    scene.load(account(macie_findings=[finding], buckets=[a_bucket(public_access_block="all")]))
    sign(scene, "data-store", OBJECT, finding["type"])
    assert outcome(scene.decide(told)) == SIGNED


def test_sensitive_data_that_anybody_can_read_closes_by_nothing(scene):
    finding, told = SENSITIVE
    scene.load(account(macie_findings=[finding], buckets=[a_bucket(policy="public-read")]))
    sign(scene, "data-store", OBJECT, finding["type"])
    decided = scene.decide(told)
    assert (decided["decision"], decided["priority"]) == ("escalate", "critical")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "look_up",
    [
        ("s3", "ListObjectsV2"),
        ("s3", "GetObjectAcl"),
        ("s3", "GetPublicAccessBlock"),
        ("s3", "GetBucketPolicyStatus"),
        ("s3", "GetBucketEncryption"),
        ("macie2", "GetFindings"),
    ],
    ids=lambda one: one[1],
)
def test_no_signature_about_data_survives_a_fault(scene, fault, look_up):
    finding, told = SENSITIVE
    scene.load(account(macie_findings=[finding], buckets=[a_bucket(public_access_block="all")]))
    sign(scene, "data-store", OBJECT, finding["type"])
    hindered(scene, fault, look_up)
    assert scene.decide(told)["decision"] == "escalate"


# --- external access ------------------------------------------------------------------------------


def shared(status: str = "ACTIVE") -> tuple[dict[str, Any], bytes]:
    finding = {
        "id": "2f0c1d9a",
        "resource": BUCKET,
        "resourceType": "AWS::S3::Bucket",
        "status": status,
        "updatedAt": TOLD,
    }
    told = {**finding, "status": "ACTIVE", "accountId": ACCOUNT, "createdAt": TOLD}
    told |= {"analyzedAt": TOLD, "isPublic": False, "principal": {"AWS": "222222222222"}}
    return finding, event("aws.access-analyzer", "Access Analyzer Finding", told, ANALYZER)


def with_shared(finding: dict[str, Any], **bucket: Any) -> dict[str, Any]:
    return account(analyzers=[{}], analyzer_findings=[finding], buckets=[a_bucket(**bucket)])


def test_signed_sharing_closes_by_signature(scene):
    finding, told = shared()
    scene.load(with_shared(finding, policy="public-read"))
    sign(scene, "shared-access", BUCKET, "ExternalAccess:AWS::S3::Bucket")
    assert outcome(scene.decide(told)) == SIGNED


@pytest.mark.parametrize(
    ("status", "bucket", "priority"),
    [
        ("RESOLVED", {}, "low"),
        ("RESOLVED", {"policy": "public-read"}, "medium"),
        ("ACTIVE", {}, "medium"),
    ],
)
def test_access_is_over_when_the_analyzer_and_the_live_policy_agree(
    scene, status, bucket, priority
):
    finding, told = shared(status)
    scene.load(with_shared(finding, **bucket))
    decided = scene.decide(told)
    assert (decided["decision"], decided["priority"]) == ("escalate", priority), decided


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
@pytest.mark.parametrize(
    "look_up",
    [("s3", "GetBucketPolicy"), ("s3", "GetBucketAcl"), ("accessanalyzer", "GetFindingV2")],
    ids=lambda one: one[1],
)
def test_access_is_not_called_over_under_a_fault(scene, fault, look_up):
    finding, told = shared("RESOLVED")
    policy = {
        "Version": "2012-10-17",
        "Statement": [{"Effect": "Allow", "Principal": {"AWS": f"{IAM}:root"}, "Action": "s3:*",
                       "Resource": BUCKET}],
    }  # fmt: skip
    scene.load(with_shared(finding, policy=policy))
    hindered(scene, fault, look_up)
    decided = scene.decide(told)
    assert (decided["decision"], decided["priority"]) == ("escalate", "medium"), decided


# --- privileges -----------------------------------------------------------------------------------

CI = f"arn:aws:sts::{ACCOUNT}:assumed-role/pipeline/deploy"


def granted(**changes: Any) -> dict[str, Any]:
    return {
        "eventVersion": "1.08",
        "eventID": "5c9a7f0e-0000-4000-8000-000000000001",
        "eventName": "AttachRolePolicy",
        "eventSource": "iam.amazonaws.com",
        "eventTime": TOLD,
        "eventType": "AwsApiCall",
        "awsRegion": "us-east-1",
        "recipientAccountId": ACCOUNT,
        "sourceIPAddress": "198.51.100.9",
        "userAgent": "terraform",
        "userIdentity": {"type": "AssumedRole", "arn": CI, "accountId": ACCOUNT},
        "requestParameters": {
            "roleName": "web",
            "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
        },
        **changes,
    }


def called(record: dict[str, Any]) -> bytes:
    return event("aws.iam", "AWS API Call via CloudTrail", record)


def with_events(scene: Scene, record: dict[str, Any]) -> None:
    scene.load(account(cloudtrail_events=[{**record, "region": "us-east-1"}]))
    sign(scene, "pipeline", CI, "iam:AttachRolePolicy")


def test_a_signed_pipeline_closes_by_signature(scene):
    with_events(scene, granted())
    decided = scene.decide(called(granted()))
    assert outcome(decided) == SIGNED, decided


def test_not_even_a_signed_pipeline_gives_everything_away(scene):
    admin = {"roleName": "web", "policyArn": "arn:aws:iam::aws:policy/AdministratorAccess"}
    record = granted(requestParameters=admin)
    with_events(scene, record)
    decided = scene.decide(called(record))
    assert (decided["decision"], decided["priority"]) == ("escalate", "high")


def test_whoever_is_not_the_pipeline_is_asked(scene):
    record = granted(userIdentity={"type": "IAMUser", "arn": f"{IAM}:user/bob", "userName": "bob"})
    with_events(scene, record)
    decided = scene.decide(called(record))
    assert (decided["decision"], decided["priority"]) == ("escalate", "high")


@pytest.mark.slow
@pytest.mark.parametrize("fault", FAULTS)
def test_no_pipeline_closes_what_cloudtrail_does_not_confirm(scene, fault):
    with_events(scene, granted())
    hindered(scene, fault, ("cloudtrail", "LookupEvents"))
    decided = scene.decide(called(granted()))
    assert (decided["decision"], decided["would"]) == ("escalate", "close: benign"), decided


# --- alarms, threats, reports ---------------------------------------------------------------------


def mining(finding_id: str = "a1") -> dict[str, Any]:
    return {
        "Id": finding_id,
        "Arn": f"arn:aws:guardduty:{REGION}:{ACCOUNT}:detector/d/finding/{finding_id}",
        "AccountId": ACCOUNT,
        "Region": REGION,
        "Type": "CryptoCurrency:EC2/BitcoinTool.B!DNS",
        "Severity": 8,
        "CreatedAt": TOLD,
        "UpdatedAt": TOLD,
        "Title": "An instance asks for a mining pool",
        "Resource": {"ResourceType": "Instance", "InstanceDetails": {"InstanceId": "i-0bbbbbbbb"}},
        "Service": {"Count": 4, "EventFirstSeen": TOLD, "EventLastSeen": TOLD, "Archived": False},
    }


@pytest.mark.parametrize("fault", [None, "throttle"])
def test_a_mining_instance_wakes_somebody_whatever_can_be_looked_up(scene, fault):
    groups = [{"name": "web", "id": "sg-0aaaaaaaaaaaaaaa1"}]
    instances = [{"id": "i-0bbbbbbbb", "security_groups": ["sg-0aaaaaaaaaaaaaaa1"]}]
    scene.load(
        account(
            detectors=[{}],
            guardduty_findings=[mining()],
            security_groups=groups,
            instances=instances,
        )
    )
    if fault:
        scene.sandbox.faults.add(fault, service="ec2", operation="DescribeInstances")
    decided = scene.decide(event("aws.guardduty", "GuardDuty Finding", mining()))
    assert (decided["decision"], decided["priority"]) == ("escalate", "critical"), decided


@pytest.mark.parametrize("fault", [None, "throttle"])
def test_an_alarm_that_nobody_hears_wakes_somebody(scene, fault):
    name = "CIS-1.1-RootAccountUsage"
    scene.load(account())
    scene.sandbox.client("cloudwatch", ACCOUNT, REGION).put_metric_alarm(
        AlarmName=name,
        Namespace="LogMetrics",
        MetricName="Root",
        ComparisonOperator="GreaterThanThreshold",
        EvaluationPeriods=1,
        Threshold=0,
        Period=300,
        Statistic="Sum",
        ActionsEnabled=False,
    )
    if fault:
        scene.sandbox.faults.add(fault, service="cloudwatch", operation="DescribeAlarms")
    detail = {"alarmName": name, "state": {"value": "ALARM", "reason": "1 > 0", "timestamp": TOLD}}
    arn = f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:{name}"
    decided = scene.decide(event("aws.cloudwatch", "CloudWatch Alarm State Change", detail, arn))
    assert (decided["decision"], decided["priority"]) == ("escalate", "high"), decided


def report(number: int) -> bytes:
    told = {"id": str(number), "title": "Strange mail", "reporter": "bob", "subject": "mail"}
    return json.dumps({"report": {**told, "account": ACCOUNT}}).encode()


def test_a_report_is_told_with_what_people_said_of_the_like(scene):
    scene.load(account())
    first = scene.decide(report(1))
    assert "0 earlier verdicts" in first["reasons"][0]
    scene.say(first["case"], Verdict.TRUE_POSITIVE)
    scene.decide_due()
    again = scene.decide(report(2))
    assert again["decision"] == "escalate"
    assert "1 earlier verdicts by 1 people, 1 real" in again["reasons"][0]
    assert scene.replay(again["case"]).equal
