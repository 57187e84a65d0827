"""How each raw read is made. Every payload is JSON, with times as ISO 8601 text.

A read that cannot be finished raises: botocore's errors, or Cut when pages are left.
"""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Any

import orjson

from triage.adapters.aws import (
    operations_events,
    operations_exists,
    operations_findings,
    operations_identity,
    operations_infra,
)
from triage.adapters.aws.paging import Cut, Desk, Operation, plain
from triage.adapters.aws.paging import every as _all
from triage.adapters.aws.paging import member as _member
from triage.adapters.aws.paging import text_of as _text
from triage.adapters.aws.placed import named, owned
from triage.domain.evidence import Read

# --- S3 -------------------------------------------------------------------------------------------


BLOCK = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")


def _bucket(method: str, member: str, *within: str) -> Operation:
    """One member of one answer; without all of `within`, the answer was cut."""

    def call(desk: Desk, read: Read) -> Mapping[str, Any]:
        desk.turn()
        # With the owner given, a bucket of that name in another account is denied, not answered.
        request = getattr(desk.client("s3"), method)
        answer = request(Bucket=_text(read, "bucket"), ExpectedBucketOwner=read.account)
        found = _member(answer, member)
        for name in within:
            _member(found, name)
        return {member: plain(found)}

    return call


# --- EC2 ------------------------------------------------------------------------------------------


def _security_groups(desk: Desk, read: Read) -> Mapping[str, Any]:
    call = desk.client("ec2").describe_security_groups
    groups = _all(desk, call, "NextToken", "SecurityGroups", GroupIds=[_text(read, "group")])
    owned(read, groups, "OwnerId")
    return {"SecurityGroups": groups}


def _interfaces(desk: Desk, read: Read) -> Mapping[str, Any]:
    call = desk.client("ec2").describe_network_interfaces
    wanted = [{"Name": "group-id", "Values": [_text(read, "group")]}]
    found = _all(desk, call, "NextToken", "NetworkInterfaces", Filters=wanted)
    owned(read, found, "OwnerId")
    return {"NetworkInterfaces": found}


def _instances(desk: Desk, read: Read) -> Mapping[str, Any]:
    call = desk.client("ec2").describe_instances
    found = _all(desk, call, "NextToken", "Reservations", InstanceIds=[_text(read, "instance")])
    owned(read, found, "OwnerId")
    return {"Reservations": found}


# --- IAM ------------------------------------------------------------------------------------------


def _access_key(desk: Desk, read: Read) -> Mapping[str, Any]:
    key = _text(read, "key")
    desk.turn()
    used = desk.client("iam").get_access_key_last_used(AccessKeyId=key)
    keys = _keys(desk, used["UserName"])
    found = next((one for one in keys if one["AccessKeyId"] == key), None)
    if found is None:
        raise Cut
    return {**found, "LastUsedDate": plain(used["AccessKeyLastUsed"].get("LastUsedDate"))}


def _keys(desk: Desk, user: str) -> list[Any]:
    call = desk.client("iam").list_access_keys
    return _all(desk, call, "Marker", "AccessKeyMetadata", UserName=user)


def _user_keys(desk: Desk, read: Read) -> Mapping[str, Any]:
    return {"Keys": [_with_use(desk, key) for key in _keys(desk, _text(read, "user"))]}


def _with_use(desk: Desk, key: dict[str, Any]) -> dict[str, Any]:
    desk.turn()
    used = desk.client("iam").get_access_key_last_used(AccessKeyId=key["AccessKeyId"])
    return {**key, "LastUsedDate": plain(used["AccessKeyLastUsed"].get("LastUsedDate"))}


def _user(desk: Desk, read: Read) -> Mapping[str, Any]:
    desk.turn()
    answer = desk.client("iam").get_user(UserName=_text(read, "user"))
    user = _member(answer, "User")
    named(read, str(user.get("Arn", "")))
    return {"User": plain(user)}


def _role(desk: Desk, read: Read) -> Mapping[str, Any]:
    desk.turn()
    answer = desk.client("iam").get_role(RoleName=_text(read, "role"))
    role = _member(answer, "Role")
    named(read, str(role.get("Arn", "")))
    return {"Role": plain(role)}


# --- CloudTrail -----------------------------------------------------------------------------------


def _lookup_events(desk: Desk, read: Read) -> Mapping[str, Any]:
    attribute = {
        "AttributeKey": _text(read, "attribute"),
        "AttributeValue": _text(read, "value"),
    }
    times = {
        name: datetime.fromisoformat(_text(read, key))
        for name, key in (("StartTime", "start"), ("EndTime", "end"))
        if read.argument(key) is not None
    }
    call = desk.client("cloudtrail").lookup_events
    events = _all(desk, call, "NextToken", "Events", LookupAttributes=[attribute], **times)
    found = [orjson.loads(event["CloudTrailEvent"]) for event in events]
    owned(read, found, "recipientAccountId", "awsRegion")
    return {"Events": found}


def _trail_status(desk: Desk, _read: Read) -> Mapping[str, Any]:
    client = desk.client("cloudtrail")
    desk.turn()
    trails = _member(client.describe_trails(includeShadowTrails=True), "trailList")
    return {"Trails": [_one_trail(desk, client, trail) for trail in trails]}


ALSO_SAID = ("IsMultiRegionTrail", "LogFileValidationEnabled", "KmsKeyId")


