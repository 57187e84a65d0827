"""Deleting the bytes of cases that ended long ago: which, whose else, and under which event."""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import datetime
from itertools import islice
from typing import Any

from sqlalchemy import Connection, delete, func, select

from triage.adapters.storage.codec import case_from, event_from
from triage.adapters.storage.dialect import insert
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import VARIABLES_MAX, append_event, states
from triage.adapters.storage.schema import bodies, cases, events, quarantine, retired
from triage.domain.case import Case, CaseId, Status, evolve
from triage.domain.inputs import named_bytes
from triage.domain.moments import micros
from triage.domain.ticket import FindingClass
from triage.ports.case_store import Retirement

EVENTS_AT_ONCE = 500


def retirable(
    database: Database, wanted: FindingClass, *, before: datetime, at_most: int
) -> Sequence[Case]:
    """Closed cases of a class, unchanged since `before`, whose bytes are not deleted yet."""
    done = (retired.c.case_id == cases.c.id) & (retired.c.version == cases.c.version)
    query = (
        select(cases.c.state)
        .where(cases.c.status == Status.CLOSED, cases.c.changed < micros(before))
        # A sieve: other parts of the state may name a class too, and no column repeats this one.
        .where(cases.c.state.contains(f'"class":"{wanted}"'))
        .where(~select(retired.c.case_id).where(done).exists())
        .order_by(cases.c.changed, cases.c.id)
    )
    options = {"stream_results": True, "yield_per": EVENTS_AT_ONCE}
    with (
        database.reading() as connection,
        closing(connection.execute(query, execution_options=options)) as rows,
    ):
        found = (case_from(row.state) for row in rows)
        fitting = (case for case in found if case.headline.get("class") == wanted)
        return list(islice(fitting, at_most))


def spared(database: Database, wanted: Mapping[str, CaseId]) -> Mapping[str, int]:
    """Leave out what is gone, in quarantine, or named by another case; give sizes of the rest."""
    with database.reading() as connection:
        sizes = dict(_sizes(connection, wanted))
        for case, name in _named(connection):
            if name in sizes and wanted[name] != case:
                del sizes[name]
        return sizes


def _sizes(connection: Connection, wanted: Mapping[str, CaseId]) -> Iterator[tuple[str, int]]:
    elsewhere = select(quarantine.c.hash).where(quarantine.c.hash == bodies.c.hash).exists()
    for some in _chunks(sorted(wanted)):
        query = select(bodies.c.hash, func.length(bodies.c.bytes))
        found = connection.execute(query.where(bodies.c.hash.in_(some), ~elsewhere))
        yield from ((name, size) for name, size in found)


def _named(connection: Connection) -> Iterator[tuple[str, str]]:
    options = {"stream_results": True, "yield_per": EVENTS_AT_ONCE}
    query = select(events.c.case_id, events.c.body)
    with closing(connection.execute(query, execution_options=options)) as rows:
        for case, body in rows:
            for name in named_bytes(event_from(body)):
                yield case, name


def retire(database: Database, retirements: Sequence[Retirement]) -> int:
    """Write the events and delete the bytes, in one transaction."""
    with database.writing() as connection:
        names = [one.case.id for one in retirements]
        rows = states(connection, cases.c.id, names)
        return sum(_retire(connection, rows.get(one.case.id), one) for one in retirements)


def _retire(connection: Connection, row: Any, retirement: Retirement) -> bool:
    moved = row is None or row.version != retirement.case.version
    if moved or row.status != Status.CLOSED:
        return False
    after = evolve(retirement.case, retirement.event)
    append_event(connection, after, retirement.event)
    for some in _chunks(sorted(retirement.bodies)):
        connection.execute(delete(bodies).where(bodies.c.hash.in_(some)))
    mark = insert(connection, retired).values(case_id=after.id, version=after.version)
    key = [retired.c.case_id]
    connection.execute(
        mark.on_conflict_do_update(index_elements=key, set_={"version": after.version})
    )
    return True


def _chunks(names: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(names), VARIABLES_MAX):
        yield names[start : start + VARIABLES_MAX]
