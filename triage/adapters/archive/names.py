"""Under which names an event is found: LookupEvents' attributes.

AWS does not say how it derives resource names from requests. Here every short text in request,
response and resources counts, so that more is found and nothing is missed: a look-up that comes
back empty may be believed.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupAttribute.html
"""

from collections.abc import Callable, Iterator, Mapping
from itertools import islice
from types import MappingProxyType
from typing import Any

from triage.questions.records.shape import text

CROWDED = ""
"""The name of an event that has more names than are kept: it has to be looked into."""
TOUCHED = ("requestParameters", "responseElements", "resources")
ARN_PARTS = 6


def _plain(*path: str) -> Callable[[Mapping[str, Any]], Iterator[str]]:
    return lambda record: iter([text(record, *path)])


def _users(record: Mapping[str, Any]) -> Iterator[str]:
    """A user's name, a session's, `root`, or the service that called."""
    who = ("userIdentity",)
    yield text(record, *who, "userName")
    yield text(record, *who, "arn").rpartition("/")[2]
    yield text(record, *who, "invokedBy")
    if text(record, *who, "type") == "Root":
        yield "root"


def _resources(record: Mapping[str, Any]) -> Iterator[str]:
    for part in TOUCHED:
        for leaf in _leaves(record.get(part)):
            yield from _called(leaf)


def _leaves(value: Any) -> Iterator[str]:
    waiting = [value]
    while waiting:
        match waiting.pop():
            case str() as leaf:
                yield leaf
            case dict() as inner:
                waiting.extend(inner.values())
            case list() as inner:
                waiting.extend(inner)
            case _:
                pass


def _called(leaf: str) -> Iterator[str]:
    """A text, and for an ARN the bare names people use instead."""
    yield leaf
    parts = leaf.split(":", ARN_PARTS - 1)
    if len(parts) == ARN_PARTS and parts[0] == "arn":
        yield parts[-1]
        yield parts[-1].rpartition("/")[2].rpartition(":")[2]
        if parts[2] == "s3":
            yield parts[-1].partition("/")[0]


ATTRIBUTES: Mapping[str, Callable[[Mapping[str, Any]], Iterator[str]]] = MappingProxyType(
    {
        "EventId": _plain("eventID"),
        "EventName": _plain("eventName"),
        "EventSource": _plain("eventSource"),
        "AccessKeyId": _plain("userIdentity", "accessKeyId"),
        "Username": _users,
        "ResourceName": _resources,
    }
)
CODES: Mapping[str, int] = MappingProxyType({name: at for at, name in enumerate(ATTRIBUTES)})
"""How attributes are written in the index."""


def names_of(record: Mapping[str, Any], *, at_most: int, characters: int) -> set[tuple[int, str]]:
    """Every (attribute, name) of an event; of resources `at_most`, and CROWDED if there are more.

    Names longer than `characters` are left out: nobody may ask for one.
    """
    found: set[tuple[int, str]] = set()
    for attribute, read in ATTRIBUTES.items():
        names = set(islice((one for one in read(record) if _fits(one, characters)), at_most + 1))
        kept = sorted(names)[:at_most]
        found |= {(CODES[attribute], name) for name in kept}
        if len(names) > at_most:
            found.add((CODES[attribute], CROWDED))
    return found


def _fits(name: str, characters: int) -> bool:
    return 0 < len(name) <= characters


def has(record: Mapping[str, Any], attribute: str, value: str) -> bool:
    """Tell whether an event is found under a name."""
    return value in ATTRIBUTES[attribute](record)
