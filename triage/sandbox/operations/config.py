"""AWS Config: what a resource was, whether it complied, and whether anybody was recording.

Facts: Config API reference. GetResourceConfigHistory covers at most seven days a page, newest
first unless asked otherwise; it knows a resource by its recorded id, seldom an ARN.
"""

import json
from collections.abc import Mapping, Sequence
from datetime import timedelta
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.moments import iso, moment_of
from triage.sandbox.pages import cut, page_of, start_of
from triage.sandbox.records_silencers import config_rule
from triage.sandbox.world import Place, Shelf, World

ITEMS_DEFAULT = 10
RESULTS_MAX = 100
RULES_MAX = 25
SPAN = timedelta(days=7)
TAKEN = "configurationItemCaptureTime"
NO_TOKEN = "InvalidNextTokenException"  # noqa: S105 (an error code)


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def resource_history(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetResourceConfigHistory."""
    asked = call.parameters
    if not world.records(Shelf.RECORDERS, _place(call)):
        text = "There is no configuration recorder available to provide your configuration."
        raise Refused(code="NoAvailableConfigurationRecorderException", message=text)
    known = [item for item in world.records(Shelf.ITEMS, _place(call)) if _is_about(item, asked)]
    if not known:
        text = f"Resource {asked['resourceId']} of type {asked['resourceType']} is unknown."
        raise Refused(code="ResourceNotDiscoveredException", message=text)
    items = _ordered(_between(known, call), asked.get("chronologicalOrder") or "Reverse")
    start = start_of(asked, refusal=NO_TOKEN)
    end = _end_of_page(items, start, asked.get("limit") or ITEMS_DEFAULT)
    page = cut(items, asked, start=start, end=end)
    answer = {"configurationItems": [_item(record) for record in page.items]}
    return answer | ({"nextToken": page.token} if page.token else {})


def _is_about(item: Record, asked: Mapping[str, Any]) -> bool:
    named = (item.get("resourceType"), item.get("resourceId"))
    return named == (asked["resourceType"], asked["resourceId"])


def _between(items: Sequence[Record], call: Call) -> Sequence[Record]:
    later = call.parameters.get("laterTime") or call.at
    earlier = call.parameters.get("earlierTime")
    if earlier is not None and earlier > later:
        raise Refused(code="InvalidTimeRangeException", message="earlierTime is after laterTime.")
    return [
        item
        for item in items
        if moment_of(item[TAKEN]) <= later
        and (earlier is None or moment_of(item[TAKEN]) >= earlier)
    ]


def _ordered(items: Sequence[Record], order: str) -> Sequence[Record]:
    return sorted(items, key=lambda item: moment_of(item[TAKEN]), reverse=order == "Reverse")


def _end_of_page(items: Sequence[Record], start: int, size: int) -> int:
    """Stop at the size asked for, or where seven days from the page's first item end."""
    end = start
    while end < min(len(items), start + size):
        if abs(moment_of(items[end][TAKEN]) - moment_of(items[start][TAKEN])) > SPAN:
            break
        end += 1
    return end


def _item(record: Record) -> Mapping[str, Any]:
    configuration = record.get("configuration")
    if configuration is None or isinstance(configuration, str):
        return record
    return {**record, "configuration": json.dumps(configuration)}


def compliance_by_resource(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetComplianceDetailsByResource."""
    asked = call.parameters
    if not (asked.get("ResourceType") and asked.get("ResourceId")):
        text = "ResourceType and ResourceId are both needed."
        raise Refused(code="InvalidParameterValueException", message=text)
    kept = [
        result
        for result in world.records(Shelf.COMPLIANCE, _place(call))
        if result["resource_type"] == asked["ResourceType"]
        and result["resource_id"] == asked["ResourceId"]
    ]
    return _results(kept, asked)


def compliance_by_rule(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetComplianceDetailsByConfigRule."""
    asked = call.parameters
    results = world.records(Shelf.COMPLIANCE, _place(call))
    kept = [result for result in results if result["rule"] == asked["ConfigRuleName"]]
    if not kept:
        text = f"The ConfigRule '{asked['ConfigRuleName']}' provided in the request is invalid."
        raise Refused(code="NoSuchConfigRuleException", message=text)
    return _results(kept, asked)


def _results(kept: Sequence[Record], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    wanted = asked.get("ComplianceTypes")
    listed = [_result(result) for result in kept if not wanted or result["compliance"] in wanted]
    page = page_of(listed, asked, size=asked.get("Limit") or RESULTS_MAX, refusal=NO_TOKEN)
    return {"EvaluationResults": page.items} | ({"NextToken": page.token} if page.token else {})


def _result(result: Record) -> Mapping[str, Any]:
    recorded = moment_of(result["recorded"])
    qualifier = {
        "ConfigRuleName": result["rule"],
        "ResourceType": result["resource_type"],
        "ResourceId": result["resource_id"],
        "EvaluationMode": "DETECTIVE",
    }
    answer = {
        "EvaluationResultIdentifier": {
            "EvaluationResultQualifier": qualifier,
            "OrderingTimestamp": recorded,
        },
        "ComplianceType": result["compliance"],
        "ResultRecordedTime": recorded,
        "ConfigRuleInvokedTime": recorded,
    }
    annotation = result.get("annotation")
    return answer | ({"Annotation": annotation} if annotation else {})


def _named(world: World, call: Call) -> Sequence[Record]:
    recorders = world.records(Shelf.RECORDERS, _place(call))
    wanted = call.parameters.get("ConfigurationRecorderNames") or ()
    missing = set(wanted) - {recorder["name"] for recorder in recorders}
    if missing:
        text = f"Cannot find configuration recorder with the specified name '{min(missing)}'."
        raise Refused(code="NoSuchConfigurationRecorderException", message=text)
    return [recorder for recorder in recorders if not wanted or recorder["name"] in wanted]


def recorders(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeConfigurationRecorders."""
    return {"ConfigurationRecorders": [_recorder(each, call) for each in _named(world, call)]}


def _recorder(recorder: Record, call: Call) -> Mapping[str, Any]:
    types = recorder.get("resource_types") or []
    return {
        "name": recorder["name"],
        "roleARN": recorder.get("role") or f"arn:aws:iam::{call.account}:role/config-recorder",
        "recordingGroup": {
            "allSupported": not types,
            "includeGlobalResourceTypes": not types,
            "resourceTypes": types,
        },
    }


def recorder_status(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeConfigurationRecorderStatus."""
    return {"ConfigurationRecordersStatus": [_status(each) for each in _named(world, call)]}


def start_recorder(world: World, call: Call) -> Mapping[str, Any]:
    """Answer StartConfigurationRecorder; starting one that records changes nothing."""
    wanted = call.parameters["ConfigurationRecorderName"]
    kept = world.records(Shelf.RECORDERS, _place(call))
    if wanted not in {one["name"] for one in kept}:
        text = f"Cannot find configuration recorder with the specified name '{wanted}'."
        raise Refused(code="NoSuchConfigurationRecorderException", message=text)
    on = {"recording": True, "since": iso(call.at)}
    changed = [{**one, **on} if one["name"] == wanted else one for one in kept]
    world.replace(Shelf.RECORDERS, _place(call), changed)
    return {}


def _status(recorder: Record) -> Mapping[str, Any]:
    recording = bool(recorder.get("recording", True))
    changed = "lastStartTime" if recording else "lastStopTime"
    return {
        "name": recorder["name"],
        "recording": recording,
        "lastStatus": recorder.get("last_status", "Success"),
        changed: moment_of(recorder["since"]),
        "lastStatusChangeTime": moment_of(recorder["since"]),
    }


def _rules(world: World, call: Call) -> Sequence[Record]:
    """The rules a scenario lists, and those that its evaluations name."""
    place = _place(call)
    listed = world.records(Shelf.CONFIG_RULES, place)
    known = {rule["ConfigRuleName"] for rule in listed}
    results = world.records(Shelf.COMPLIANCE, place)
    named = sorted({result["rule"] for result in results} - known)
    return [*listed, *(config_rule({"ConfigRuleName": name}, place, "") for name in named)]


def _wanted_rules(world: World, call: Call) -> Sequence[Record]:
    rules = _rules(world, call)
    wanted = call.parameters.get("ConfigRuleNames") or ()
    missing = set(wanted) - {rule["ConfigRuleName"] for rule in rules}
    if missing:
        text = f"The ConfigRule '{min(missing)}' provided in the request is invalid."
        raise Refused(code="NoSuchConfigRuleException", message=text)
    return [rule for rule in rules if not wanted or rule["ConfigRuleName"] in wanted]


def config_rules(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeConfigRules."""
    return _of_rules("ConfigRules", _wanted_rules(world, call), call)


def compliance_of_rules(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeComplianceByConfigRule: one result that fails makes its rule fail."""
    found = [
        {"ConfigRuleName": rule["ConfigRuleName"], "Compliance": {"ComplianceType": of}}
        for rule in _wanted_rules(world, call)
        if (of := _compliance_of(world, call, rule["ConfigRuleName"]))
        in (call.parameters.get("ComplianceTypes") or (of,))
    ]
    return _of_rules("ComplianceByConfigRules", found, call)


def _compliance_of(world: World, call: Call, rule: str) -> str:
    results = world.records(Shelf.COMPLIANCE, _place(call))
    told = {result["compliance"] for result in results if result["rule"] == rule}
    order = ("NON_COMPLIANT", "COMPLIANT", "INSUFFICIENT_DATA")
    return next((one for one in order if one in told), "INSUFFICIENT_DATA")


def _of_rules(name: str, items: Sequence[Record], call: Call) -> Mapping[str, Any]:
    page = page_of(items, call.parameters, size=RULES_MAX, refusal=NO_TOKEN)
    return {name: page.items} | ({"NextToken": page.token} if page.token else {})


OPERATIONS: Mapping[str, Operation] = {
    "config.DescribeConfigRules": config_rules,
    "config.DescribeComplianceByConfigRule": compliance_of_rules,
    "config.GetResourceConfigHistory": resource_history,
    "config.GetComplianceDetailsByResource": compliance_by_resource,
    "config.GetComplianceDetailsByConfigRule": compliance_by_rule,
    "config.DescribeConfigurationRecorders": recorders,
    "config.DescribeConfigurationRecorderStatus": recorder_status,
    "config.StartConfigurationRecorder": start_recorder,
}
