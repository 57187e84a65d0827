"""Cases as they are stored, byte for byte, for an audit."""

from collections import defaultdict
from collections.abc import Iterator, Sequence
from typing import Any

from sqlalchemy import Connection, Select, select

from triage.adapters.storage.engine import Database
from triage.adapters.storage.schema import cases, effects, events
from triage.adapters.storage.schema_operating import leaves
from triage.ports.case_store import Chain

AT_ONCE = 500


def chains(database: Database, after: str, until: str | None) -> Iterator[Chain]:
    """Every case between two ids, in their order; each page is of one moment."""
    while page := _page(database, after, until):
        yield from page
        after = page[-1].case


def _page(database: Database, after: str, until: str | None) -> list[Chain]:
    some = select(cases.c.id, cases.c.key, cases.c.state).where(cases.c.id > after)
    some = some if until is None else some.where(cases.c.id <= until)
    with database.reading() as connection:
        rows = connection.execute(some.order_by(cases.c.id).limit(AT_ONCE)).all()
        return _chains(connection, rows) if rows else []


def _chains(connection: Connection, rows: Sequence[Any]) -> list[Chain]:
    """Give a page of cases what belongs to them, in one query a table."""
    first, last = rows[0].id, rows[-1].id
    event, effect, leaf = events.c, effects.c, leaves.c
    links = _by_case(
        connection,
        select(event.case_id, event.id, event.body, event.hash, event.sequence)
        .where(event.case_id.between(first, last))
        .order_by(event.case_id, event.sequence),
    )
    wanted = _by_case(
        connection,
        select(effect.case_id, effect.id, effect.data)
        .where(effect.case_id.between(first, last))
        .order_by(effect.case_id, effect.id),
    )
    anchored = _by_case(
        connection,
        select(leaf.case_id, leaf.sequence, leaf.hash)
        .where(leaf.case_id.between(first, last))
        .order_by(leaf.case_id, leaf.sequence),
    )
    return [
        Chain(
            case=row.id,
            key=row.key,
            state=row.state,
            links=tuple(links[row.id]),
            effects=tuple(wanted[row.id]),
            leaves=tuple(anchored[row.id]),
        )
        for row in rows
    ]


def _by_case(connection: Connection, query: Select[Any]) -> dict[str, list[Any]]:
    found: dict[str, list[Any]] = defaultdict(list)
    for case, *rest in connection.execute(query):
        found[case].append(tuple(rest))
    return found
