"""CloudTrail LookupEvents: the last 90 days of management events of one account and Region.

Facts: CloudTrail API reference, LookupEvents. One attribute at most, newest first, at most 50 a
page; data events are never found here. Trails themselves are moto's.
"""

import json
from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.moments import moment_of
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

KEPT = timedelta(days=90)
PAGE_MAX = 50

RESOURCE_TYPES: Mapping[str, str] = {
    "bucketName": "AWS::S3::Bucket",
    "groupId": "AWS::EC2::SecurityGroup",
    "instanceId": "AWS::EC2::Instance",
    "userName": "AWS::IAM::User",
    "roleName": "AWS::IAM::Role",
    "accessKeyId": "AWS::IAM::AccessKey",
    "policyArn": "AWS::IAM::Policy",
    "detectorId": "AWS::GuardDuty::Detector",
    "roleArn": "AWS::IAM::Role",
}
"""Request parameters that CloudTrail lists as the resources of an event."""


def lookup_events(world: World, call: Call) -> Mapping[str, Any]:
    """Answer LookupEvents. With Insights asked for there is nothing: none are kept here."""
    asked = call.parameters
    attributes: Sequence[Mapping[str, str]] = asked.get("LookupAttributes") or ()
    if len(attributes) > 1:
        text = "You may specify at most one lookup attribute."
        raise Refused(code="InvalidLookupAttributesException", message=text)
    listed = [event for event in _within(world, call) if _fits(event, attributes)]
    listed.sort(key=lambda event: event["EventTime"], reverse=True)
    size = asked.get("MaxResults") or PAGE_MAX
    page = page_of(listed, asked, size=size, refusal="InvalidNextTokenException")
    return {"Events": page.items} | ({"NextToken": page.token} if page.token else {})


def _within(world: World, call: Call) -> Sequence[Mapping[str, Any]]:
    oldest = call.at - KEPT
    start = max(call.parameters.get("StartTime") or oldest, oldest)
    end = call.parameters.get("EndTime") or call.at
    if (call.parameters.get("StartTime") or oldest) > end:
        raise Refused(
            code="InvalidTimeRangeException", message="The start time is after the end time."
        )
    if call.parameters.get("EventCategory"):
        return ()
    place = Place(account=call.account, region=call.region)
    events = [event_of(record) for record in world.records(Shelf.EVENTS, place) if _found(record)]
    return [event for event in events if start <= event["EventTime"] <= end]


def _found(record: Record) -> bool:
    return bool(record.get("managementEvent", True)) and record.get("eventCategory") != "Data"


def event_of(record: Record) -> Mapping[str, Any]:
    """Wrap a CloudTrail record the way LookupEvents lists it."""
    identity = record.get("userIdentity") or {}
    listed = {
        "EventId": record.get("eventID", ""),
        "EventName": record.get("eventName", ""),
        "ReadOnly": json.dumps(bool(record.get("readOnly", False))),
        "EventTime": moment_of(record["eventTime"]),
        "EventSource": record.get("eventSource", ""),
        "Username": username_of(identity),
        "Resources": resources_of(record),
        "CloudTrailEvent": json.dumps(record),
    }
    key = identity.get("accessKeyId")
    return listed | ({"AccessKeyId": key} if key else {})


def username_of(identity: Record) -> str:
    """Name who acted: a user's name, a session's name, `root`, or the calling service."""
    if identity.get("type") == "Root":
        return "root"
    named = identity.get("userName") or identity.get("invokedBy")
    return str(named or str(identity.get("arn", "")).rpartition("/")[2])


def resources_of(record: Record) -> Sequence[Mapping[str, str]]:
    """List what an event touched: its own resources and the well-known request parameters."""
    own = [
        {"ResourceType": str(resource.get("type", "")), "ResourceName": str(resource["ARN"])}
        for resource in record.get("resources") or ()
        if "ARN" in resource
    ]
    parameters = record.get("requestParameters") or {}
    asked = [
        {"ResourceType": kind, "ResourceName": str(parameters[name])}
        for name, kind in RESOURCE_TYPES.items()
        if isinstance(parameters.get(name), str)
    ]
    return own + asked


def _plain(name: str) -> Callable[[Mapping[str, Any], str], bool]:
    return lambda event, value: str(event.get(name, "")) == value


def _resource(name: str) -> Callable[[Mapping[str, Any], str], bool]:
    return lambda event, value: any(item[name] == value for item in event["Resources"])


ATTRIBUTES: Mapping[str, Callable[[Mapping[str, Any], str], bool]] = {
    "EventId": _plain("EventId"),
    "EventName": _plain("EventName"),
    "ReadOnly": _plain("ReadOnly"),
    "Username": _plain("Username"),
    "EventSource": _plain("EventSource"),
    "AccessKeyId": _plain("AccessKeyId"),
    "ResourceType": _resource("ResourceType"),
    "ResourceName": _resource("ResourceName"),
}


def _fits(event: Mapping[str, Any], attributes: Sequence[Mapping[str, str]]) -> bool:
    return all(
        ATTRIBUTES[wanted["AttributeKey"]](event, wanted["AttributeValue"]) for wanted in attributes
    )


OPERATIONS: Mapping[str, Operation] = {"cloudtrail.LookupEvents": lookup_events}
