"""The AWS evidence source over HTTP: what it asks, how often, and what it makes of refusals."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from threading import Barrier, Thread
from typing import Any

import pytest

from tests.builders import minutes
from tests.refusals import REFUSALS
from tests.trails import StoppedClock
from triage.adapters.aws import (
    operations_events,
    operations_exists,
    operations_findings,
    operations_identity,
    operations_infra,
    sessions,
)
from triage.adapters.aws.clients import Clients, NoCredentials, Role, WrongAccount
from triage.adapters.aws.evidence_source import AwsEvidence
from triage.adapters.aws.limits import AwsLimits, Rate
from triage.adapters.aws.operations import OPERATIONS
from triage.domain.evidence import Failed, Failure, Got, Missing, RawRead, Read
from triage.sandbox.limits import PUBLISHED

ONE, TWO, REGION = "111111111111", "222222222222", "eu-west-1"
GROUP, INSTANCE, KEY = "sg-0aaaaaaaaaaaaaaa1", "i-0bbbbbbbbbbbbbbb1", "AKIAEXAMPLEBOB000001"
FINDING = f"arn:aws:securityhub:{REGION}:{ONE}:security-control/S3.8/finding/f1"
RULE = {"rule": "no-public-buckets", "resource_type": "AWS::S3::Bucket", "resource_id": "reports"}
SCENARIO: dict[str, Any] = {
    "region": REGION,
    "accounts": {
        ONE: {
            "buckets": [{"name": "reports", "public_access_block": "all", "policy": "public-read"}],
            "security_groups": [{"name": "web", "id": GROUP}],
            "instances": [{"id": INSTANCE, "security_groups": [GROUP]}],
            "users": [{"name": "bob", "keys": [{"id": KEY}]}],
            "roles": [{"name": "admin"}],
            "trails": [{"name": "main", "bucket": "reports", "prefix": "logs"}],
            "recorders": [{"since": "-300d"}],
            "detectors": [{}],
            "guardduty_findings": [
                {"Id": "a1", "Type": "Recon:EC2/Portscan", "Severity": 5, "Resource": {}}
            ],
            "security_hub_findings": [
                {
                    "Id": FINDING,
                    "Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::reports"}],
                }
            ],
            "config_items": [
                {
                    "resourceType": "AWS::S3::Bucket",
                    "resourceId": "reports",
                    "configurationItemCaptureTime": "-2h",
                }
            ],
            "config_compliance": [RULE | {"compliance": "NON_COMPLIANT"}],
            "cloudtrail_events": [
                {
                    "eventName": "PutBucketPolicy",
                    "eventSource": "s3.amazonaws.com",
                    "eventTime": "-1h",
                    "eventID": "e-1",
                    "userIdentity": {"type": "Root"},
                    "requestParameters": {"bucketName": "reports"},
                }
            ],
        }
    },
}


PATIENT = AwsLimits(attempts=1, read_seconds=5)
BARE: dict[str, Any] = {
    "region": REGION,
    "accounts": {
        ONE: {name: SCENARIO["accounts"][ONE][name] for name in ("buckets", "cloudtrail_events")}
    },
}


@pytest.fixture(scope="module")
def clients(sandbox_server) -> Iterator[Clients]:
    """Clients are slow to make and meant to be shared."""
    made = Clients(Role(), PATIENT, REGION)
    yield made
    made.close()


@pytest.fixture
def ask(sandbox, clients, monkeypatch) -> Iterator[Any]:
    """Ask as account ONE; `ask.source(...)` makes a source with other limits or another role."""
    sandbox.load(BARE)
    sandbox.requests.clear()
    for name, value in sandbox.environment(ONE, REGION).items():
        monkeypatch.setenv(name, value)
    asker = Asker(sandbox, clients)
    yield asker
    for source in asker.made:
        source._pool.shutdown()
        if source._clients is not clients:
            source.close()


@pytest.fixture
def ask_all(ask) -> Any:
    """The same, and everything there is in the scenario."""
    ask.sandbox.reset(SCENARIO)
    return ask


class Asker:
    """Makes reads, each answered within a minute of a clock that stands still."""

    def __init__(self, sandbox: Any, clients: Clients) -> None:
        self.sandbox = sandbox
        self.clients = clients
        self.clock = StoppedClock(sandbox.now())
        self.made: list[AwsEvidence] = []
        self.default = self.source()

    def source(self, role: str | None = None, **limits: Any) -> AwsEvidence:
        bounds = replace(PATIENT, **limits)
        own = role is not None or "read_seconds" in limits
        clients = Clients(Role(name=role or ""), bounds, REGION) if own else self.clients
        self.made.append(AwsEvidence(clients, self.clock, bounds))
        return self.made[-1]

    def __call__(self, *reads: Read, source: AwsEvidence | None = None, **when: Any) -> Any:
        now = self.clock.now()
        times = {"deadline": now + minutes(60), "fresh": now - minutes(60), **when}
        found = (source or self.default).fetch(reads, **times)
        assert set(found) == set(reads)
        return found[reads[0]] if len(reads) == 1 else found


def a_read(kind: str = "s3.get_bucket_acl", account: str = ONE, **arguments: Any) -> Read:
    return Read.of(kind, account, REGION, **(arguments or {"bucket": "reports"}))


def a_lookup(value: str = "reports", account: str = ONE, region: str = REGION) -> Read:
    return Read.of(
        "cloudtrail.lookup_events", account, region, attribute="ResourceName", value=value
    )


def failure(answer: RawRead) -> Failure | None:
    return answer.failure if isinstance(answer, Failed) else None


# --- every operation ------------------------------------------------------------------------------

HAPPY: dict[str, tuple[dict[str, Any], Any]] = {
    "s3.get_public_access_block": (
        {"bucket": "reports"},
        lambda p: p["PublicAccessBlockConfiguration"]["BlockPublicAcls"],
    ),
    "s3.get_bucket_policy_status": (
        {"bucket": "reports"},
        lambda p: "IsPublic" in p["PolicyStatus"],
    ),
    "s3.get_bucket_acl": ({"bucket": "reports"}, lambda p: len(p["Grants"]) == 1),
    "s3.get_bucket_location": ({"bucket": "reports"}, lambda p: p["LocationConstraint"] == REGION),
    "ec2.describe_security_groups": (
        {"group": GROUP},
        lambda p: p["SecurityGroups"][0]["GroupId"] == GROUP,
    ),
    "ec2.describe_network_interfaces": (
        {"group": GROUP},
        lambda p: p["NetworkInterfaces"][0]["Groups"][0]["GroupId"] == GROUP,
    ),
    "ec2.describe_instances": (
        {"instance": INSTANCE},
        lambda p: p["Reservations"][0]["Instances"][0]["InstanceId"] == INSTANCE,
    ),
    "iam.access_key": ({"key": KEY}, lambda p: (p["UserName"], p["Status"]) == ("bob", "Active")),
    "iam.user_keys": ({"user": "bob"}, lambda p: p["Keys"][0]["AccessKeyId"] == KEY),
    "iam.get_user": ({"user": "bob"}, lambda p: p["User"]["UserName"] == "bob"),
    "iam.get_role": ({"role": "admin"}, lambda p: p["Role"]["RoleName"] == "admin"),
    "cloudtrail.lookup_events": (
        {"attribute": "EventId", "value": "e-1"},
        lambda p: p["Events"][0]["eventName"] == "PutBucketPolicy",
    ),
    "cloudtrail.trail_status": (
        {},
        lambda p: (
            {
                name: p["Trails"][0][name]
                for name in ("IsLogging", "AllManagementEvents", "S3BucketName", "S3KeyPrefix")
            }
            == {
                "IsLogging": True,
                "AllManagementEvents": True,
                "S3BucketName": "reports",
                "S3KeyPrefix": "logs",
            }
        ),
    ),
    "config.get_resource_config_history": (
        {"type": "AWS::S3::Bucket", "id": "reports", "later": "NOW"},
        lambda p: p["configurationItems"][0]["resourceId"] == "reports",
    ),
    "config.recorder_status": ({}, lambda p: p["ConfigurationRecordersStatus"][0]["recording"]),
    "config.get_compliance_details_by_resource": (
        {"type": "AWS::S3::Bucket", "id": "reports"},
        lambda p: p["EvaluationResults"][0]["ComplianceType"] == "NON_COMPLIANT",
    ),
    "guardduty.get_findings": ({"finding": "a1"}, lambda p: p["Findings"][0]["Id"] == "a1"),
    "securityhub.get_findings": (
        {"finding": FINDING, "product": f"arn:aws:securityhub:{REGION}::product/aws/securityhub"},
        lambda p: p["Findings"][0]["Id"] == FINDING,
    ),
}


def the_read(kind: str, ask: Asker) -> Read:
    now = ask.clock.now().isoformat()
    arguments = {name: now if v == "NOW" else v for name, v in HAPPY[kind][0].items()}
    return Read.of(kind, ONE, REGION, **arguments)


AT_THE_DESKS = {
    *operations_events.OPERATIONS,
    *operations_exists.OPERATIONS,
    *operations_infra.OPERATIONS,
    *operations_findings.OPERATIONS,
    *operations_identity.OPERATIONS,
    "inspector2.list_findings",
    "securityhub.get_findings_v2",
}
"""Asked about single findings or resources, and tested where they are: test_source_desks,
test_aws_infra and test_identity_evidence with their neighbours."""


def test_every_operation_is_in_the_table_below():
    assert set(HAPPY) == set(OPERATIONS) - AT_THE_DESKS


def test_every_operation_brings_what_the_service_says(ask_all):
    answers = {kind: ask_all(the_read(kind, ask_all)) for kind in HAPPY}
    told = {
        kind: isinstance(answer, Got) and bool(HAPPY[kind][1](answer.payload))
        for kind, answer in answers.items()
    }
    assert told == dict.fromkeys(HAPPY, True), answers
    assert {answer.source for answer in answers.values()} == set(HAPPY)


@pytest.mark.parametrize(("fault", "expected"), REFUSALS)
def test_no_operation_takes_a_refusal_for_an_answer(ask_all, fault, expected):
    ask_all(a_read())
    ask_all.sandbox.faults.add(fault)
    reads = [the_read(kind, ask_all) for kind in HAPPY]
    found = ask_all(*reads, fresh=ask_all.clock.now() + minutes(1))
    assert {read.kind: failure(answer) in expected for read, answer in found.items()} == (
        dict.fromkeys(HAPPY, True)
    )


MISSING = [
    ("s3.get_public_access_block", {"bucket": "gone-long-ago"}, "NoSuchBucket"),
    ("s3.get_bucket_policy_status", {"bucket": "gone-long-ago"}, "NoSuchBucket"),
    ("s3.get_bucket_acl", {"bucket": "gone-long-ago"}, "NoSuchBucket"),
    ("s3.get_bucket_location", {"bucket": "gone-long-ago"}, "NoSuchBucket"),
    ("ec2.describe_security_groups", {"group": "sg-0f0f0f0f0f0f0f0f0"}, "InvalidGroup.NotFound"),
    ("ec2.describe_instances", {"instance": "i-0f0f0f0f0f0f0f0f0"}, "InvalidInstanceID.NotFound"),
    ("iam.get_user", {"user": "nobody"}, "NoSuchEntity"),
    ("iam.get_role", {"role": "nobody"}, "NoSuchEntity"),
    ("iam.user_keys", {"user": "nobody"}, "NoSuchEntity"),
    (
        "config.get_resource_config_history",
        {"type": "AWS::S3::Bucket", "id": "nothing", "later": "2026-11-20T00:00:00Z"},
        "ResourceNotDiscoveredException",
    ),
]


def test_what_the_service_says_is_not_there_is_missing_by_its_own_code(ask_all):
    for kind, arguments, code in MISSING:
        answer = ask_all(a_read(kind, **arguments))
        assert answer == Missing(code=code, as_of=ask_all.clock.at, source=kind)


SAYS_WHOSE = (
    "ec2.describe_security_groups",
    "ec2.describe_network_interfaces",
    "ec2.describe_instances",
    "iam.get_user",
    "iam.get_role",
    "cloudtrail.lookup_events",
    "config.get_resource_config_history",
)


def test_an_answer_that_says_it_is_another_account_s_is_misplaced(ask_all):
    twin = SCENARIO["accounts"][ONE] | {"buckets": [], "trails": []}
    ask_all.sandbox.load({"region": REGION, "accounts": {TWO: twin}})
    ask_all(a_read())
    ask_all.sandbox.faults.add("wrong_account", account=ONE, answers_from=TWO)
    found = {kind: failure(ask_all(the_read(kind, ask_all))) for kind in SAYS_WHOSE}
    assert found == dict.fromkeys(SAYS_WHOSE, Failure.MISPLACED)


# --- paging, throttles, budgets -------------------------------------------------------------------


def events(count: int, account: str = ONE) -> dict[str, Any]:
    one = SCENARIO["accounts"][ONE]["cloudtrail_events"][0]
    many = [one | {"eventID": f"p-{n}", "eventTime": f"-{n + 1}m"} for n in range(count)]
    return {"region": REGION, "accounts": {account: {"cloudtrail_events": many}}}


def test_every_page_of_a_look_up_is_read(ask):
    ask.sandbox.load(events(119))
    answer = ask(a_lookup())
    assert len(answer.payload["Events"]) == 120
    assert len(ask.sandbox.requests.named("cloudtrail.LookupEvents")) == 3


def test_a_look_up_with_more_pages_than_we_read_is_cut_short(ask):
    ask.sandbox.load(events(119))
    assert failure(ask(a_lookup(), source=ask.source(pages=2))) is Failure.PARTIAL


def test_a_page_that_fails_fails_the_whole(ask):
    ask.sandbox.load(events(119))
    ask.sandbox.faults.add("partial", operation="LookupEvents")
    assert failure(ask(a_lookup())) is Failure.BROKEN


def test_a_throttle_with_status_400_is_a_throttle(ask):
    ask.sandbox.faults.add("throttle", operation="LookupEvents")
    assert failure(ask(a_lookup())) is Failure.THROTTLED
    (logged,) = ask.sandbox.requests.named("cloudtrail.LookupEvents")
    assert logged.status == 400


def test_look_ups_stay_below_two_a_second_of_one_account_and_region(ask):
    times = []
    for number in range(12):
        ask(a_lookup(f"bucket-{number}"))
        times.append(ask.clock.at)
    assert len(ask.sandbox.requests.named("cloudtrail.LookupEvents")) == len(times)
    for start in times:
        assert sum(start <= at < start + timedelta(seconds=1) for at in times) <= 2
    assert (times[-1] - times[0]).total_seconds() >= (len(times) - 1) / 1.5


def test_pages_spend_the_same_budget(ask):
    ask.sandbox.load(events(200))
    began = ask.clock.at
    ask(a_lookup())
    assert (ask.clock.at - began).total_seconds() >= (5 - 1) / 1.5


def test_another_region_has_a_budget_of_its_own(ask):
    began = ask.clock.at
    for region in ("eu-west-1", "us-east-1", "eu-north-1"):
        ask(a_lookup(region=region))
    assert ask.clock.at == began


def test_a_turn_that_comes_too_late_is_not_waited_for(ask):
    source = ask.source(rates={"cloudtrail.lookup_events": Rate(0.01)})
    now = ask.clock.now()
    assert failure(ask(a_lookup("a"), source=source, deadline=now + minutes(1))) is None
    assert failure(ask(a_lookup("b"), source=source, deadline=now + minutes(1))) is Failure.SLOW
    assert (len(ask.sandbox.requests.named("cloudtrail.LookupEvents")), ask.clock.at) == (1, now)


# --- once, cached, in time ------------------------------------------------------------------------


def test_equal_reads_under_way_are_made_once(ask):
    ask(a_read("s3.get_bucket_location"))
    ask.sandbox.faults.add("slow", operation="GetBucketAcl", seconds=0.5)
    together, answers = Barrier(4), []

    def fetch() -> None:
        together.wait()
        answers.append(ask(a_read()))

    threads = [Thread(target=fetch) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert all(answer == answers[0] and isinstance(answer, Got) for answer in answers)
    assert len(ask.sandbox.requests.named("s3.GetBucketAcl")) == 1


def test_a_cached_answer_serves_only_who_takes_its_age(ask):
    first = ask(a_read())
    ask.clock.wait(30)
    again = ask(a_read(), fresh=first.as_of)
    newer = ask(a_read(), fresh=ask.clock.now())
    assert (again, newer.as_of) == (first, first.as_of + timedelta(seconds=30))
    assert len(ask.sandbox.requests.named("s3.GetBucketAcl")) == 2


def test_that_something_is_missing_is_cached_like_an_answer(ask):
    first = ask(a_read(bucket="gone-long-ago"))
    assert isinstance(first, Missing)
    assert ask(a_read(bucket="gone-long-ago")) == first
    assert len(ask.sandbox.requests.named("s3.GetBucketAcl")) == 1


def test_a_failure_is_never_cached(ask):
    ask.sandbox.faults.add("deny", operation="GetBucketAcl", times=1)
    assert failure(ask(a_read())) is Failure.DENIED
    assert isinstance(ask(a_read()), Got)


def test_whoever_comes_after_a_read_was_asked_gets_a_newer_one(ask):
    ask(a_read("s3.get_bucket_location"))
    ask.sandbox.faults.add("slow", operation="GetBucketAcl", seconds=0.5, times=1)
    asked = ask.clock.now()
    thread = Thread(target=lambda: ask(a_read()))
    thread.start()
    while not ask.default._under_way:
        pass
    ask.clock.wait(5)
    newer = ask(a_read(), fresh=asked + timedelta(seconds=5))
    thread.join()
    assert newer.as_of == asked + timedelta(seconds=5)
    assert ask(a_read(), fresh=newer.as_of) == newer


def test_an_answer_after_the_deadline_is_too_slow(ask):
    ask(a_read("s3.get_bucket_location"))
    ask.sandbox.faults.add("slow", operation="GetBucketAcl", seconds=0.5)
    answer = ask(a_read(), deadline=ask.clock.now() + timedelta(seconds=0.05))
    assert answer == Failed(failure=Failure.SLOW, detail="s3.get_bucket_acl")


def test_a_connection_that_says_nothing_is_too_slow(ask):
    source = ask.source(read_seconds=0.2)
    ask(a_read("s3.get_bucket_location"), source=source)
    ask.sandbox.faults.add("slow", operation="GetBucketAcl", seconds=1)
    assert failure(ask(a_read(), source=source)) is Failure.SLOW


def test_one_read_that_fails_leaves_the_others_alone(ask):
    ask.sandbox.faults.add("deny", operation="GetBucketAcl")
    found = ask(a_read(), a_read("s3.get_bucket_location"))
    assert [failure(answer) for answer in found.values()] == [Failure.DENIED, None]


# --- whose credentials ----------------------------------------------------------------------------


def test_a_read_nobody_knows_how_to_make_is_unsupported(ask):
    assert failure(ask(a_read("s3.read_minds"))) is Failure.UNSUPPORTED


def test_another_account_without_a_role_is_misplaced_and_never_asked(ask):
    assert failure(ask(a_read(account=TWO))) is Failure.MISPLACED
    assert not ask.sandbox.requests.named("s3.GetBucketAcl")


def test_another_account_is_reached_through_its_role(ask):
    ask.sandbox.load({"region": REGION, "accounts": {TWO: {"users": [{"name": "eve"}]}}})
    answer = ask(a_read("iam.get_user", TWO, user="eve"), source=ask.source("TriageRead"))
    assert answer.payload["User"]["Arn"] == f"arn:aws:iam::{TWO}:user/eve"
    assert len(ask.sandbox.requests.named("sts.AssumeRole")) == 1


def test_a_role_that_may_not_be_assumed_is_denied(ask):
    ask.sandbox.faults.add("deny", operation="AssumeRole")
    answer = ask(a_read(account=TWO), source=ask.source("TriageRead"))
    assert failure(answer) is Failure.DENIED


class Sts:
    """Remembers what it was asked; gives out the role of `account`."""

    def __init__(self, account: str) -> None:
        self.account = account
        self.asked: list[dict[str, Any]] = []

    def assume_role(self, **asked: Any) -> dict[str, Any]:
        self.asked.append(asked)
        return {
            "AssumedRoleUser": {"Arn": f"arn:aws:sts::{self.account}:assumed-role/TriageRead/x"},
            "Credentials": {
                "AccessKeyId": "a",
                "SecretAccessKey": "s",
                "SessionToken": "t",
                "Expiration": StoppedClock().now(),
            },
        }


def test_a_role_is_assumed_with_its_external_id():
    clients = Clients(Role(name="TriageRead", external_id="shared"), AwsLimits(), REGION)
    sts = Sts(TWO)
    assert clients._assume(sts, TWO)["access_key"] == "a"
    assert sts.asked == [
        {
            "RoleArn": f"arn:aws:iam::{TWO}:role/TriageRead",
            "RoleSessionName": "triage-read",
            "DurationSeconds": 3600,
            "ExternalId": "shared",
        }
    ]


def test_a_role_that_turns_out_to_be_another_account_s_is_refused():
    clients = Clients(Role(name="TriageRead"), AwsLimits(), REGION)
    with pytest.raises(Exception, match="credentials are for"):
        clients._assume(Sts(ONE), TWO)


def test_without_credentials_nothing_is_known(ask, monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    assert failure(ask(a_read(), source=ask.source(""))) is Failure.UNSUPPORTED


def test_without_credentials_one_session_is_made_for_all_reads(monkeypatch):
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY", "AWS_SESSION_TOKEN"):
        monkeypatch.delenv(name, raising=False)
    made = []
    monkeypatch.setattr(sessions, "session", lambda region: made.append(region) or Bare())
    clients = Clients(Role(name="TriageRead"), AwsLimits(), REGION)
    for account in (ONE, TWO, ONE):
        with pytest.raises(NoCredentials):
            clients.client("s3", account, REGION)
    assert made == [REGION]


def test_who_waits_for_a_role_holds_up_no_other_account(monkeypatch):
    clients = Clients(Role(name="TriageRead"), AwsLimits(), REGION)
    monkeypatch.setattr(clients, "_session", lambda _account: Bare())
    with clients._turn(ONE):
        assert clients.client("s3", TWO, REGION) == f"s3 in {REGION}"


def test_a_read_about_no_account_is_refused_and_holds_up_nobody():
    clients = Clients(Role(), AwsLimits(), REGION)
    vars(clients)["_identity"] = ONE
    for account in ("", TWO):
        with pytest.raises(WrongAccount):
            clients.client("s3", account, REGION)


class Bare:
    """A session without credentials."""

    def get_credentials(self) -> None:
        return None

    def client(self, service: str, region_name: str, config: Any) -> str:
        return f"{service} in {region_name}"


def test_aws_s_own_limit_is_never_met(ask):
    ask.sandbox.limits.per_second = dict(PUBLISHED)
    answers = [ask(a_lookup("a")), ask(a_lookup("b"))]
    assert all(isinstance(answer, Got) for answer in answers)
