"""Signs of life and canaries on the store."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select, update

from triage.adapters.storage.codec import maybe
from triage.adapters.storage.dialect import hold, insert
from triage.adapters.storage.engine import Database
from triage.adapters.storage.lookouts import columns, lookout_from, row_of
from triage.adapters.storage.rows import add_missing
from triage.adapters.storage.schema import arrivals, canaries
from triage.domain.hearing import Canary, Heard, Hearing
from triage.domain.lookout import Lookout
from triage.domain.moments import micros, moment
from triage.ports.hearings import Listen


class SqlHearings:
    """The hearings port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def heard(self, notes: Sequence[Heard], listen: Listen) -> None:
        if not notes:
            return
        with self._database.writing() as connection:
            # By name: what was never heard of has no row to hold.
            hold(connection, {f"heard:{note.lookout}" for note in notes})
            for note in notes:
                _put(connection, listen(_known(connection, note.lookout), note))

    def overdue(self, now: datetime) -> Sequence[Hearing]:
        late = (arrivals.c.deadline < micros(now), arrivals.c.told.is_(None))
        with self._database.reading() as connection:
            return [_hearing(row) for row in connection.execute(_ordered().where(*late))]

    def told(self, lookout: Lookout, at: datetime) -> None:
        query = update(arrivals).where(row_of(arrivals, lookout))
        with self._database.writing() as connection:
            connection.execute(query.values(told=micros(at)))

    def all(self) -> Sequence[Hearing]:
        with self._database.reading() as connection:
            return [_hearing(row) for row in connection.execute(_ordered())]


def _ordered() -> Any:
    return select(arrivals).order_by(arrivals.c.source, arrivals.c.account, arrivals.c.region)


def _known(connection: Connection, lookout: Lookout) -> Hearing | None:
    row = connection.execute(select(arrivals).where(row_of(arrivals, lookout))).first()
    return None if row is None else _hearing(row)


def _hearing(row: Any) -> Hearing:
    return Hearing(
        lookout=lookout_from(row),
        first=moment(row.first),
        last=moment(row.last),
        gaps=json.loads(row.gaps),
        deadline=maybe(row.deadline),
        told=maybe(row.told),
    )


def _put(connection: Connection, hearing: Hearing) -> None:
    rest = {
        "first": micros(hearing.first),
        "last": micros(hearing.last),
        "gaps": json.dumps(dict(hearing.gaps), sort_keys=True),
        "deadline": None if hearing.deadline is None else micros(hearing.deadline),
        "told": None if hearing.told is None else micros(hearing.told),
    }
    query = insert(connection, arrivals).values(**columns(hearing.lookout), **rest)
    key = [arrivals.c.source, arrivals.c.account, arrivals.c.region]
    connection.execute(query.on_conflict_do_update(index_elements=key, set_=rest))


class SqlCanaries:
    """The canaries port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def sent(self, canary: Canary) -> None:
        row = {"id": canary.id, "sent": micros(canary.sent), "due": micros(canary.due)}
        with self._database.writing() as connection:
            add_missing(connection, canaries, [row])

    def arrived(self, canary_id: str, at: datetime) -> bool:
        mine = update(canaries).where(canaries.c.id == canary_id)
        with self._database.writing() as connection:
            return connection.execute(mine.values(arrived=micros(at))).rowcount > 0

    def lost(self, now: datetime) -> Sequence[Canary]:
        out = (canaries.c.arrived.is_(None), canaries.c.told.is_(None))
        query = select(canaries).where(canaries.c.due < micros(now), *out)
        with self._database.reading() as connection:
            return [_canary(row) for row in connection.execute(query.order_by(canaries.c.sent))]

    def told(self, canary_id: str, at: datetime) -> None:
        mine = update(canaries).where(canaries.c.id == canary_id)
        with self._database.writing() as connection:
            connection.execute(mine.values(told=micros(at)))

    def newest(self) -> Canary | None:
        query = select(canaries).order_by(canaries.c.sent.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
            return None if row is None else _canary(row)


def _canary(row: Any) -> Canary:
    return Canary(
        id=row.id,
        sent=moment(row.sent),
        due=moment(row.due),
        arrived=maybe(row.arrived),
        told=maybe(row.told),
    )
