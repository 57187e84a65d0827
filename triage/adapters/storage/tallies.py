"""Counting events by kind as they are anchored, so that nobody who writes one has to."""

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta

from sqlalchemy import Connection, delete, func, select

from triage.adapters.storage.codec import event_from
from triage.adapters.storage.dialect import insert
from triage.adapters.storage.schema_operating import tallies
from triage.domain.case import CaseEvent, EventKind
from triage.domain.moments import micros

SPAN = timedelta(minutes=5)
KEPT = timedelta(days=8)
CLOSED = "closed"
UNREADABLE = (ValueError, KeyError, TypeError)


def count_in(connection: Connection, bodies: Iterable[bytes], now: datetime) -> None:
    """Count events where they happened in time; those long past, or from the future, are none."""
    counted = Counter(named for body in bodies for named in _kinds(body, now))
    oldest = micros(now - KEPT)
    for (at, kind), count in sorted(counted.items()):
        row = insert(connection, tallies).values(at=at, kind=kind, count=count)
        more = {"count": tallies.c.count + count}
        connection.execute(row.on_conflict_do_update(index_elements=["at", "kind"], set_=more))
    connection.execute(delete(tallies).where(tallies.c.at < oldest))


def _kinds(body: bytes, now: datetime) -> Iterable[tuple[int, str]]:
    try:
        event = event_from(body)
        at = micros(event.at)
    except UNREADABLE:
        return
    if now - KEPT <= event.at <= now + SPAN:
        begins = at - at % (SPAN // timedelta(microseconds=1))
        yield begins, event.kind
        if _closes(event):
            yield begins, CLOSED


def _closes(event: CaseEvent) -> bool:
    if event.kind is EventKind.DECIDED:
        return bool(event.data.get("decision") == "close")
    return event.kind is EventKind.VERDICT_GIVEN and bool(event.data.get("closes"))


def counts(connection: Connection, now: datetime, span: timedelta) -> Mapping[str, int]:
    """How many events of each kind there were in the last `span`, which is whole five minutes."""
    since = micros(now - span - SPAN)
    query = select(tallies.c.kind, func.sum(tallies.c.count).label("n")).group_by(tallies.c.kind)
    whole = (tallies.c.at > since, tallies.c.at <= micros(now - SPAN))
    return {row.kind: int(row.n) for row in connection.execute(query.where(*whole))}
