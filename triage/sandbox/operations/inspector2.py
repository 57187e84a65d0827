"""Inspector: ListFindings and ListCoverage with their filters, and which scans are on.

Facts: Inspector API reference, FilterCriteria and CoverageFilterCriteria. Values of one filter are
joined by OR when they ask for something and by AND when they exclude it; different filters by AND.
Findings cannot be sorted by updatedAt: SortField does not have it.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation
from triage.sandbox.filters import values_at, within
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 25
"""The model of ListFindings allows no longer list in an answer, whatever maxResults asks for."""
COVERAGE_PAGE_MAX = 200
SCANS: Mapping[str, str] = {
    "EC2": "ec2",
    "ECR": "ecr",
    "LAMBDA": "lambda",
    "LAMBDA_CODE": "lambdaCode",
}
"""What Enable calls a scan, and what an account's status does."""
ON, OFF = "ENABLED", "DISABLED"
NO_ERROR = {"errorCode": "ALREADY_ENABLED", "errorMessage": "none"}
"""A state has to name an error, whether or not there is one."""
BAD = "ValidationException"

FINDINGS: Mapping[str, str] = {
    "findingArn": "findingArn",
    "awsAccountId": "awsAccountId",
    "findingType": "type",
    "severity": "severity",
    "findingStatus": "status",
    "title": "title",
    "firstObservedAt": "firstObservedAt",
    "lastObservedAt": "lastObservedAt",
    "updatedAt": "updatedAt",
    "inspectorScore": "inspectorScore",
    "resourceType": "resources.type",
    "resourceId": "resources.id",
    "vulnerabilityId": "packageVulnerabilityDetails.vulnerabilityId",
    "fixAvailable": "fixAvailable",
    "exploitAvailable": "exploitAvailable",
}
"""Filters the sandbox knows, and where each looks in a finding; lists are looked through."""
COVERAGE: Mapping[str, str] = {
    "accountId": "accountId",
    "resourceId": "resourceId",
    "resourceType": "resourceType",
    "scanType": "scanType",
    "scanMode": "scanMode",
    "scanStatusCode": "scanStatus.statusCode",
    "scanStatusReason": "scanStatus.reason",
    "lastScannedAt": "lastScannedAt",
}
SORTS: Mapping[str, str] = {
    "AWS_ACCOUNT_ID": "awsAccountId",
    "FINDING_TYPE": "type",
    "FIRST_OBSERVED_AT": "firstObservedAt",
    "LAST_OBSERVED_AT": "lastObservedAt",
    "FINDING_STATUS": "status",
    "INSPECTOR_SCORE": "inspectorScore",
}
COMPARISONS: Mapping[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda value, wanted: value == wanted,
    "PREFIX": lambda value, wanted: value.startswith(wanted),
}
NOT = "NOT_EQUALS"


def list_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFindings. Raises NotBuilt for a filter or an order the sandbox does not know."""
    place = Place(account=call.account, region=call.region)
    found = _filtered(world.records(Shelf.INSPECTOR_FINDINGS, place), call, FINDINGS)
    return _paged("findings", _sorted(found, call), call, PAGE_MAX)


def list_coverage(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListCoverage. Raises NotBuilt for a filter the sandbox does not know."""
    place = Place(account=call.account, region=call.region)
    kept = world.records(Shelf.INSPECTOR_COVERAGE, place) if _covers(world, place) else ()
    found = _filtered(kept, call, COVERAGE)
    return _paged("coveredResources", found, call, COVERAGE_PAGE_MAX)


def _covers(world: World, place: Place) -> bool:
    """Whether instances are looked at: so it is where a scenario says nothing of scans."""
    told = world.records(Shelf.INSPECTOR_SCANS, place)
    return not told or told[-1]["ec2"] == ON


def account_status(world: World, call: Call) -> Mapping[str, Any]:
    """Answer BatchGetAccountStatus for the caller's own account; others are not its members."""
    asked = call.parameters.get("accountIds") or [call.account]
    others = [
        {"accountId": one, "errorCode": "ACCESS_DENIED", "errorMessage": "not a member"}
        for one in asked
        if one != call.account
    ]
    own = [_state(world, call)] if call.account in asked else []
    return {"accounts": own, "failedAccounts": others}


