"""Reads about policies, last use, objects and GuardDuty's past, over HTTP against the sandbox."""

import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import minutes
from tests.refusals import REFUSALS
from tests.trails import StoppedClock
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.evidence_source import AwsEvidence
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.operations_identity import OPERATIONS
from triage.domain.evidence import Failed, Failure, Got, Missing, RawRead, Read

pytestmark = pytest.mark.slow

ONE, REGION = "111111111111", "eu-west-1"
KEY = "AKIAEXAMPLEBOB000001"
LIMITS = AwsLimits(attempts=1, read_seconds=5)


def policy(account: str) -> dict[str, Any]:
    who = {"AWS": f"arn:aws:iam::{account}:root"}
    statement = {"Effect": "Allow", "Principal": who, "Action": "*", "Resource": "*"}
    return {"Version": "2012-10-17", "Statement": [statement]}


SCENARIO: dict[str, Any] = {
    "region": REGION,
    "accounts": {
        ONE: {
            "buckets": [
                {
                    "name": "reports",
                    "public_access_block": "all",
                    "policy": policy(ONE),
                    "objects": {"a.csv": "1,2"},
                }
            ],
            "users": [
                {"name": "bob", "console": True, "keys": [{"id": KEY, "last_used": "-3d"}]},
                {"name": "eve"},
            ],
            "detectors": [{}],
            "guardduty_findings": [
                {
                    "Id": name,
                    "Type": type_,
                    "Severity": 5,
                    "Resource": {"ResourceType": "Instance"},
                    "UpdatedAt": at,
                    "CreatedAt": at,
                    "Service": {"Count": 3, "EventFirstSeen": at, "EventLastSeen": at},
                }
                for name, type_, at in (
                    ("new", "Recon:EC2/Portscan", "-1h"),
                    ("older", "Recon:EC2/Portscan", "-20d"),
                    ("too-old", "Recon:EC2/Portscan", "-200d"),
                    ("another", "Trojan:EC2/DropPoint", "-1h"),
                )
            ],
        }
    },
}


class Asked:
    """Makes reads in account ONE; `made` names what has ids of its own."""

    def __init__(self, sandbox: Any) -> None:
        self.sandbox = sandbox
        self.clock = StoppedClock(sandbox.now())
        self.source = AwsEvidence(Clients(Role(), LIMITS, REGION), self.clock, LIMITS)
        self.made: dict[str, str] = {}

    def __call__(self, kind: str, **arguments: str) -> RawRead:
        read = Read.of(kind, ONE, REGION, **arguments)
        now = self.clock.now()
        found = self.source.fetch([read], deadline=now + minutes(1), fresh=now + minutes(0))
        return found[read]

    def happy(self) -> dict[str, tuple[dict[str, str], Any]]:
        since = (self.clock.now() - minutes(60 * 24 * 90)).isoformat()
        thing = {"bucket": "reports", "key": "a.csv"}
        return {
            "s3.list_object": (
                thing,
                lambda p: (p["KeyCount"], p["Contents"][0]["Size"]) == (1, 3),
            ),
            "s3.get_object_acl": (thing, lambda p: len(p["Grants"]) == 1),
            "s3.get_bucket_encryption": (
                {"bucket": "reports"},
                lambda p: p["ServerSideEncryptionConfiguration"]["Rules"],
            ),
            "iam.user_access": (
                {"user": "bob"},
                lambda p: p["HasPassword"] and p["Keys"][0]["LastUsedDate"],
            ),
            "kms.list_grants": ({"key": self.made["key"]}, lambda p: p == {"Grants": []}),
            "sqs.queue_policy": (
                {"queue": "orders"},
                lambda p: json.loads(p["Policy"]) == policy(ONE),
            ),
            "sns.get_topic_attributes": (
                {"topic": self.made["topic"]},
                lambda p: json.loads(p["Attributes"]["Policy"])["Statement"],
            ),
            "secretsmanager.get_resource_policy": (
                {"secret": self.made["secret"]},
                lambda p: p["ResourcePolicy"] is None,
            ),
            "guardduty.history": (
                {"type": "Recon:EC2/Portscan", "since": since},
                lambda p: {one["Id"] for one in p["Findings"]} == {"new", "older"},
            ),
        }


