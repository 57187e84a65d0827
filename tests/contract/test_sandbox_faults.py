"""Every kind of fault, seen through a real boto3 client."""

from collections.abc import Callable, Mapping
from typing import Any

import pytest
from botocore.exceptions import ClientError
from botocore.parsers import ResponseParserError

from triage.sandbox.server import Sandbox

ONE, TWO = "111111111111", "222222222222"
EVENT = {
    "eventName": "PutBucketPolicy",
    "eventSource": "s3.amazonaws.com",
    "userIdentity": {"type": "Root"},
}
SCENARIO: Mapping[str, Any] = {
    "accounts": {
        ONE: {
            "buckets": [{"name": "invoices", "public_access_block": "all"}],
            "detectors": [{}],
            "security_hub_findings": [{"Title": "x", "Resources": []}],
            "cloudtrail_events": [EVENT | {"eventTime": f"-{n}m"} for n in range(1, 71)],
        },
        TWO: {"cloudtrail_events": [EVENT | {"eventTime": "-1m", "eventID": "theirs"}]},
    }
}
CALLS: Mapping[str, Callable[[Sandbox], Any]] = {
    "cloudtrail": lambda sandbox: sandbox.client("cloudtrail").lookup_events(),
    "config": lambda sandbox: sandbox.client("config").describe_configuration_recorders(),
    "guardduty": lambda sandbox: sandbox.client("guardduty").list_detectors(),
    "securityhub": lambda sandbox: sandbox.client("securityhub").get_findings(),
    "iam": lambda sandbox: sandbox.client("iam").list_users(),
    "sts": lambda sandbox: sandbox.client("sts").get_caller_identity(),
    "s3": lambda sandbox: sandbox.client("s3").get_public_access_block(Bucket="invoices"),
    "ec2": lambda sandbox: sandbox.client("ec2").describe_security_groups(),
    "kms": lambda sandbox: sandbox.client("kms").list_keys(),
}


@pytest.fixture
def faulty(sandbox: Sandbox) -> Sandbox:
    sandbox.load(SCENARIO)
    sandbox.requests.clear()
    return sandbox


