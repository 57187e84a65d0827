"""Macie: findings with their criteria, and the filters that may hide some.

Facts: Macie API reference. Criteria are joined by AND, the values of one by OR; dates compare as
milliseconds since 1970. Finding ids that the account does not have are left out of the answer.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.moments import moment_of
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 50
BAD = "ValidationException"
DATES = frozenset({"createdAt", "updatedAt"})
Comparison = Callable[[Any, Any], bool]


def _number(compare: Comparison) -> Comparison:
    return lambda value, wanted: value is not None and compare(value, wanted)


COMPARISONS: Mapping[str, Comparison] = {
    "eq": lambda value, wanted: _text(value) in wanted,
    "neq": lambda value, wanted: _text(value) not in wanted,
    "gt": _number(lambda value, wanted: value > wanted),
    "gte": _number(lambda value, wanted: value >= wanted),
    "lt": _number(lambda value, wanted: value < wanted),
    "lte": _number(lambda value, wanted: value <= wanted),
}


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def list_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFindings: the ids of findings that meet every criterion."""
    criteria = (call.parameters.get("findingCriteria") or {}).get("criterion") or {}
    found = [
        finding
        for finding in world.records(Shelf.MACIE_FINDINGS, _place(call))
        if all(_meets(finding, path, condition) for path, condition in criteria.items())
    ]
    ids = [str(finding["id"]) for finding in _sorted(found, call.parameters)]
    return _paged("findingIds", ids, call.parameters)


def get_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFindings, in the order of sortCriteria or of the scenario."""
    wanted = call.parameters["findingIds"]
    findings = world.records(Shelf.MACIE_FINDINGS, _place(call))
    found = [finding for finding in findings if finding["id"] in wanted]
    return {"findings": _sorted(found, call.parameters)}


def _paged(name: str, items: Sequence[Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    page = page_of(items, asked, size=asked.get("maxResults") or PAGE_MAX, refusal=BAD)
    return {name: page.items} | ({"nextToken": page.token} if page.token else {})


def _sorted(findings: Sequence[Record], asked: Mapping[str, Any]) -> Sequence[Record]:
    by = asked.get("sortCriteria") or {}
    path = by.get("attributeName")
    if not path:
        return list(findings)
    return sorted(
        findings,
        key=lambda finding: (str(type(_field(finding, path))), _field(finding, path) or 0),
        reverse=by.get("orderBy") == "DESC",
    )


def _field(finding: Record, path: str) -> Any:
    value: Any = finding
    for part in path.split("."):
        value = value.get(part) if isinstance(value, Mapping) else None
    if path in DATES and value is not None:
        return int(moment_of(value).timestamp() * 1000)
    return value


def _meets(finding: Record, path: str, condition: Mapping[str, Any]) -> bool:
    unknown = sorted(set(condition) - set(COMPARISONS))
    if unknown:
        text = f"the sandbox does not compare findings by {', '.join(unknown)}"
        raise NotBuilt(text)
    value = _field(finding, path)
    return all(COMPARISONS[name](value, wanted) for name, wanted in condition.items())


def list_findings_filters(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFindingsFilters, in the order in which Macie applies them."""
    filters = world.records(Shelf.MACIE_FILTERS, _place(call))
    listed = [{name: each[name] for name in LISTED if name in each} for each in filters]
    return _paged("findingsFilterListItems", listed, call.parameters)


LISTED = ("action", "arn", "id", "name", "tags")


def get_findings_filter(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFindingsFilter."""
    for each in world.records(Shelf.MACIE_FILTERS, _place(call)):
        if each["id"] == call.parameters["id"]:
            return each
    text = "The request failed because the specified resource doesn't exist."
    raise Refused(code="ResourceNotFoundException", message=text, status=404)


OPERATIONS: Mapping[str, Operation] = {
    "macie2.ListFindings": list_findings,
    "macie2.GetFindings": get_findings,
    "macie2.ListFindingsFilters": list_findings_filters,
    "macie2.GetFindingsFilter": get_findings_filter,
}
