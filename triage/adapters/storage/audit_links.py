"""Has anybody touched an event? Each is judged by itself, so that only what was touched is named.

Three things say what an event was: its bytes, the hash beside them, which covers all events before
it, and the leaf under which that hash was anchored.
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triage.adapters.storage.codec import read
from triage.domain.case import GENESIS, link
from triage.domain.errors import TriageError
from triage.ports.case_store import Chain

GONE_MAX = 1000
"""More events that are gone at once are not listed one by one."""
# Whoever writes to the file by hand may leave anything anywhere.
UNREADABLE = (TriageError, ValueError, KeyError, TypeError, AttributeError)


def links_of(chain: Chain) -> list[str]:
    """Name every event that is gone, out of its place, or not what it was."""
    return [f"case {chain.case}: {problem}" for problem in _problems(chain)]


def _problems(chain: Chain) -> Iterator[str]:
    said = [_said(body, name) for name, body, _, _ in chain.links]
    yield from _gone(chain, said)
    misplaced = [
        problem
        for link, place in zip(chain.links, said, strict=True)
        if (problem := _misplaced(chain, link, place))
    ]
    yield from misplaced or _changed(chain)


def _said(body: Any, name: Any) -> tuple[Any, Any]:
    """Which case and place an event's bytes say it has; what cannot be told is None."""
    try:
        content = read(body)
        return (content["case"], content["sequence"]) if content["id"] == name else (None, None)
    except UNREADABLE:
        return None, None


def _gone(chain: Chain, said: Sequence[tuple[Any, Any]]) -> Iterator[str]:
    anchored = {place for place, _ in chain.leaves}
    # Bytes that say nothing stand for the place where they are: they are named for themselves.
    there = {
        place if known is None else known
        for (*_, place), (_, known) in zip(chain.links, said, strict=True)
    }
    known_of = [one for one in (*there, *anchored, _version(chain)) if type(one) is int]
    last = min(max(known_of, default=0), len(chain.links) + GONE_MAX)
    for place in range(1, last + 1):
        if place not in there:
            yield f"event {place} is gone" + (", and was anchored" if place in anchored else "")


def _version(chain: Chain) -> Any:
    """How many events its state counts; None when it cannot be read."""
    try:
        return read(chain.state)["version"]
    except UNREADABLE:
        return None


def _misplaced(chain: Chain, link: tuple[Any, Any, Any, Any], said: tuple[Any, Any]) -> str:
    _, body, _, place = link
    if not isinstance(body, bytes):
        return f"event {place} is no longer bytes"
    case, known = said
    if case is None:
        return f"event {place} cannot be read, or is another one"
    if case != chain.case:
        return f"event {place} is one of another case"
    return "" if known == place else f"event {known} stands in the place of event {place}"


def _changed(chain: Chain) -> Iterator[str]:
    """Judge each event's bytes by the hashes in front of it and beside it."""
    stored: dict[Any, Any] = {0: GENESIS}
    stored.update((place, hashed) for _, _, hashed, place in chain.links)
    trusted = {**stored, **dict(chain.leaves)}
    named = False
    for _, body, hashed, place in chain.links:
        if place - 1 not in stored:
            continue  # what stood in front of it is gone, which is said already
        problem = _judged(body, place, stored, trusted)
        if problem or (hashed != trusted[place] and not named):
            yield problem or f"event {place}: its hash was changed"
            named = True


def _judged(body: bytes, place: int, stored: Mapping[Any, Any], trusted: Mapping[Any, Any]) -> str:
    if _follows(body, place, trusted):
        return ""
    if _follows(body, place, stored):
        return f"event {place} is not the one that was anchored"
    return f"event {place} was changed"


def _follows(body: bytes, place: int, hashes: Mapping[Any, Any]) -> bool:
    before = hashes[place - 1]
    return isinstance(before, str) and before.isascii() and link(before, body) == hashes[place]
