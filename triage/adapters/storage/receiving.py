"""Recording a batch of messages: one transaction, in key order, poison set apart."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from operator import itemgetter
from typing import Any

from sqlalchemy import Connection, update

from triage.adapters.storage.blame import Overtaken, is_poison
from triage.adapters.storage.codec import case_from
from triage.adapters.storage.dialect import insert
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import (
    add_bodies,
    add_events,
    case_columns,
    event_exists,
    states,
)
from triage.adapters.storage.schema import cases, quarantine
from triage.domain.case import Case, CaseEvent, evolve, open_case
from triage.domain.json import digest
from triage.domain.message import Message, Parsed, Receipt, Reception, Rejected
from triage.domain.moments import micros
from triage.domain.ticket import Ticket
from triage.ports.case_store import Admit


@dataclass(frozen=True, slots=True)
class _Part:
    place: int
    message: Message
    content: Ticket | Rejected


@dataclass
class _Batch:
    """What one transaction will write; `held` are the cases as they stand within it."""

    held: dict[str, Case]
    fresh: set[str] = field(default_factory=set)
    changed: dict[str, Case] = field(default_factory=dict)
    due: dict[str, int] = field(default_factory=dict)
    written: list[tuple[Case, CaseEvent]] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)
    rejected: list[tuple[Message, Rejected]] = field(default_factory=list)
    receipts: dict[int, Receipt] = field(default_factory=dict)


def receive(database: Database, batch: Sequence[Parsed], admit: Admit) -> list[Receipt]:
    """Record a batch; one that cannot be stored whole is halved until the culprit is alone."""
    try:
        return database.transact(lambda connection: _receive(connection, batch, admit))
    except Exception as error:
        if not is_poison(error):
            raise
        halves = _halves(batch) or _set_apart(batch[0], error)
        return [receipt for half in halves for receipt in receive(database, half, admit)]


def _halves(batch: Sequence[Parsed]) -> tuple[Sequence[Parsed], ...]:
    """Split a batch, or the parts of its only message; nothing when one part is left."""
    if (middle := len(batch) // 2) > 0:
        return (batch[:middle], batch[middle:])
    parts = batch[0].parts
    if (middle := len(parts) // 2) > 0:
        return ([_only(batch[0], parts[:middle])], [_only(batch[0], parts[middle:])])
    return ()


def _only(parsed: Parsed, parts: tuple[Ticket | Rejected, ...]) -> Parsed:
    names = {part.body for part in parts if isinstance(part, Ticket)}
    bodies = tuple((name, body) for name, body in parsed.bodies if name in names)
    return replace(parsed, parts=parts, bodies=bodies)


def _set_apart(parsed: Parsed, error: Exception) -> tuple[Sequence[Parsed], ...]:
    """Turn the one part that cannot be stored into a reject. Raises `error` if it is one."""
    (part,) = parsed.parts
    if isinstance(part, Rejected):
        raise error
    reason = f"it cannot be stored ({type(error).__name__}); kept as it arrived"
    rejected = Rejected(body=dict(parsed.bodies)[part.body], reason=reason)
    return ([replace(parsed, parts=(rejected,), bodies=())],)


def _receive(connection: Connection, batch: Sequence[Parsed], admit: Admit) -> list[Receipt]:
    parts = _parts(batch)
    keys = sorted({part.content.key for part in parts if isinstance(part.content, Ticket)})
    rows = states(connection, cases.c.key, keys)
    work = _Batch(held={key: case_from(row.state) for key, row in rows.items()})
    work.fresh = {key for key in keys if key not in rows}
    for part in sorted(parts, key=_order):
        _take(connection, work, part, admit)
    _write(connection, work, batch)
    return [work.receipts[place] for place in range(len(parts))]


def _parts(batch: Sequence[Parsed]) -> list[_Part]:
    contents = [(parsed.message, content) for parsed in batch for content in parsed.parts]
    return [_Part(place, message, content) for place, (message, content) in enumerate(contents)]


def _order(part: _Part) -> tuple[str, int]:
    return (part.content.key if isinstance(part.content, Ticket) else "", part.place)


def _take(connection: Connection, work: _Batch, part: _Part, admit: Admit) -> None:
    match part.content:
        case Rejected() as rejected:
            work.rejected.append((part.message, rejected))
            work.receipts[part.place] = Receipt(
                message=part.message.id,
                reception=Reception.QUARANTINED,
                case=None,
                ticket=None,
                reason=rejected.reason,
                foreign=rejected.foreign,
            )
        case Ticket() as ticket:
            work.receipts[part.place] = _admit(connection, work, part.message, ticket, admit)


def _admit(
    connection: Connection, work: _Batch, message: Message, ticket: Ticket, admit: Admit
) -> Receipt:
    case = work.held.get(ticket.key)
    admission = admit(case, ticket, message.received)
    event = admission.event
    if event is not None and not _known(connection, work, case, event):
        case = _append(work, case or open_case(ticket.key), event, due=admission.due)
    elif event is not None:
        admission = replace(admission, reception=Reception.DUPLICATE)
    return Receipt(
        message=message.id,
        reception=admission.reception,
        case=case,
        ticket=ticket,
        reason=admission.reason,
    )


def _known(connection: Connection, work: _Batch, case: Case | None, event: CaseEvent) -> bool:
    if case is None:
        return False
    return (case.id, event.id) in work.names or event_exists(connection, case.id, event.id)


def _append(work: _Batch, case: Case, event: CaseEvent, *, due: bool) -> Case:
    after = evolve(case, event)
    work.held[after.key] = work.changed[after.key] = after
    work.written.append((after, event))
    work.names.add((after.id, event.id))
    if due:
        work.due[after.key] = micros(event.at)
    return after


def _write(connection: Connection, work: _Batch, batch: Sequence[Parsed]) -> None:
    kept = [pair for parsed in batch for pair in parsed.bodies]
    kept += [(digest(one.body), one.body) for _, one in work.rejected]
    add_bodies(connection, kept)
    _write_cases(connection, work)
    add_events(connection, work.written)
    _write_quarantine(connection, work)


def _write_cases(connection: Connection, work: _Batch) -> None:
    new = [
        {
            "id": case.id,
            "key": key,
            "fence": 0,
            "due": work.due.get(key),
            **case_columns(case),
        }
        for key, case in sorted(work.changed.items())
        if key in work.fresh
    ]
    if new:
        _open(connection, new)
    for key, case in sorted(work.changed.items()):
        if key not in work.fresh:
            due = {"due": work.due[key]} if key in work.due else {}
            query = update(cases).where(cases.c.id == case.id)
            connection.execute(query.values(**case_columns(case), **due))


def _open(connection: Connection, new: list[dict[str, Any]]) -> None:
    """Insert cases in the order of their keys. Raises Overtaken when one is there by now."""
    query = insert(connection, cases).on_conflict_do_nothing()
    counting = {"preserve_rowcount": True}
    if connection.execute(query, new, execution_options=counting).rowcount != len(new):
        raise Overtaken


def _write_quarantine(connection: Connection, work: _Batch) -> None:
    named = [(digest(rejected.body), message, rejected) for message, rejected in work.rejected]
    for name, message, rejected in sorted(named, key=itemgetter(0)):
        row = insert(connection, quarantine).values(
            hash=name,
            reason=rejected.reason,
            received=micros(message.received),
            size=len(rejected.body),
            times=1,
        )
        connection.execute(
            row.on_conflict_do_update(
                index_elements=[quarantine.c.hash],
                set_={
                    "reason": rejected.reason,
                    "times": quarantine.c.times + 1,
                    "replayed": None,
                },
            )
        )
