"""LookupEvents, driven by a real boto3 client over HTTP."""

import json
from collections.abc import Callable, Mapping
from datetime import timedelta
from typing import Any

import pytest
from botocore.exceptions import ClientError

from triage.sandbox.limits import PUBLISHED
from triage.sandbox.server import Sandbox

ONE = "111111111111"
BOB = {
    "type": "IAMUser",
    "userName": "bob",
    "accessKeyId": "AKIAEXAMPLEBOB000001",
    "arn": f"arn:aws:iam::{ONE}:user/bob",
}
SESSION = {"type": "AssumedRole", "arn": f"arn:aws:sts::{ONE}:assumed-role/admin/alice"}


def an_event(at: str, **fields: Any) -> dict[str, Any]:
    event = {
        "eventName": "PutBucketPolicy",
        "eventSource": "s3.amazonaws.com",
        "eventTime": at,
        "userIdentity": BOB,
        "requestParameters": {"bucketName": "invoices"},
    }
    return event | fields


def with_events(*events: Mapping[str, Any]) -> Mapping[str, Any]:
    return {"accounts": {ONE: {"cloudtrail_events": list(events)}}}


def refusal(call: Callable[[], Any]) -> tuple[str, int]:
    with pytest.raises(ClientError) as caught:
        call()
    answer = caught.value.response
    return answer["Error"]["Code"], answer["ResponseMetadata"]["HTTPStatusCode"]


def by(key: str, value: str) -> list[dict[str, str]]:
    return [{"AttributeKey": key, "AttributeValue": value}]


def test_events_come_newest_first_and_fifty_a_page(sandbox: Sandbox) -> None:
    sandbox.load(with_events(*(an_event(f"-{minute}m") for minute in range(1, 121))))
    pages = list(sandbox.client("cloudtrail").get_paginator("lookup_events").paginate())
    times = [event["EventTime"] for page in pages for event in page["Events"]]
    assert [len(page["Events"]) for page in pages] == [50, 50, 20]
    assert times == sorted(times, reverse=True)


def test_an_event_carries_its_record_as_a_json_string(sandbox: Sandbox) -> None:
    sandbox.load(with_events(an_event("-5m")))
    event = sandbox.client("cloudtrail").lookup_events()["Events"][0]
    record = json.loads(event["CloudTrailEvent"])
    assert record["recipientAccountId"] == ONE
    assert record["eventID"] == event["EventId"]
    assert event["Username"] == "bob"
    assert event["ReadOnly"] == "false"
    assert event["AccessKeyId"] == "AKIAEXAMPLEBOB000001"
    assert event["Resources"] == [{"ResourceType": "AWS::S3::Bucket", "ResourceName": "invoices"}]


@pytest.mark.parametrize(
    ("key", "value"),
    [
        ("EventName", "DeleteTrail"),
        ("EventSource", "cloudtrail.amazonaws.com"),
        ("Username", "alice"),
        ("ReadOnly", "true"),
        ("EventId", "e-2"),
        ("AccessKeyId", "AKIAEXAMPLEALICE0001"),
        ("ResourceName", "arn:aws:cloudtrail:::trail/main"),
        ("ResourceType", "AWS::CloudTrail::Trail"),
    ],
)
def test_one_attribute_selects_events(sandbox: Sandbox, key: str, value: str) -> None:
    other = an_event(
        "-9m",
        eventName="DeleteTrail",
        eventSource="cloudtrail.amazonaws.com",
        eventID="e-2",
        readOnly=True,
        userIdentity=SESSION | {"accessKeyId": "AKIAEXAMPLEALICE0001"},
        requestParameters=None,
        resources=[
            {"ARN": "arn:aws:cloudtrail:::trail/main", "type": "AWS::CloudTrail::Trail"},
            {"accountId": ONE},
        ],
    )
    sandbox.load(with_events(an_event("-5m"), other))
    found = sandbox.client("cloudtrail").lookup_events(LookupAttributes=by(key, value))["Events"]
    assert [event["EventId"] for event in found] == ["e-2"]


def test_root_and_services_have_names_too(sandbox: Sandbox) -> None:
    sandbox.load(
        with_events(
            an_event("-1m", userIdentity={"type": "Root"}),
            an_event("-2m", userIdentity={"type": "AWSService", "invokedBy": "x.amazonaws.com"}),
        )
    )
    events = sandbox.client("cloudtrail").lookup_events()["Events"]
    assert [event["Username"] for event in events] == ["root", "x.amazonaws.com"]


