"""GuardDuty: detectors and their findings, in the API's casing.

Facts: GuardDuty API reference. A detector of another account or Region is a BadRequestException;
finding ids that the detector does not have are left out of the answer, not refused.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.moments import moment_of
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 50
BAD = "BadRequestException"
DATES = frozenset({"updatedAt", "createdAt"})
"""Compared as milliseconds since 1970, as the API wants them."""


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _detector(world: World, call: Call) -> Record:
    for detector in world.records(Shelf.DETECTORS, _place(call)):
        if detector["id"] == call.parameters["DetectorId"]:
            return detector
    text = (
        "The request is rejected because the input detectorId is not owned by the current account."
    )
    raise Refused(code=BAD, message=text)


def _paged(name: str, ids: Sequence[str], asked: Mapping[str, Any]) -> Mapping[str, Any]:
    page = page_of(ids, asked, size=asked.get("MaxResults") or PAGE_MAX, refusal=BAD)
    return {name: page.items} | ({"NextToken": page.token} if page.token else {})


def list_detectors(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListDetectors."""
    found = [str(each["id"]) for each in world.records(Shelf.DETECTORS, _place(call))]
    return _paged("DetectorIds", found, call.parameters)


def get_detector(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetDetector."""
    detector = _detector(world, call)
    role = "aws-service-role/guardduty.amazonaws.com/AWSServiceRoleForAmazonGuardDuty"
    return {
        "CreatedAt": detector["created"],
        "UpdatedAt": detector["created"],
        "FindingPublishingFrequency": detector.get("frequency", "FIFTEEN_MINUTES"),
        "ServiceRole": f"arn:aws:iam::{call.account}:role/{role}",
        "Status": detector.get("status", "ENABLED"),
    }


def update_detector(world: World, call: Call) -> Mapping[str, Any]:
    """Answer UpdateDetector as far as Enable goes."""
    chosen = _detector(world, call)
    if set(call.parameters) - {"DetectorId", "Enable"}:
        text = "the sandbox keeps only whether a detector is enabled"
        raise NotBuilt(text)
    on = call.parameters.get("Enable", chosen.get("status", "ENABLED") == "ENABLED")
    changed = {**chosen, "status": "ENABLED" if on else "DISABLED"}
    kept = world.records(Shelf.DETECTORS, _place(call))
    changes = [changed if one["id"] == chosen["id"] else one for one in kept]
    world.replace(Shelf.DETECTORS, _place(call), changes)
    return {}


def get_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFindings, in the order of SortCriteria or of the scenario."""
    _detector(world, call)
    wanted = call.parameters["FindingIds"]
    findings = world.records(Shelf.GUARDDUTY_FINDINGS, _place(call))
    found = [finding for finding in findings if finding["Id"] in wanted]
    return {"Findings": _sorted(found, call.parameters)}


def list_findings(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListFindings: the ids of findings that meet every criterion."""
    _detector(world, call)
    criteria = (call.parameters.get("FindingCriteria") or {}).get("Criterion") or {}
    findings = world.records(Shelf.GUARDDUTY_FINDINGS, _place(call))
    found = [
        finding
        for finding in findings
        if all(_meets(finding, path, condition) for path, condition in criteria.items())
    ]
    ids = [str(finding["Id"]) for finding in _sorted(found, call.parameters)]
    return _paged("FindingIds", ids, call.parameters)


def _sorted(findings: Sequence[Record], asked: Mapping[str, Any]) -> Sequence[Record]:
    by = asked.get("SortCriteria") or {}
    if not by.get("AttributeName"):
        return list(findings)
    path = by["AttributeName"]
    down = by.get("OrderBy") == "DESC"
    return sorted(
        findings,
        key=lambda finding: (str(type(_field(finding, path))), _field(finding, path) or 0),
        reverse=down,
    )


def _field(finding: Record, path: str) -> Any:
    """Follow an API path such as `service.archived`; its parts start in upper case here."""
    value: Any = finding
    for part in path.split("."):
        name = part[:1].upper() + part[1:]
        value = value.get(name) if isinstance(value, Mapping) else None
    if path in DATES and value is not None:
        return int(moment_of(value).timestamp() * 1000)
    return value


def _text(value: Any) -> str:
    return str(value).lower() if isinstance(value, bool) else str(value)


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = {
    "Eq": lambda value, wanted: _text(value) in wanted,
    "Equals": lambda value, wanted: _text(value) in wanted,
    "Neq": lambda value, wanted: _text(value) not in wanted,
    "NotEquals": lambda value, wanted: _text(value) not in wanted,
    "Gt": lambda value, wanted: value is not None and value > wanted,
    "GreaterThan": lambda value, wanted: value is not None and value > wanted,
    "Gte": lambda value, wanted: value is not None and value >= wanted,
    "GreaterThanOrEqual": lambda value, wanted: value is not None and value >= wanted,
    "Lt": lambda value, wanted: value is not None and value < wanted,
    "LessThan": lambda value, wanted: value is not None and value < wanted,
    "Lte": lambda value, wanted: value is not None and value <= wanted,
    "LessThanOrEqual": lambda value, wanted: value is not None and value <= wanted,
}


def _meets(finding: Record, path: str, condition: Mapping[str, Any]) -> bool:
    unknown = set(condition) - set(COMPARISONS)
    if unknown:
        text = f"the sandbox does not compare findings by {', '.join(sorted(unknown))}"
        raise NotBuilt(text)
    value = _field(finding, path)
    return all(COMPARISONS[name](value, wanted) for name, wanted in condition.items())


OPERATIONS: Mapping[str, Operation] = {
    "guardduty.ListDetectors": list_detectors,
    "guardduty.GetDetector": get_detector,
    "guardduty.UpdateDetector": update_detector,
    "guardduty.ListFindings": list_findings,
    "guardduty.GetFindings": get_findings,
}
