"""Security Hub V2: GetFindingsV2 with OCSF filters.

Facts: Security Hub API reference, OcsfFindingFilters and CompositeFilter. Composite filters are
joined by CompositeOperator, what is inside one by its Operator; both are AND unless said.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation
from triage.sandbox.filters import in_order, on_date, values_at
from triage.sandbox.operations.securityhub import NEGATIVE, NUMBERS, POSITIVE
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 100
OPERATOR, NESTED = "Operator", "NestedCompositeFilters"
Test = Callable[[Sequence[Any], Mapping[str, Any], Call], bool]


def get_findings_v2(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetFindingsV2. Raises NotBuilt for a kind of filter the sandbox does not know."""
    place = Place(account=call.account, region=call.region)
    asked = call.parameters
    filters = asked.get("Filters") or {}
    found = [
        each
        for each in world.records(Shelf.SECURITY_HUB_V2_FINDINGS, place)
        if _passes(each, filters, call)
    ]
    size = asked.get("MaxResults") or PAGE_MAX
    page = page_of(in_order(found, asked), asked, size=size, refusal="ValidationException")
    return {"Findings": page.items} | ({"NextToken": page.token} if page.token else {})


def _passes(finding: Record, filters: Mapping[str, Any], call: Call) -> bool:
    composites = [_composite(finding, each, call) for each in filters.get("CompositeFilters") or ()]
    return _joined(composites, filters.get("CompositeOperator"))


def _composite(finding: Record, composite: Mapping[str, Any], call: Call) -> bool:
    unknown = sorted(set(composite) - set(TESTS) - {OPERATOR, NESTED})
    if unknown:
        text = f"the sandbox does not filter findings by {', '.join(unknown)}"
        raise NotBuilt(text)
    held = [
        test(list(values_at(finding, each["FieldName"])), each["Filter"], call)
        for kind, test in TESTS.items()
        for each in composite.get(kind) or ()
    ]
    held += [_composite(finding, each, call) for each in composite.get(NESTED) or ()]
    return _joined(held, composite.get(OPERATOR))


def _joined(held: Sequence[bool], operator: str | None) -> bool:
    return not held or (any(held) if operator == "OR" else all(held))


def _text(values: Sequence[Any], wanted: Mapping[str, Any], _call: Call) -> bool:
    comparison = wanted["Comparison"]
    positive = NEGATIVE.get(comparison, comparison)
    if positive not in POSITIVE:
        text = f"the sandbox does not compare findings by {comparison}"
        raise NotBuilt(text)
    found = any(POSITIVE[positive](str(value), wanted["Value"]) for value in values)
    return found is (comparison not in NEGATIVE)


def _number(values: Sequence[Any], wanted: Mapping[str, Any], _call: Call) -> bool:
    return any(
        all(NUMBERS[name](float(value), bound) for name, bound in wanted.items())
        for value in values
    )


def _date(values: Sequence[Any], wanted: Mapping[str, Any], call: Call) -> bool:
    return any(on_date(str(value), wanted, call) for value in values)


TESTS: Mapping[str, Test] = {
    "StringFilters": _text,
    "NumberFilters": _number,
    "DateFilters": _date,
}

OPERATIONS: Mapping[str, Operation] = {"securityhub.GetFindingsV2": get_findings_v2}