def test_a_window_bounds_what_is_found(sandbox: Sandbox) -> None:
    sandbox.load(with_events(*(an_event(f"-{hour}h") for hour in (1, 3, 5))))
    now = sandbox.now()
    window = {"StartTime": now - timedelta(hours=4), "EndTime": now - timedelta(hours=2)}
    assert len(sandbox.client("cloudtrail").lookup_events(**window)["Events"]) == 1


def test_nothing_older_than_ninety_days_is_found(sandbox: Sandbox) -> None:
    sandbox.load(with_events(an_event("-89d"), an_event("-91d")))
    start = sandbox.now() - timedelta(days=365)
    found = sandbox.client("cloudtrail").lookup_events(StartTime=start)["Events"]
    assert len(found) == 1


def test_data_events_and_insights_are_never_found(sandbox: Sandbox) -> None:
    sandbox.load(with_events(an_event("-5m", managementEvent=False, eventCategory="Data")))
    cloudtrail = sandbox.client("cloudtrail")
    assert cloudtrail.lookup_events()["Events"] == []
    assert cloudtrail.lookup_events(EventCategory="insight")["Events"] == []


def test_events_belong_to_one_account_and_one_region(sandbox: Sandbox) -> None:
    sandbox.load(with_events(an_event("-5m"), an_event("-6m", region="eu-west-1")))
    assert len(sandbox.client("cloudtrail").lookup_events()["Events"]) == 1
    assert len(sandbox.client("cloudtrail", "", "eu-west-1").lookup_events()["Events"]) == 1
    assert sandbox.client("cloudtrail", "222222222222").lookup_events()["Events"] == []


def test_a_second_attribute_is_refused(sandbox: Sandbox) -> None:
    both = by("EventName", "A") + by("Username", "b")
    refused = refusal(lambda: sandbox.client("cloudtrail").lookup_events(LookupAttributes=both))
    assert refused == ("InvalidLookupAttributesException", 400)


def test_an_unknown_attribute_is_refused(sandbox: Sandbox) -> None:
    wrong = by("Colour", "red")
    refused = refusal(lambda: sandbox.client("cloudtrail").lookup_events(LookupAttributes=wrong))
    assert refused == ("InvalidLookupAttributesException", 400)


@pytest.mark.parametrize("size", [0, 51])
def test_a_page_size_outside_one_to_fifty_is_refused(sandbox: Sandbox, size: int) -> None:
    refused = refusal(lambda: sandbox.client("cloudtrail").lookup_events(MaxResults=size))
    assert refused == ("InvalidMaxResultsException", 400)


def test_a_window_that_ends_before_it_starts_is_refused(sandbox: Sandbox) -> None:
    now = sandbox.now()
    window = {"StartTime": now, "EndTime": now - timedelta(hours=1)}
    refused = refusal(lambda: sandbox.client("cloudtrail").lookup_events(**window))
    assert refused == ("InvalidTimeRangeException", 400)


def test_a_token_is_good_only_for_its_own_request(sandbox: Sandbox) -> None:
    sandbox.load(with_events(*(an_event(f"-{minute}m") for minute in range(1, 5))))
    cloudtrail = sandbox.client("cloudtrail")
    token = cloudtrail.lookup_events(MaxResults=2)["NextToken"]
    other = refusal(lambda: cloudtrail.lookup_events(MaxResults=3, NextToken=token))
    forged = refusal(lambda: cloudtrail.lookup_events(NextToken="abc"))
    assert other == forged == ("InvalidNextTokenException", 400)


def test_past_two_a_second_the_answer_is_a_throttle_with_status_400(sandbox: Sandbox) -> None:
    sandbox.limits.per_second = dict(PUBLISHED)
    cloudtrail = sandbox.client("cloudtrail")
    outcomes = []
    for _ in range(20):
        try:
            cloudtrail.lookup_events()
        except ClientError as error:
            outcomes.append(
                (
                    error.response["Error"]["Code"],
                    error.response["ResponseMetadata"]["HTTPStatusCode"],
                )
            )
    assert ("ThrottlingException", 400) in outcomes
    assert len(sandbox.client("cloudtrail", "222222222222").lookup_events()["Events"]) == 0