@pytest.fixture
def ask(sandbox, monkeypatch) -> Iterator[Asked]:
    sandbox.reset(SCENARIO)
    for name, value in sandbox.environment(ONE, REGION).items():
        monkeypatch.setenv(name, value)
    asked = Asked(sandbox)
    asked.made = made(sandbox)
    yield asked
    asked.source.close()


def made(sandbox: Any) -> dict[str, str]:
    """What no scenario describes: a key, a queue, a topic and a secret."""
    client = lambda service: sandbox.client(service, ONE, REGION)  # noqa: E731 - one use each
    client("sqs").create_queue(QueueName="orders", Attributes={"Policy": json.dumps(policy(ONE))})
    return {
        "key": client("kms").create_key()["KeyMetadata"]["KeyId"],
        "topic": client("sns").create_topic(Name="news")["TopicArn"],
        "secret": client("secretsmanager").create_secret(Name="s", SecretString="-")["ARN"],
    }


def test_every_operation_brings_what_the_service_says(ask):
    happy = ask.happy()
    assert set(happy) == set(OPERATIONS)
    found = {kind: ask(kind, **arguments) for kind, (arguments, _) in happy.items()}
    told = {
        kind: isinstance(one, Got) and bool(happy[kind][1](one.payload))
        for kind, one in found.items()
    }
    assert told == dict.fromkeys(happy, True), found


@pytest.mark.parametrize(("fault", "expected"), REFUSALS)
def test_no_operation_takes_a_refusal_for_an_answer(ask, fault, expected):
    happy = ask.happy()
    ask.sandbox.faults.add(fault)
    found = {kind: ask(kind, **arguments) for kind, (arguments, _) in happy.items()}
    said = {
        kind: isinstance(one, Failed) and one.failure in expected for kind, one in found.items()
    }
    assert said == dict.fromkeys(happy, True), found


@pytest.mark.parametrize(
    ("kind", "arguments", "code"),
    [
        ("s3.list_object", {"bucket": "gone-long-ago", "key": "a"}, "NoSuchBucket"),
        ("s3.get_object_acl", {"bucket": "reports", "key": "nothing"}, "NoSuchKey"),
        ("s3.get_bucket_policy", {"bucket": "gone-long-ago"}, "NoSuchBucket"),
        ("iam.user_access", {"user": "nobody"}, "NoSuchEntity"),
        (
            "kms.get_key_policy",
            {"key": "00000000-0000-0000-0000-000000000000"},
            "NotFoundException",
        ),
        (
            "sns.get_topic_attributes",
            {"topic": f"arn:aws:sns:{REGION}:{ONE}:nothing"},
            "NotFound",
        ),
        ("secretsmanager.get_resource_policy", {"secret": "none"}, "ResourceNotFoundException"),
    ],
)
def test_what_the_service_says_is_not_there_is_missing_by_its_own_code(ask, kind, arguments, code):
    assert ask(kind, **arguments) == Missing(code=code, as_of=ask.clock.at, source=kind)


def test_a_queue_that_is_gone_is_missing(ask):
    assert isinstance(ask("sqs.queue_policy", queue="nothing"), Missing)


def test_a_user_without_a_password_is_still_a_user(ask):
    answer = ask("iam.user_access", user="eve")
    assert isinstance(answer, Got)
    assert (answer.payload["HasPassword"], answer.payload["Keys"]) == (False, [])


def test_a_password_nobody_may_ask_for_is_not_no_password(ask):
    ask.sandbox.faults.add("deny", service="iam", operation="GetLoginProfile")
    assert ask("iam.user_access", user="bob") == Failed(
        failure=Failure.DENIED, detail="iam.user_access"
    )


def test_an_object_that_is_not_listed_leaves_an_empty_list(ask):
    answer = ask("s3.list_object", bucket="reports", key="b.csv")
    assert isinstance(answer, Got)
    assert (answer.payload["KeyCount"], answer.payload["Contents"]) == (0, None)
