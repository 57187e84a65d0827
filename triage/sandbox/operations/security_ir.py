"""Security Incident Response: cases, which moto does not know.

Facts: Security Incident Response API reference, GetCase and ListCases.
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 25
LISTED = (
    "caseId",
    "lastUpdatedDate",
    "title",
    "caseArn",
    "engagementType",
    "caseStatus",
    "createdDate",
    "closedDate",
    "resolverType",
    "pendingAction",
)


def _cases(world: World, call: Call) -> list[Record]:
    place = Place(account=call.account, region=call.region)
    return list(world.records(Shelf.RESPONSE_CASES, place))


def get_case(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetCase, which gives everything but the id it was asked by."""
    for case in _cases(world, call):
        if case["caseId"] == call.parameters["caseId"]:
            return {name: value for name, value in case.items() if name != "caseId"}
    raise Refused(code="ResourceNotFoundException", message="The case was not found.", status=404)


def list_cases(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ListCases: the short form of each."""
    cases = _cases(world, call)
    size = call.parameters.get("maxResults") or PAGE_MAX
    page = page_of(cases, call.parameters, size=size, refusal="ValidationException")
    items = [{name: case[name] for name in LISTED if name in case} for case in page.items]
    return {"items": items, "total": len(cases)} | ({"nextToken": page.token} if page.token else {})


OPERATIONS: Mapping[str, Operation] = {
    "security-ir.GetCase": get_case,
    "security-ir.ListCases": list_cases,
}