def _scans(world: World, call: Call) -> Record:
    told = world.records(Shelf.INSPECTOR_SCANS, Place(account=call.account, region=call.region))
    return told[-1] if told else dict.fromkeys(SCANS.values(), OFF)


def _state(world: World, call: Call) -> Mapping[str, Any]:
    scans = _scans(world, call)
    return {
        "accountId": call.account,
        "state": {"status": ON if ON in scans.values() else OFF, **NO_ERROR},
        "resourceState": {name: {"status": scans[name], **NO_ERROR} for name in SCANS.values()},
    }


def enable(world: World, call: Call) -> Mapping[str, Any]:
    """Answer Enable for the caller's own account: what is asked for is on at once."""
    return _switched(world, call, call.parameters["resourceTypes"], ON)


def disable(world: World, call: Call) -> Mapping[str, Any]:
    """Answer Disable for the caller's own account: what is asked for, or all of it, is off."""
    return _switched(world, call, call.parameters.get("resourceTypes") or list(SCANS), OFF)


def _switched(world: World, call: Call, kinds: Sequence[str], to: str) -> Mapping[str, Any]:
    if call.parameters.get("accountIds", [call.account]) != [call.account]:
        text = "the sandbox switches Inspector in the caller's own account alone"
        raise NotBuilt(text)
    scans = {**_scans(world, call), **{SCANS[one]: to for one in kinds}}
    world.replace(Shelf.INSPECTOR_SCANS, Place(account=call.account, region=call.region), [scans])
    status = ON if ON in scans.values() else OFF
    told = {"accountId": call.account, "status": status, "resourceStatus": scans}
    return {"accounts": [told], "failedAccounts": []}


def _paged(name: str, found: Sequence[Record], call: Call, size: int) -> Mapping[str, Any]:
    asked = call.parameters
    page = page_of(found, asked, size=min(asked.get("maxResults") or size, size), refusal=BAD)
    return {name: page.items} | ({"nextToken": page.token} if page.token else {})


def _filtered(records: Sequence[Record], call: Call, paths: Mapping[str, str]) -> list[Record]:
    filters = call.parameters.get("filterCriteria") or {}
    unknown = sorted(set(filters) - set(paths))
    if unknown:
        text = f"the sandbox does not filter {call.operation} by {', '.join(unknown)}"
        raise NotBuilt(text)
    return [
        each
        for each in records
        if all(_meets(list(values_at(each, paths[name])), filters[name]) for name in filters)
    ]


def _sorted(found: list[Record], call: Call) -> list[Record]:
    by = call.parameters.get("sortCriteria")
    if not by:
        return found
    if by["field"] not in SORTS:
        text = f"the sandbox does not sort findings by {by['field']}"
        raise NotBuilt(text)
    path = SORTS[by["field"]]
    return sorted(
        found, key=lambda each: str(each.get(path, "")), reverse=by["sortOrder"] == "DESC"
    )


def _meets(values: Sequence[Any], wanted: Sequence[Mapping[str, Any]]) -> bool:
    excluding = [each for each in wanted if each.get("comparison") == NOT]
    asking = [each for each in wanted if each.get("comparison") != NOT]
    if any(each["value"] in values for each in excluding):
        return False
    return not asking or any(_one(value, each) for each in asking for value in values)


def _one(value: Any, wanted: Mapping[str, Any]) -> bool:
    if "comparison" in wanted:
        return COMPARISONS[wanted["comparison"]](str(value), wanted["value"])
    if {"startInclusive", "endInclusive"} & set(wanted):
        return within(value, wanted.get("startInclusive"), wanted.get("endInclusive"))
    low, high = wanted.get("lowerInclusive"), wanted.get("upperInclusive")
    return (low is None or value >= low) and (high is None or value <= high)


OPERATIONS: Mapping[str, Operation] = {
    "inspector2.ListFindings": list_findings,
    "inspector2.ListCoverage": list_coverage,
    "inspector2.BatchGetAccountStatus": account_status,
    "inspector2.Enable": enable,
    "inspector2.Disable": disable,
}