def _one_trail(desk: Desk, client: Any, trail: Mapping[str, Any]) -> Mapping[str, Any]:
    desk.turn()
    status = plain(client.get_trail_status(Name=trail["TrailARN"]))
    desk.turn()
    selectors = client.get_event_selectors(TrailName=trail["TrailARN"])
    return {
        "TrailARN": trail["TrailARN"],
        "S3BucketName": trail.get("S3BucketName"),
        "S3KeyPrefix": trail.get("S3KeyPrefix"),
        "AllManagementEvents": _all_management(selectors),
        **{name: trail.get(name) for name in ALSO_SAID},
        "IsLogging": status.get("IsLogging"),
        "StartLoggingTime": status.get("StartLoggingTime"),
        "LatestDeliveryError": status.get("LatestDeliveryError"),
    }


def _all_management(answer: Mapping[str, Any]) -> bool:
    """Tell whether a trail records every management event: reads, writes, of every service.

    https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_GetEventSelectors.html
    """
    return any(_plain_selector(one) for one in answer.get("EventSelectors") or ()) or any(
        _advanced_selector(one) for one in answer.get("AdvancedEventSelectors") or ()
    )


def _plain_selector(selector: Mapping[str, Any]) -> bool:
    return (
        selector.get("ReadWriteType") == "All"
        and selector.get("IncludeManagementEvents") is True
        and not selector.get("ExcludeManagementEventSources")
    )


def _advanced_selector(selector: Mapping[str, Any]) -> bool:
    # Any further field narrows it.
    fields = selector.get("FieldSelectors") or ()
    wanted = [{"Field": "eventCategory", "Equals": ["Management"]}]
    return [{name: one for name, one in field.items() if one} for field in fields] == wanted


# --- Config ---------------------------------------------------------------------------------------


def _config_history(desk: Desk, read: Read) -> Mapping[str, Any]:
    desk.turn()
    answer = desk.client("config").get_resource_config_history(
        resourceType=_text(read, "type"),
        resourceId=_text(read, "id"),
        laterTime=datetime.fromisoformat(_text(read, "later")),
        chronologicalOrder="Reverse",
        limit=1,
    )
    items = _member(answer, "configurationItems")
    owned(read, items, "accountId", "awsRegion")
    return {"configurationItems": plain(items)}


def _recorder_status(desk: Desk, _read: Read) -> Mapping[str, Any]:
    desk.turn()
    answer = desk.client("config").describe_configuration_recorder_status()
    member = "ConfigurationRecordersStatus"
    return {member: plain(_member(answer, member))}


def _compliance(desk: Desk, read: Read) -> Mapping[str, Any]:
    call = desk.client("config").get_compliance_details_by_resource
    found = _all(
        desk,
        call,
        "NextToken",
        "EvaluationResults",
        ResourceType=_text(read, "type"),
        ResourceId=_text(read, "id"),
    )
    return {"EvaluationResults": found}


# --- detectors ------------------------------------------------------------------------------------


def _guardduty_findings(desk: Desk, read: Read) -> Mapping[str, Any]:
    client = desk.client("guardduty")
    found: list[Any] = []
    for detector in _all(desk, client.list_detectors, "NextToken", "DetectorIds"):
        desk.turn()
        answer = client.get_findings(DetectorId=detector, FindingIds=[_text(read, "finding")])
        found += plain(_member(answer, "Findings"))
    return {"Findings": found}


def _securityhub_findings(desk: Desk, read: Read) -> Mapping[str, Any]:
    wanted = {
        "Id": [{"Value": _text(read, "finding"), "Comparison": "EQUALS"}],
        "ProductArn": [{"Value": _text(read, "product"), "Comparison": "EQUALS"}],
    }
    call = desk.client("securityhub").get_findings
    return {"Findings": _all(desk, call, "NextToken", "Findings", Filters=wanted)}


def _securityhub_findings_v2(desk: Desk, read: Read) -> Mapping[str, Any]:
    by_id = {
        "FieldName": "metadata.uid",
        "Filter": {"Value": _text(read, "finding"), "Comparison": "EQUALS"},
    }
    wanted = {"CompositeFilters": [{"StringFilters": [by_id]}]}
    call = desk.client("securityhub").get_findings_v2
    return {"Findings": _all(desk, call, "NextToken", "Findings", Filters=wanted)}


def _inspector_findings(desk: Desk, read: Read) -> Mapping[str, Any]:
    wanted = {"findingArn": [{"comparison": "EQUALS", "value": _text(read, "finding")}]}
    call = desk.client("inspector2").list_findings
    return {"findings": _all(desk, call, "nextToken", "findings", filterCriteria=wanted)}


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "s3.get_public_access_block": _bucket(
            "get_public_access_block", "PublicAccessBlockConfiguration", *BLOCK
        ),
        "s3.get_bucket_policy_status": _bucket(
            "get_bucket_policy_status", "PolicyStatus", "IsPublic"
        ),
        "s3.get_bucket_acl": _bucket("get_bucket_acl", "Grants"),
        "s3.get_bucket_location": _bucket("get_bucket_location", "LocationConstraint"),
        "ec2.describe_security_groups": _security_groups,
        "ec2.describe_network_interfaces": _interfaces,
        "ec2.describe_instances": _instances,
        "iam.access_key": _access_key,
        "iam.user_keys": _user_keys,
        "iam.get_user": _user,
        "iam.get_role": _role,
        "cloudtrail.lookup_events": _lookup_events,
        "cloudtrail.trail_status": _trail_status,
        "config.get_resource_config_history": _config_history,
        "config.recorder_status": _recorder_status,
        "config.get_compliance_details_by_resource": _compliance,
        "guardduty.get_findings": _guardduty_findings,
        "inspector2.list_findings": _inspector_findings,
        "securityhub.get_findings": _securityhub_findings,
        **operations_findings.OPERATIONS,
        **operations_events.OPERATIONS,
        **operations_identity.OPERATIONS,
        **operations_exists.OPERATIONS,
        **operations_infra.OPERATIONS,
        "securityhub.get_findings_v2": _securityhub_findings_v2,
    }
)
