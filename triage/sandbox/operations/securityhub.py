"""Security Hub GetFindings with its filters.

Facts: Security Hub API reference, AwsSecurityFindingFilters. Values of one filter are joined by
OR when they ask for something and by AND when they exclude it; different filters by AND.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.filters import in_order, on_date, values_at
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 100

PATHS: Mapping[str, str] = {
    "Id": "Id",
    "ProductArn": "ProductArn",
    "AwsAccountId": "AwsAccountId",
    "GeneratorId": "GeneratorId",
    "Region": "Region",
    "Type": "Types",
    "Title": "Title",
    "Description": "Description",
    "ProductName": "ProductName",
    "CompanyName": "CompanyName",
    "SeverityLabel": "Severity.Label",
    "ResourceId": "Resources.Id",
    "ResourceType": "Resources.Type",
    "ResourceRegion": "Resources.Region",
    "ResourcePartition": "Resources.Partition",
    "ComplianceStatus": "Compliance.Status",
    "ComplianceSecurityControlId": "Compliance.SecurityControlId",
    "ComplianceAssociatedStandardsId": "Compliance.AssociatedStandards.StandardsId",
    "WorkflowStatus": "Workflow.Status",
    "WorkflowState": "WorkflowState",
    "RecordState": "RecordState",
    "VerificationState": "VerificationState",
    "CreatedAt": "CreatedAt",
    "UpdatedAt": "UpdatedAt",
    "FirstObservedAt": "FirstObservedAt",
    "LastObservedAt": "LastObservedAt",
    "ProductFields": "ProductFields",
    "UserDefinedFields": "UserDefinedFields",
    "SeverityNormalized": "Severity.Normalized",
    "Confidence": "Confidence",
    "Criticality": "Criticality",
}
"""Filters the sandbox knows, and where each looks in a finding; lists are looked through."""

POSITIVE: Mapping[str, Callable[[str, str], bool]] = {
    "EQUALS": lambda value, wanted: value == wanted,
    "PREFIX": lambda value, wanted: value.startswith(wanted),
    "CONTAINS": lambda value, wanted: wanted in value,
}
NEGATIVE: Mapping[str, str] = {
    "NOT_EQUALS": "EQUALS",
    "PREFIX_NOT_EQUALS": "PREFIX",
    "NOT_CONTAINS": "CONTAINS",
}
NUMBERS: Mapping[str, Callable[[float, float], bool]] = {
    "Gte": lambda value, wanted: value >= wanted,
    "Gt": lambda value, wanted: value > wanted,
    "Lte": lambda value, wanted: value <= wanted,
    "Lt": lambda value, wanted: value < wanted,
    "Eq": lambda value, wanted: value == wanted,
}


def _hub(world: World, call: Call) -> Record:
    hubs = world.records(Shelf.HUBS, Place(account=call.account, region=call.region))
    if hubs:
        return hubs[0]
    text = f"Account {call.account} is not subscribed to AWS Security Hub"
    raise Refused(code="InvalidAccessException", message=text, status=401)


def describe_hub(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeHub."""
    hub = _hub(world, call)
    return {
        "HubArn": f"arn:aws:securityhub:{call.region}:{call.account}:hub/default",
        "SubscribedAt": hub["since"],
        "AutoEnableControls": True,
        "ControlFindingGenerator": "SECURITY_CONTROL",
    }


def get_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFindings. Raises NotBuilt for a filter the sandbox does not know."""
    _hub(world, call)
    asked = call.parameters
    filters = asked.get("Filters") or {}
    unknown = sorted(set(filters) - set(PATHS))
    if unknown:
        text = f"the sandbox does not filter findings by {', '.join(unknown)}"
        raise NotBuilt(text)
    place = Place(account=call.account, region=call.region)
    findings = world.records(Shelf.SECURITY_HUB_FINDINGS, place)
    found = [each for each in findings if _passes(each, filters, call)]
    size = asked.get("MaxResults") or PAGE_MAX
    page = page_of(in_order(found, asked), asked, size=size, refusal="InvalidInputException")
    return {"Findings": page.items} | ({"NextToken": page.token} if page.token else {})


def _passes(finding: Record, filters: Mapping[str, Any], call: Call) -> bool:
    return all(
        _meets(list(values_at(finding, PATHS[name])), wanted, call)
        for name, wanted in filters.items()
    )


def _meets(values: Sequence[Any], wanted: Sequence[Mapping[str, Any]], call: Call) -> bool:
    excluding = [each for each in wanted if each.get("Comparison") in NEGATIVE]
    asking = [each for each in wanted if each.get("Comparison") not in NEGATIVE]
    if any(_one(values, _positive(each), call) for each in excluding):
        return False
    return not asking or any(_one(values, each, call) for each in asking)


def _positive(excluded: Mapping[str, Any]) -> Mapping[str, Any]:
    return {**excluded, "Comparison": NEGATIVE[excluded["Comparison"]]}


def _one(values: Sequence[Any], wanted: Mapping[str, Any], call: Call) -> bool:
    if "Key" in wanted:
        values = [each[wanted["Key"]] for each in values if wanted["Key"] in each]
    if "Value" in wanted:
        comparison = wanted.get("Comparison") or "EQUALS"
        if comparison not in POSITIVE:
            text = f"the sandbox does not compare findings by {comparison}"
            raise NotBuilt(text)
        return any(POSITIVE[comparison](str(value), wanted["Value"]) for value in values)
    if set(wanted) & set(NUMBERS):
        return any(_in_range(float(value), wanted) for value in values)
    return any(on_date(str(value), wanted, call) for value in values)


def _in_range(value: float, wanted: Mapping[str, float]) -> bool:
    return all(NUMBERS[name](value, bound) for name, bound in wanted.items())


OPERATIONS: Mapping[str, Operation] = {
    "securityhub.DescribeHub": describe_hub,
    "securityhub.GetFindings": get_findings,
}
