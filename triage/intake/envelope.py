"""Wrappers off, in any nesting: the walk. The wrappers themselves are a table in wrappers.py.

Whoever can write to a queue can make a wrapper, so all of it is bounded, and one part that cannot
be opened spoils none of the others.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from itertools import chain

import orjson

from triage.domain.errors import Unreadable
from triage.domain.json import Record
from triage.domain.message import Rejected
from triage.intake.bounds import MESSAGE_BYTES_MAX, OPENED_BYTES_MAX, RECORDS_MAX, UNWRAPS_MAX
from triage.intake.document import parse
from triage.intake.packed import UNPACKED_BYTES_MAX, Budget, unpack
from triage.intake.stream import Broken, Document, documents
from triage.intake.wrappers import Inside, Packed, inside, is_event, kept

__all__ = ["Opened", "is_event", "unwrap"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One record or EventBridge event with its wrappers off, and the bytes that hold it alone.

    `around` is what the wrappers said: account, region, time, log group and the like.
    """

    record: Record
    body: bytes
    around: Record = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where the walk stands: under how many wrappers, saying what, in which stored bytes."""

    body: bytes
    budget: Budget = field(default_factory=Budget)
    around: Record = field(default_factory=dict)
    unwraps: int = 0

    def within(self, held: Inside) -> "Place":
        """One wrapper further in."""
        around = {**self.around, **held.around}
        return replace(self, around=around, unwraps=self.unwraps + 1)

    def alone(self, value: object) -> "Place":
        """Give `value` bytes of its own."""
        return replace(self, body=orjson.dumps(kept(value, self.around)))


Part = Opened | Rejected


def unwrap(body: bytes) -> list[Part]:
    """Open every wrapper in `body`, in order; at least one part comes out.

    A lone record keeps `body`; a record out of a list gets the bytes of its own JSON, and reading
    those again gives the same record. More than RECORDS_MAX records, or OPENED_BYTES_MAX bytes of
    them, are refused whole: taking only the first ones would lose the others silently.
    """
    parts: list[Part] = []
    size = 0
    for part in _read(documents(body, bytes_max=MESSAGE_BYTES_MAX), Place(body=body), ""):
        parts.append(part)
        size += 0 if part.body is body else len(part.body)
        if len(parts) > RECORDS_MAX or size > OPENED_BYTES_MAX:
            return [Rejected(body=body, reason=_too_much(len(parts)))]
    return parts


def _too_much(records: int) -> str:
    over = (
        f"more than {RECORDS_MAX:,} records in one message"
        if records > RECORDS_MAX
        else f"its records opened come to more than {OPENED_BYTES_MAX:,} bytes"
    )
    return f"{over}; split it and submit the parts"


def _read(found: Iterator[Document | Broken], place: Place, what: str) -> Iterator[Part]:
    """Open the documents of a text; a lone one stays under the bytes it was found in."""
    first, second = next(found, None), next(found, None)
    if first is not None and second is None:
        yield from _document(first, place, what)
        return
    yield from _each(chain(filter(None, (first, second)), found), place, what)


def _each(found: Iterable[Document | Broken], place: Place, what: str) -> Iterator[Part]:
    for document in found:
        yield from _document(document, _apart(document, place), what)


def _apart(document: Document | Broken, place: Place) -> Place:
    if isinstance(document, Broken) or not place.around:
        return replace(place, body=document.body)
    return place.alone(document.value)


def _document(document: Document | Broken, place: Place, what: str) -> Iterator[Part]:
    if isinstance(document, Document):
        yield from _open(document.value, place)
    else:
        reason = f"{what}: {document.reason}" if what else document.reason
        yield Rejected(body=place.body, reason=reason)


def _open(value: object, place: Place) -> Iterator[Part]:
    held = inside(value)
    if held is None:
        yield _leaf(value, place)
    elif place.unwraps >= UNWRAPS_MAX:
        yield Rejected(body=place.body, reason=f"wrapped more than {UNWRAPS_MAX} times over")
    elif not held.values:
        yield Rejected(body=place.body, reason=f"{held.what} holds no records")
    else:
        below = place.within(held)
        for item in held.values:
            yield from _item(item, below.alone(item) if held.many else below, held)


def _item(item: object, place: Place, held: Inside) -> Iterator[Part]:
    if isinstance(item, Packed):
        yield from _unpacked(item, place, held.what)
    elif isinstance(item, str) and held.texts:
        found = documents(item.encode(), bytes_max=MESSAGE_BYTES_MAX)
        yield from (_each if held.many else _read)(found, place, held.what)
    else:
        yield from _open(item, place)


def _unpacked(item: Packed, place: Place, what: str) -> Iterator[Part]:
    try:
        data = unpack(item.text, place.budget)
    except Unreadable as error:
        yield Rejected(body=place.body, reason=f"{what}: {error}")
        return
    yield from _read(documents(data, bytes_max=UNPACKED_BYTES_MAX), place, what)


def _leaf(value: object, place: Place) -> Part:
    if not isinstance(value, Mapping):
        reason = f"{JSON_WORDS.get(type(value), 'a value')}, not an object"
        return Rejected(body=place.body, reason=reason)
    return _readable_again(Opened(record=value, body=place.body, around=place.around))


def _readable_again(part: Opened) -> Part:
    """Refuse what was taken out of packed bytes and would be too large or deep to read again."""
    if not part.around and len(part.body) <= MESSAGE_BYTES_MAX:
        return part
    try:
        parse(part.body)
    except Unreadable as error:
        return Rejected(body=part.body, reason=str(error))
    return part


JSON_WORDS = {
    str: "a JSON text",
    int: "a JSON number",
    float: "a JSON number",
    bool: "a JSON boolean",
    type(None): "a JSON null",
}