def refusal(call: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


@pytest.mark.parametrize(
    ("service", "kind", "expected"),
    [
        ("cloudtrail", "throttle", ("ThrottlingException", 400)),
        ("config", "throttle", ("ThrottlingException", 400)),
        ("guardduty", "throttle", ("TooManyRequestsException", 429)),
        ("securityhub", "throttle", ("TooManyRequestsException", 429)),
        ("iam", "throttle", ("Throttling", 400)),
        ("sts", "throttle", ("Throttling", 400)),
        ("s3", "throttle", ("SlowDown", 503)),
        ("ec2", "throttle", ("RequestLimitExceeded", 503)),
        ("kms", "throttle", ("ThrottlingException", 400)),
        ("cloudtrail", "deny", ("AccessDeniedException", 400)),
        ("config", "deny", ("AccessDeniedException", 400)),
        ("guardduty", "deny", ("AccessDeniedException", 403)),
        ("securityhub", "deny", ("AccessDeniedException", 403)),
        ("iam", "deny", ("AccessDenied", 403)),
        ("sts", "deny", ("AccessDenied", 403)),
        ("s3", "deny", ("AccessDenied", 403)),
        ("ec2", "deny", ("UnauthorizedOperation", 403)),
        ("cloudtrail", "error", ("InternalFailure", 500)),
        ("guardduty", "error", ("InternalServerErrorException", 500)),
        ("securityhub", "error", ("InternalException", 500)),
        ("iam", "error", ("ServiceFailure", 500)),
        ("s3", "error", ("InternalError", 500)),
        ("ec2", "error", ("InternalError", 500)),
    ],
)
def test_a_service_says_no_in_its_own_words(
    faulty: Sandbox, service: str, kind: str, expected: tuple[str, int]
) -> None:
    faulty.faults.add(kind, service=service)
    assert refusal(lambda: CALLS[service](faulty)) == expected


def test_a_head_request_is_throttled_without_a_body(faulty: Sandbox) -> None:
    faulty.faults.add("throttle", service="s3", operation="HeadBucket")
    assert refusal(lambda: faulty.client("s3").head_bucket(Bucket="invoices")) == ("503", 503)


def test_a_rule_strikes_only_what_it_names(faulty: Sandbox) -> None:
    faulty.faults.add("deny", operation="LookupEvents", account=TWO, region="us-east-1")
    assert CALLS["cloudtrail"](faulty)["Events"]
    assert faulty.client("cloudtrail", TWO, "eu-west-1").lookup_events()["Events"] == []
    theirs = faulty.client("cloudtrail", TWO)
    assert refusal(theirs.lookup_events) == ("AccessDeniedException", 400)


def test_a_rule_is_spent_after_its_times(faulty: Sandbox) -> None:
    faulty.faults.add("throttle", service="cloudtrail", times=2)
    for _ in range(2):
        assert refusal(lambda: CALLS["cloudtrail"](faulty)) == ("ThrottlingException", 400)
    assert CALLS["cloudtrail"](faulty)["Events"]
    assert [struck for _, struck in faulty.faults.rules()] == [2]


def test_a_probability_draws_the_same_from_the_same_seed(faulty: Sandbox) -> None:
    def outcomes() -> list[int]:
        faulty.requests.clear()
        faulty.faults.clear()
        faulty.faults.add("empty", service="cloudtrail", probability=0.5, seed=7)
        return [len(CALLS["cloudtrail"](faulty)["Events"]) for _ in range(20)]

    first = outcomes()
    assert first == outcomes()
    assert set(first) == {0, 50}


def test_an_empty_answer_is_well_formed_and_has_nothing(faulty: Sandbox) -> None:
    for service in ("cloudtrail", "securityhub", "guardduty", "ec2", "iam", "s3"):
        faulty.faults.add("empty", service=service)
    assert CALLS["cloudtrail"](faulty)["Events"] == []
    assert CALLS["securityhub"](faulty)["Findings"] == []
    assert CALLS["guardduty"](faulty)["DetectorIds"] == []
    assert CALLS["ec2"](faulty)["SecurityGroups"] == []
    assert CALLS["iam"](faulty)["Users"] == []
    assert not CALLS["s3"](faulty).get("PublicAccessBlockConfiguration")


def test_partial_serves_the_first_page_and_loses_the_rest(faulty: Sandbox) -> None:
    faulty.faults.add("partial", service="cloudtrail")
    cloudtrail = faulty.client("cloudtrail")
    first = cloudtrail.lookup_events()
    assert len(first["Events"]) == 50
    lost = refusal(lambda: cloudtrail.lookup_events(NextToken=first["NextToken"]))
    assert lost == ("InternalFailure", 500)


def test_a_truncated_xml_body_cannot_be_parsed(faulty: Sandbox) -> None:
    faulty.faults.add("truncated", service="ec2")
    with pytest.raises(ResponseParserError):
        CALLS["ec2"](faulty)


@pytest.mark.parametrize(
    ("service", "member"),
    [("cloudtrail", "Events"), ("securityhub", "Findings"), ("guardduty", "DetectorIds")],
)
def test_a_truncated_json_body_reaches_the_caller_as_an_answer_without_its_members(
    faulty: Sandbox, service: str, member: str
) -> None:
    """botocore raises nothing here: whoever reads `.get(member, [])` takes it for none."""
    faulty.faults.add("truncated", service=service)
    answer = CALLS[service](faulty)
    assert answer["ResponseMetadata"]["HTTPStatusCode"] == 200
    assert member not in answer


def test_stale_repeats_what_was_true_before(faulty: Sandbox) -> None:
    before = CALLS["s3"](faulty)["PublicAccessBlockConfiguration"]
    faulty.client("s3").delete_public_access_block(Bucket="invoices")
    assert refusal(lambda: CALLS["s3"](faulty))[0] == "NoSuchPublicAccessBlockConfiguration"
    faulty.faults.add("stale", service="s3")
    assert CALLS["s3"](faulty)["PublicAccessBlockConfiguration"] == before
    assert faulty.requests.all()[-1].faults == ("stale",)


def test_stale_does_nothing_to_a_request_never_made(faulty: Sandbox) -> None:
    faulty.faults.add("stale", service="cloudtrail")
    assert CALLS["cloudtrail"](faulty)["Events"]
    assert faulty.requests.all()[-1].faults == ()


def test_the_wrong_account_answers(faulty: Sandbox) -> None:
    faulty.faults.add("wrong_account", service="cloudtrail", answers_from=TWO)
    assert [each["EventId"] for each in CALLS["cloudtrail"](faulty)["Events"]] == ["theirs"]
    assert faulty.requests.all()[-1].account == ONE


def test_slow_waits_and_then_tells_the_truth(faulty: Sandbox) -> None:
    faulty.faults.add("slow", service="cloudtrail", seconds=0.01)
    assert CALLS["cloudtrail"](faulty)["Events"]
    assert faulty.requests.all()[-1].faults == ("slow",)


def test_faults_add_up_in_the_order_given(faulty: Sandbox) -> None:
    faulty.faults.add("slow", service="cloudtrail", seconds=0.01)
    faulty.faults.add("throttle", service="cloudtrail")
    assert refusal(lambda: CALLS["cloudtrail"](faulty)) == ("ThrottlingException", 400)
    assert faulty.requests.all()[-1].faults == ("slow", "throttle")


@pytest.mark.parametrize("wrong", [{"kind": "explode"}, {"kind": "deny", "colour": "red"}])
def test_a_rule_nobody_understands_is_refused(faulty: Sandbox, wrong: dict[str, Any]) -> None:
    with pytest.raises((ValueError, TypeError)):
        faulty.faults.add(**wrong)
