"""What the filters of several services share: looking through a record, and dates."""

from collections.abc import Iterator, Mapping, Sequence
from datetime import timedelta
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call
from triage.sandbox.moments import moment_of


def values_at(node: Any, path: str) -> Iterator[Any]:
    """Yield what stands at a dotted path, looking through lists on the way."""
    if isinstance(node, (list, tuple)):
        for item in node:
            yield from values_at(item, path)
    elif not path:
        yield node
    elif isinstance(node, Mapping):
        head, _, rest = path.partition(".")
        if head in node:
            yield from values_at(node[head], rest)


def in_order(findings: Sequence[Record], asked: Mapping[str, Any]) -> Sequence[Record]:
    """Findings by Security Hub's SortCriteria, the first of them deciding before the others."""
    ordered = list(findings)
    for by in reversed(asked.get("SortCriteria") or ()):
        path = by["Field"]
        down = by.get("SortOrder") == "desc"
        ordered.sort(key=lambda each: str(next(values_at(each, path), "")), reverse=down)
    return ordered


def on_date(value: str, wanted: Mapping[str, Any], call: Call) -> bool:
    """Whether a time lies within Security Hub's DateFilter: the last days, or Start to End."""
    moment = moment_of(value)
    days = (wanted.get("DateRange") or {}).get("Value")
    if days is not None:
        return moment >= call.at - timedelta(days=days)
    return within(value, wanted.get("Start"), wanted.get("End"))


def within(value: Any, start: Any, end: Any) -> bool:
    """Whether a time lies between two others, both included; either may be missing."""
    moment = moment_of(value)
    return (not start or moment >= moment_of(start)) and (not end or moment <= moment_of(end))
