"""Rows that several nouns write in the same transaction."""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from sqlalchemy import Connection, Table, select, update

from triage.adapters.storage.codec import maybe, read, state
from triage.adapters.storage.dialect import insert, locked
from triage.adapters.storage.schema import bodies, cases, effects, events, timers
from triage.domain.case import Case, CaseEvent, CaseId, event_body
from triage.domain.effect import Effect, EffectStatus, Timer
from triage.domain.json import canonical
from triage.domain.moments import micros, moment

VARIABLES_MAX = 500
AFTER_ANY_NAME = "~"
"""Names of rows are lower-case letters and digits; this sorts behind all of them."""


def begins(column: Any, start: str) -> Any:
    """Match names that begin with `start`, by a range: LIKE with an escape reads every row."""
    return column.between(start, start + AFTER_ANY_NAME)


def add_missing(connection: Connection, table: Table, rows: Sequence[Mapping[str, Any]]) -> None:
    """Insert rows; those that are there already stay as they are."""
    if rows:
        connection.execute(insert(connection, table).on_conflict_do_nothing(), list(rows))


def add_bodies(connection: Connection, kept: Iterable[tuple[str, bytes]]) -> None:
    """Keep bytes under their hash, in one order, so that no two writers wait in a circle."""
    rows = [{"hash": name, "bytes": body} for name, body in sorted(dict(kept).items())]
    add_missing(connection, bodies, rows)


def add_effects(connection: Connection, intended: Iterable[Effect]) -> None:
    """Record intents."""
    add_missing(connection, effects, [_effect_row(effect) for effect in intended])


def add_timers(connection: Connection, wanted: Iterable[Timer]) -> None:
    """Set timers."""
    add_missing(connection, timers, [_timer_row(timer) for timer in wanted])


def add_events(connection: Connection, written: Sequence[tuple[Case, CaseEvent]]) -> None:
    """Append events, each with the case it produced."""
    rows = [
        {
            "case_id": case.id,
            "sequence": case.version,
            "id": event.id,
            "body": event_body(case.id, case.version, event),
            "hash": case.chain,
        }
        for case, event in written
    ]
    if rows:
        connection.execute(events.insert(), rows)


def append_event(connection: Connection, after: Case, event: CaseEvent, **columns: Any) -> None:
    """Append an event to a case that is held, and make its row what it is afterwards."""
    query = update(cases).where(cases.c.id == after.id)
    connection.execute(query.values(**case_columns(after), **columns))
    add_events(connection, [(after, event)])


def case_columns(case: Case) -> dict[str, Any]:
    """The columns of a case that repeat its state for queries."""
    return {
        "status": case.status,
        "notified": case.notified,
        "acknowledged": case.acknowledged_by is not None,
        "type": case.headline.get("type", ""),
        "account": case.headline.get("account", ""),
        "version": case.version,
        "state": state(case),
        "changed": micros(case.changed) if case.changed else 0,
    }


def event_exists(connection: Connection, case: CaseId, event: str) -> bool:
    """Tell whether a case has this event already."""
    query = select(events.c.sequence).where(events.c.case_id == case, events.c.id == event)
    return connection.execute(query).first() is not None


def states(connection: Connection, column: Any, values: Sequence[str]) -> dict[str, Any]:
    """Rows of cases by key or by id, held until the transaction ends.

    In as many queries as the driver's limit on values needs, and in the order of keys, so that no
    two writers wait for each other in a circle.
    """
    found: dict[str, Any] = {}
    for start in range(0, len(values), VARIABLES_MAX):
        chunk = values[start : start + VARIABLES_MAX]
        query = select(cases).where(column.in_(chunk)).order_by(cases.c.key)
        for row in connection.execute(locked(query)):
            found[getattr(row, column.name)] = row
    return found


def _effect_row(effect: Effect) -> dict[str, Any]:
    return {
        "id": effect.id,
        "case_id": effect.case,
        "kind": effect.kind,
        "data": canonical(effect.data).decode(),
        "status": effect.status,
        "due": micros(effect.due),
        "attempts": effect.attempts,
        "outcome": effect.outcome,
    }


def effect_from(row: Any) -> Effect:
    """Read an effect back."""
    return Effect(
        id=row.id,
        case=CaseId(row.case_id),
        kind=row.kind,
        data=read(row.data),
        due=moment(row.due),
        attempts=row.attempts,
        status=EffectStatus(row.status),
        outcome=row.outcome,
        until=maybe(row.lease_until),
    )


def _timer_row(timer: Timer) -> dict[str, Any]:
    return {
        "id": timer.id,
        "case_id": timer.case,
        "kind": timer.kind,
        "data": canonical(timer.data).decode(),
        "due": micros(timer.due),
    }


def timer_from(row: Any) -> Timer:
    """Read a timer back."""
    return Timer(
        id=row.id,
        case=CaseId(row.case_id),
        kind=row.kind,
        due=moment(row.due),
        data=read(row.data),
    )
