"""The history port: pages of cases with their events, in two queries a page."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select

from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import VARIABLES_MAX, begins
from triage.adapters.storage.schema import bodies, cases, events
from triage.domain.case import CaseId
from triage.domain.moments import micros
from triage.ports.history import Past

CASES_AT_ONCE = 500


class SqlHistory:
    """The history port on a database. It makes no transaction that writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, since: datetime) -> int:
        query = select(func.count()).select_from(cases).where(cases.c.changed >= micros(since))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def pages(self, since: datetime, start: str = "") -> Iterator[Sequence[Past]]:
        wanted = [cases.c.changed >= micros(since), *([begins(cases.c.id, start)] if start else [])]
        after = ""
        while page := self._page(wanted, after):
            yield page
            after = page[-1].case

    def _page(self, wanted: list[Any], after: str) -> list[Past]:
        some = select(cases.c.id).where(cases.c.id > after, *wanted)
        with self._database.reading() as connection:
            found = connection.execute(some.order_by(cases.c.id).limit(CASES_AT_ONCE)).scalars()
            names = list(found)
            told = _events(connection, names, wanted) if names else {}
        return [Past(case=CaseId(name), events=tuple(told[name])) for name in names]

    def bodies(self, names: Collection[str]) -> Mapping[str, bytes]:
        with self._database.reading() as connection:
            return {
                name: body
                for some in _chunks(names)
                for name, body in connection.execute(
                    select(bodies).where(bodies.c.hash.in_(some))
                ).all()
            }

    def kept(self, names: Collection[str]) -> frozenset[str]:
        found = select(bodies.c.hash)
        with self._database.reading() as connection:
            return frozenset(
                name
                for some in _chunks(names)
                for name in connection.scalars(found.where(bodies.c.hash.in_(some))).all()
            )


def _chunks(names: Collection[str]) -> Iterator[list[str]]:
    wanted = sorted(set(names))
    for at in range(0, len(wanted), VARIABLES_MAX):
        yield wanted[at : at + VARIABLES_MAX]


def _events(
    connection: Connection, names: Sequence[str], wanted: list[Any]
) -> Mapping[str, list[bytes]]:
    told: dict[str, list[bytes]] = defaultdict(list)
    query = select(events.c.case_id, events.c.body).join(cases, cases.c.id == events.c.case_id)
    query = query.where(events.c.case_id.between(names[0], names[-1]), *wanted)
    # All at once: row by row takes twice as long, and a page is bounded.
    rows = connection.execute(query.order_by(events.c.case_id, events.c.sequence)).all()
    for case, body in rows:
        told[case].append(body)
    return told
