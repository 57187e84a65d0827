"""Whether a document fits a botocore shape, more strictly than botocore itself looks.

botocore's ParamValidator checks types, required members and minimums. Added here: enums,
patterns, maximums, and members the shape does not have.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from botocore.validate import ParamValidator


def problems(value: Any, shape: Any) -> list[str]:
    """Return every way in which `value` does not fit, each with its place."""
    report = ParamValidator().validate(value, shape)
    found = [report.generate_report()] if report.has_errors() else []
    return found + list(_walk(value, shape, shape.name))


def _structure(value: Any, shape: Any, place: str) -> Iterator[str]:
    # A document is any JSON: OCSF findings have no members in the model.
    if not isinstance(value, Mapping) or shape.is_document_type:
        return
    for key, member in value.items():
        known = shape.members.get(key)
        if known is None:
            yield f"{place}.{key} is not a member of {shape.name}"
        elif member is not None:
            yield from _walk(member, known, f"{place}.{key}")


def _list(value: Any, shape: Any, place: str) -> Iterator[str]:
    if not isinstance(value, (list, tuple)):
        return
    yield from _maximum(len(value), shape, f"the length of {place}")
    for index, item in enumerate(value):
        yield from _walk(item, shape.member, f"{place}[{index}]")


def _map(value: Any, shape: Any, place: str) -> Iterator[str]:
    if not isinstance(value, Mapping):
        return
    for key, item in value.items():
        yield from _walk(key, shape.key, f"{place} key")
        yield from _walk(item, shape.value, f"{place}.{key}")


def _string(value: Any, shape: Any, place: str) -> Iterator[str]:
    if not isinstance(value, str):
        return
    yield from _maximum(len(value), shape, f"the length of {place}")
    if shape.enum and value not in shape.enum:
        yield f"{place} is {value!r}, not one of {', '.join(shape.enum)}"
    pattern = _pattern(shape.metadata.get("pattern", ""))
    if pattern is not None and not pattern.search(value):
        yield f"{place} is {value[:80]!r}, which does not match {pattern.pattern}"


def _number(value: Any, shape: Any, place: str) -> Iterator[str]:
    if isinstance(value, (int, float)):
        yield from _maximum(value, shape, place)


def _maximum(size: float, shape: Any, place: str) -> Iterator[str]:
    most = shape.metadata.get("max")
    if most is not None and size > most:
        yield f"{place} is {size}, more than {most}"


@cache
def _pattern(text: str) -> re.Pattern[str] | None:
    """Compile a pattern of a service model; some are in a dialect Python does not read."""
    try:
        return re.compile(text) if text else None
    except re.error:
        return None


WALKS: Mapping[str, Callable[[Any, Any, str], Iterator[str]]] = {
    "structure": _structure,
    "list": _list,
    "map": _map,
    "string": _string,
    "integer": _number,
    "long": _number,
    "float": _number,
    "double": _number,
}


def _walk(value: Any, shape: Any, place: str) -> Iterator[str]:
    walk = WALKS.get(shape.type_name)
    return walk(value, shape, place) if walk is not None else iter(())
