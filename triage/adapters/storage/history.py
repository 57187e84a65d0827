"""The history port: pages of cases with their events, one query a page."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime
from operator import itemgetter
from typing import Any, Final

from sqlalchemy import (
    Connection,
    Select,
    TableValuedAlias,
    Text,
    bindparam,
    exists,
    func,
    select,
    type_coerce,
)

from triage.adapters.storage.dialect import containing, listed
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import AFTER_ANY_NAME
from triage.adapters.storage.schema import bodies, cases, events
from triage.domain.case import CaseId
from triage.domain.moments import micros
from triage.ports.history import Past

CASES_AT_ONCE: Final = 1000
NAMES_AT_ONCE: Final = 5000
CASE_AND_SEQUENCE: Final = itemgetter(0, 1)

_WANTED = (
    select(type_coerce(cases.c.id, Text).label("id"))
    .where(
        cases.c.id > bindparam("after"),
        cases.c.id < bindparam("end"),
        cases.c.changed >= bindparam("since"),
    )
    .order_by(cases.c.id)
    .limit(bindparam("many"))
    .subquery()
)
# Sorted by us: told to, SQLite sorts all bytes of a page, though it finds them in this order.
_PAGE = select(
    _WANTED.c.id, events.c.sequence, events.c.body, type_coerce(events.c.hash, Text)
).select_from(_WANTED.outerjoin(events, events.c.case_id == _WANTED.c.id))


class SqlHistory:
    """The history port on a database. It makes no transaction that writes."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, since: datetime) -> int:
        query = select(func.count()).select_from(cases).where(cases.c.changed >= micros(since))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def pages(self, since: datetime, start: str = "") -> Iterator[Sequence[Past]]:
        wanted = {"since": micros(since), "end": start + AFTER_ANY_NAME, "many": CASES_AT_ONCE}
        after, more = start, True
        while more:
            page = self._page({**wanted, "after": after})
            more = len(page) == CASES_AT_ONCE
            if page:
                yield page
                after = page[-1].case

    def _page(self, wanted: Mapping[str, Any]) -> list[Past]:
        with self._database.reading() as connection:
            # All at once, and as the driver has them: each row wrapped takes a tenth longer, one
            # by one twice as long. A page is bounded.
            found: Any = connection.execute(_PAGE, wanted)
            rows = found.cursor.fetchall()
        return _by_case(rows)

    def telling(self, since: datetime, part: bytes) -> Iterator[Past]:
        # The rest of a case is read only where it says something: most say nothing.
        with self._database.reading() as connection:
            names = connection.scalars(_telling(connection, micros(since), part)).all()
        for some in _chunks(names, CASES_AT_ONCE):
            with self._database.reading() as connection:
                asked = listed(connection, some)
                rows: Any = connection.execute(_events_of(asked)).all()
            yield from _by_case(rows)

    def bodies(self, names: Collection[str]) -> Mapping[str, bytes]:
        with self._database.reading() as connection:
            return {
                name: body
                for some in _chunks(names)
                for name, body in connection.execute(_stored(connection, some)).all()
            }

    def gone(self, names: Collection[str]) -> frozenset[str]:
        with self._database.reading() as connection:
            return frozenset(
                name
                for some in _chunks(names)
                for name in connection.scalars(_gone(connection, some)).all()
            )


def _telling(connection: Connection, since: int, part: bytes) -> Select[Any]:
    told = containing(connection, events.c.body, part)
    said = exists().where(events.c.case_id == cases.c.id, told)
    return select(type_coerce(cases.c.id, Text)).where(cases.c.changed >= since, said)


def _events_of(asked: TableValuedAlias) -> Select[Any]:
    told = (events.c.sequence, events.c.body, type_coerce(events.c.hash, Text))
    return select(asked.c.value, *told).join(events, events.c.case_id == asked.c.value)


def _by_case(rows: Sequence[Any]) -> list[Past]:
    told: dict[str, list[Any]] = defaultdict(list)
    for row in sorted(rows, key=CASE_AND_SEQUENCE):
        told[row[0]].append(row)
    return [_past(case, events) for case, events in told.items()]


def _past(case: str, rows: Sequence[Any]) -> Past:
    # A case without an event, which nobody writes, has one row without a sequence.
    _, sequences, told, names = zip(*rows, strict=True)
    whole = sequences[0] is not None
    return Past(case=CaseId(case), events=told if whole else (), hashes=names if whole else ())


def _stored(connection: Connection, names: Sequence[str]) -> Any:
    asked = listed(connection, names)
    return select(bodies.c.hash, bodies.c.bytes).join(asked, asked.c.value == bodies.c.hash)


def _gone(connection: Connection, names: Sequence[str]) -> Any:
    asked = listed(connection, names)
    stored = select(bodies.c.hash).where(bodies.c.hash == asked.c.value)
    return select(asked.c.value).where(~stored.exists())


def _chunks(names: Collection[str], many: int = NAMES_AT_ONCE) -> Iterator[list[str]]:
    wanted = sorted(set(names))
    for at in range(0, len(wanted), many):
        yield wanted[at : at + many]
