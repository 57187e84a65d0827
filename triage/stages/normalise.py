"""Normalise: what a queue delivered becomes tickets, or bytes kept with a sentence why not."""

from collections.abc import Iterator
from dataclasses import replace

from triage.domain.errors import NoTicket, Unreadable
from triage.domain.json import Record, digest
from triage.domain.message import Message, Parsed, Rejected
from triage.domain.ticket import Ticket
from triage.intake.bounds import PLACE_CHARS_MAX, REASON_CHARS_MAX, bounded, quoted, within_bounds
from triage.intake.delivery import Delivery
from triage.intake.envelope import Opened, is_event, unwrap
from triage.intake.fields import Fields
from triage.intake.kinds import EVENTS, NO_TICKETS, SHAPES, STRANGERS, EventKind

NAMED_KEYS_MAX = 5


def normalise(message: Message) -> Parsed:
    """Read every record of a message. Never raises, whatever the bytes.

    At least one part comes out of every message. Reading a ticket's stored bytes again, with the
    same time of receipt, gives the same ticket.
    """
    pieces = [_piece(part, message) for part in unwrap(message.body)]
    bodies = {part.body: body for part, body in pieces if isinstance(part, Ticket)}
    return Parsed(
        message=message,
        parts=tuple(part for part, _ in pieces),
        bodies=tuple(bodies.items()),
    )


def _piece(part: Opened | Rejected, message: Message) -> tuple[Ticket | Rejected, bytes]:
    if isinstance(part, Rejected):
        return _sentence(part), part.body
    try:
        return within_bounds(_read(part, message)), part.body
    except Unreadable as error:
        foreign = isinstance(error, NoTicket)
        return _sentence(Rejected(body=part.body, reason=str(error), foreign=foreign)), part.body


def _sentence(rejected: Rejected) -> Rejected:
    return replace(rejected, reason=bounded(rejected.reason, REASON_CHARS_MAX))


def _read(part: Opened, message: Message) -> Ticket:
    if is_event(part.record):
        return _read_event(part, message)
    return _read_bare(part.record, _delivery(part, message, part.around))


def _delivery(part: Opened, message: Message, envelope: Record) -> Delivery:
    return Delivery(received=message.received, body=digest(part.body), envelope=envelope)


def _read_event(part: Opened, message: Message) -> Ticket:
    event = Fields(part.record)
    own = {name: value for name, value in part.record.items() if name != "detail"}
    delivery = _delivery(part, message, {**part.around, **own})
    detail_type = event.text("detail-type")
    if not detail_type:
        return _read_bare(event.within("detail").record, delivery)
    kind = EVENTS.get(detail_type)
    if kind is None or not _sent_by_its_source(kind, event):
        raise _unknown_event(detail_type, event)
    return kind.reader(_record_in(event, kind, detail_type), delivery)


def _sent_by_its_source(kind: EventKind, event: Fields) -> bool:
    source = event.text("source")
    return not source or kind.sent_by(source)


def _record_in(event: Fields, kind: EventKind, detail_type: str) -> Record:
    found = next(iter(event.each(kind.inside)), None)
    if found is None or not found.record:
        msg = f"a {quoted(detail_type)} event without {kind.inside}"
        raise Unreadable(msg)
    return found.record


def _unknown_event(detail_type: str, event: Fields) -> Unreadable:
    if detail_type in NO_TICKETS:
        why = NO_TICKETS[detail_type]
        return NoTicket(f"a {quoted(detail_type)} event is no ticket: {why}")
    source = event.text("source")
    sender = f"from {bounded(source, PLACE_CHARS_MAX)}" if source else "from an unnamed source"
    kind = f"detail-type {quoted(detail_type)} {sender}"
    return Unreadable(f"{kind} is not a kind of ticket this version reads")


def _read_bare(record: Record, delivery: Delivery) -> Ticket:
    fields = Fields(record)
    for is_shape, reader, inside in SHAPES:
        if is_shape(fields):
            return reader(fields.within(inside).record if inside else record, delivery)
    raise _stranger(fields)


def _stranger(record: Fields) -> Unreadable:
    known = next((name for name, is_it in STRANGERS if is_it(record)), None)
    called = known or f"an object with {_keys(record.record)}"
    error = NoTicket if known else Unreadable
    return error(f"{called} is not a kind of ticket this version reads")


def _keys(record: Record) -> str:
    names = list(_first(record))
    more = len(record) - len(names)
    listed = ", ".join(names) or "no keys"
    return listed + (f" and {more} more keys" if more > 0 else "")


def _first(record: Record) -> Iterator[str]:
    for _, name in zip(range(NAMED_KEYS_MAX), sorted(record), strict=False):
        yield quoted(name)
