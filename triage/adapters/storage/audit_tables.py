"""Has anybody touched what stands beside the cases? Columns, strays, bodies."""

from collections.abc import Iterator, Mapping
from typing import Any

from sqlalchemy import Column, Table, func, select

from triage.adapters.storage.audit_links import UNREADABLE
from triage.adapters.storage.codec import case_from
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import case_columns
from triage.adapters.storage.schema import bodies, cases, effects, events, quarantine, timers
from triage.adapters.storage.schema_operating import leaves
from triage.domain.json import digest

AT_ONCE = 200
BODIES_AT_ONCE = 20
"""Bodies are up to a mebibyte each."""


def columns(database: Database, after: str, until: str | None) -> Iterator[str]:
    """Compare the columns that queries use with the state they repeat."""
    for row in _pages(database, cases, cases.c.id, AT_ONCE, (after, until)):
        try:
            repeated: Mapping[str, Any] = case_columns(case_from(row.state))
        except UNREADABLE:
            continue  # said already
        wrong = [name for name, value in repeated.items() if getattr(row, name) != value]
        if wrong:
            yield f"case {row.id}: {', '.join(wrong)} is not what its state says"


def strays(database: Database) -> Iterator[str]:
    """Name what belongs to nothing."""
    owned = (
        (events, events.c.case_id, cases.c.id, "case"),
        (effects, effects.c.case_id, cases.c.id, "case"),
        (timers, timers.c.case_id, cases.c.id, "case"),
        (quarantine, quarantine.c.hash, bodies.c.hash, "body"),
    )
    for table, column, target, noun in owned:
        query = select(column).distinct().outerjoin_from(table, target.table, column == target)
        with database.reading() as connection:
            for name in connection.execute(query.where(target.is_(None))).scalars():
                yield f"{table.name}: there is no {noun} {name}"
    yield from _whole_cases(database)


def _whole_cases(database: Database) -> Iterator[str]:
    """Name every case that is gone as a whole; the log remembers it."""
    same = leaves.c.case_id == cases.c.id
    query = select(leaves.c.case_id, func.count().label("n")).outerjoin_from(leaves, cases, same)
    query = query.where(cases.c.id.is_(None)).group_by(leaves.c.case_id).order_by(leaves.c.case_id)
    with database.reading() as connection:
        for row in connection.execute(query):
            yield f"case {row.case_id} is gone, and {row.n} events of it were anchored"


def look_at_bodies(database: Database, after: str, until: str | None) -> tuple[int, list[str]]:
    """Compare bytes with the hashes they are stored under; say how many."""
    count = 0
    problems: list[str] = []
    for row in _pages(database, bodies, bodies.c.hash, BODIES_AT_ONCE, (after, until)):
        count += 1
        if not isinstance(row.bytes, bytes) or digest(row.bytes) != row.hash:
            problems.append(f"body {row.hash}: its bytes are others")
    return count, problems


def _pages(
    database: Database,
    table: Table,
    name: Column[str],
    at_once: int,
    between: tuple[str, str | None],
) -> Iterator[Any]:
    after, until = between
    while True:
        query = select(table).where(name > after).order_by(name).limit(at_once)
        query = query if until is None else query.where(name <= until)
        with database.reading() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        yield from rows
        after = getattr(rows[-1], name.name)
