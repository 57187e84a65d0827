"""Wrappers off: EventBridge, SNS, SQS, lists, API answers and trail files, in any nesting.

Whoever can write to a queue can make a wrapper, so all of it is bounded, and one part that cannot
be opened spoils none of the others.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import orjson

from triage.domain.errors import Unreadable
from triage.domain.json import Record
from triage.domain.message import Rejected
from triage.intake.bounds import OPENED_BYTES_MAX, RECORDS_MAX, UNWRAPS_MAX
from triage.intake.document import parse
from triage.intake.fields import Fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Opened:
    """One record or EventBridge event with its wrappers off, and the bytes that hold it alone."""

    record: Record
    body: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class Inside:
    """What a wrapper holds: one value under the wrapper's own bytes, or many, each its own."""

    values: Sequence[object]
    what: str
    many: bool = False


def unwrap(value: object, body: bytes) -> list[Opened | Rejected]:
    """Open every wrapper around `value`, in order; at least one part comes out.

    A lone record keeps `body`; a record out of a list gets the bytes of its own JSON, and reading
    those again gives the same record. More than RECORDS_MAX records, or OPENED_BYTES_MAX bytes of
    them, are refused whole: taking only the first ones would lose the others silently.
    """
    parts: list[Opened | Rejected] = []
    size = 0
    for part in islice(_open(value, body, 0), RECORDS_MAX + 1):
        parts.append(part)
        size += len(part.body)
        if size > OPENED_BYTES_MAX:
            return [_too_much(body, f"{OPENED_BYTES_MAX:,} bytes of records")]
    return parts if len(parts) <= RECORDS_MAX else [_too_much(body, f"{RECORDS_MAX:,} records")]


def _too_much(body: bytes, bound: str) -> Rejected:
    return Rejected(
        body=body, reason=f"more than {bound} in one message; split it and submit the parts"
    )


def _open(value: object, body: bytes, unwraps: int) -> Iterator[Opened | Rejected]:
    inside = _inside(value)
    if inside is None:
        yield _leaf(value, body)
    elif unwraps >= UNWRAPS_MAX:
        yield Rejected(body=body, reason=f"wrapped more than {UNWRAPS_MAX} times over")
    elif not inside.values:
        yield Rejected(body=body, reason=f"{inside.what} holds no records")
    else:
        for item in inside.values:
            yield from _open_item(
                item, orjson.dumps(item) if inside.many else body, inside, unwraps
            )


def _open_item(
    item: object, body: bytes, inside: Inside, unwraps: int
) -> Iterator[Opened | Rejected]:
    if inside.many or not isinstance(item, str):
        yield from _open(item, body, unwraps + 1)
        return
    try:
        value = parse(item.encode())
    except Unreadable as error:
        yield Rejected(body=body, reason=f"{inside.what}: {error}")
        return
    yield from _open(value, body, unwraps + 1)


def _leaf(value: object, body: bytes) -> Opened | Rejected:
    if isinstance(value, Mapping):
        return Opened(record=value, body=body)
    return Rejected(body=body, reason=f"{JSON_WORDS.get(type(value), 'a value')}, not an object")


JSON_WORDS = {
    str: "a JSON text",
    int: "a JSON number",
    float: "a JSON number",
    bool: "a JSON boolean",
    type(None): "a JSON null",
}


def _inside(value: object) -> Inside | None:
    if isinstance(value, list):
        return Inside(values=value, what="a list", many=True)
    if not isinstance(value, Mapping):
        return None
    return next((inside for opener in OPENERS if (inside := opener(value)) is not None), None)


def is_event(record: Record) -> bool:
    """Whether this is an EventBridge event: a detail-type and a detail."""
    return "detail" in record and Fields(record).has("detail-type")


def _findings_of_event(record: Record) -> Inside | None:
    """Several findings in one event become one event each, so that its facts stay with them."""
    detail = record.get("detail")
    if not (is_event(record) and isinstance(detail, Mapping)):
        return None
    findings = Fields(detail).raw("findings")
    if not isinstance(findings, list) or len(findings) == 1:
        return None
    rest = {name: value for name, value in detail.items() if name.lower() != "findings"}
    events = [{**record, "detail": {**rest, "findings": [finding]}} for finding in findings]
    return Inside(values=events, what="detail.findings", many=True)


def _message_of_topic(record: Record) -> Inside | None:
    """Open an SNS notification (SNS developer guide, "HTTP/HTTPS notification JSON format")."""
    if record.get("Type") != "Notification" or "Message" not in record:
        return None
    return Inside(values=[record["Message"]], what="the SNS Message")


def _record_of_lambda_topic(record: Record) -> Inside | None:
    """Open `Records[].Sns` as Lambda gets it (Lambda developer guide, "Using Lambda with SNS")."""
    topic = record.get("Sns")
    if not isinstance(topic, Mapping) or "Message" not in topic:
        return None
    return Inside(values=[topic["Message"]], what="the SNS Message")


def _body_of_queue(record: Record) -> Inside | None:
    """Open an SQS message as Lambda (`body`) or the API (`Body`) hands it over."""
    body = record.get("body", record.get("Body"))
    if not isinstance(body, str) or "detail" in record:
        return None
    return Inside(values=[body], what="the SQS body")


def _listed(name: str) -> Callable[[Record], Inside | None]:
    def opener(record: Record) -> Inside | None:
        values = record.get(name)
        if not isinstance(values, list) or is_event(record):
            return None
        return Inside(values=values, what=name, many=True)

    return opener


OPENERS: tuple[Callable[[Record], Inside | None], ...] = (
    _findings_of_event,
    _message_of_topic,
    _record_of_lambda_topic,
    _body_of_queue,
    *map(_listed, ("Records", "Messages", "findings", "Findings")),
)
