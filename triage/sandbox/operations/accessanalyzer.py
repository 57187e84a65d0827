"""IAM Access Analyzer: analyzers, their findings in both generations of the API, archive rules.

Facts: Access Analyzer API reference. The first generation lists findings of external access only;
a filter's properties are joined by AND, the values of one by OR.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 100
BAD = "ValidationException"
EXTERNAL = "ExternalAccess"
COMMON = (
    "analyzedAt",
    "createdAt",
    "error",
    "id",
    "resource",
    "resourceOwnerAccount",
    "resourceType",
    "status",
    "updatedAt",
)
FIRST = (*COMMON, "action", "condition", "isPublic", "principal")
SECOND = (*COMMON, "findingType")
COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "eq": lambda value, wanted: _text(value) in wanted,
    "neq": lambda value, wanted: _text(value) not in wanted,
    "contains": lambda value, wanted: any(one in _text(value) for one in wanted),
    "exists": lambda value, wanted: (value is not None) is wanted,
}


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


def _only(record: Record, names: Sequence[str]) -> Record:
    return {name: record[name] for name in names if name in record}


def _paged(name: str, items: Sequence[Any], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    page = page_of(items, asked, size=asked.get("maxResults") or PAGE_MAX, refusal=BAD)
    return {name: page.items} | ({"nextToken": page.token} if page.token else {})


def _unknown(what: str) -> Refused:
    return Refused(code="ResourceNotFoundException", message=f"{what} not found", status=404)


def list_analyzers(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListAnalyzers."""
    kind = call.parameters.get("type")
    analyzers = world.records(Shelf.ANALYZERS, _place(call))
    found = [each for each in analyzers if not kind or each["type"] == kind]
    return _paged("analyzers", found, call.parameters)


def _analyzer(world: World, call: Call) -> str:
    """The ARN asked for, if there is such an analyzer here."""
    asked: str = call.parameters["analyzerArn"]
    if any(each["arn"] == asked for each in world.records(Shelf.ANALYZERS, _place(call))):
        return asked
    raise _unknown("Analyzer")


def _findings(world: World, call: Call) -> Sequence[Record]:
    asked = _analyzer(world, call)
    findings = world.records(Shelf.ANALYZER_FINDINGS, _place(call))
    return [each for each in findings if each["analyzerArn"] == asked]


def _listed(world: World, call: Call, *, external: bool) -> Sequence[Record]:
    filters = call.parameters.get("filter") or {}
    found = [
        each
        for each in _findings(world, call)
        if (not external or each["findingType"] == EXTERNAL)
        and all(_meets(each, path, condition) for path, condition in filters.items())
    ]
    by = call.parameters.get("sort") or {}
    name = by.get("attributeName") or "updatedAt"
    found.sort(key=lambda each: str(each.get(name, "")), reverse=by.get("orderBy") == "DESC")
    return found


def _meets(finding: Record, path: str, condition: Mapping[str, Any]) -> bool:
    if path not in FIRST and path not in SECOND:
        text = f"the sandbox does not filter findings by {path}"
        raise NotBuilt(text)
    value = finding.get(path)
    return all(COMPARISONS[name](value, wanted) for name, wanted in condition.items())


def list_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFindings: external access only."""
    found = [_only(each, FIRST) for each in _listed(world, call, external=True)]
    return _paged("findings", found, call.parameters)


def list_findings_v2(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFindingsV2."""
    found = [_only(each, SECOND) for each in _listed(world, call, external=False)]
    return _paged("findings", found, call.parameters)


def _finding(world: World, call: Call) -> Record:
    for each in _findings(world, call):
        if each["id"] == call.parameters["id"]:
            return each
    raise _unknown("Finding")


def get_finding(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFinding: external access only."""
    found = _finding(world, call)
    if found["findingType"] != EXTERNAL:
        raise Refused(code=BAD, message="Use GetFindingV2 for this type of finding.")
    return {"finding": _only(found, FIRST)}


def get_finding_v2(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFindingV2, all details on one page."""
    found = _finding(world, call)
    return {**_only(found, SECOND), "findingDetails": found.get("findingDetails", [])}


def list_archive_rules(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListArchiveRules."""
    name = call.parameters["analyzerName"]
    if all(each["name"] != name for each in world.records(Shelf.ANALYZERS, _place(call))):
        raise _unknown("Analyzer")
    rules = world.records(Shelf.ARCHIVE_RULES, _place(call))
    listed = [_only(each, RULE) for each in rules if each["analyzerName"] == name]
    return _paged("archiveRules", listed, call.parameters)


RULE = ("ruleName", "filter", "createdAt", "updatedAt")

OPERATIONS: Mapping[str, Operation] = {
    "accessanalyzer.ListAnalyzers": list_analyzers,
    "accessanalyzer.ListFindings": list_findings,
    "accessanalyzer.ListFindingsV2": list_findings_v2,
    "accessanalyzer.GetFinding": get_finding,
    "accessanalyzer.GetFindingV2": get_finding_v2,
    "accessanalyzer.ListArchiveRules": list_archive_rules,
}
