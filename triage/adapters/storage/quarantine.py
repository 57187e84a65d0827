"""Quarantine on the store: one row for the same bytes, however often they came."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import func, select, update

from triage.adapters.storage.codec import maybe
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import begins
from triage.adapters.storage.schema import bodies, quarantine
from triage.domain.errors import NoSuchEntry
from triage.domain.moments import micros, moment
from triage.ports.quarantine import Quarantined

NAME_LENGTH = 16


class SqlQuarantine:
    """The quarantine port on a database. An entry's id is the start of its bytes' hash."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def list(self, *, at_most: int = 50, waiting: bool = True) -> Sequence[Quarantined]:
        query = select(quarantine).order_by(quarantine.c.received.desc(), quarantine.c.hash)
        if waiting:
            query = query.where(quarantine.c.replayed.is_(None))
        with self._database.reading() as connection:
            return [_entry(row) for row in connection.execute(query.limit(at_most))]

    def show(self, entry_id: str) -> tuple[Quarantined, bytes]:
        start = entry_id.lower()
        query = select(quarantine, bodies.c.bytes).join(bodies)
        query = query.where(begins(quarantine.c.hash, start)).limit(2)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1 or not start:
            raise NoSuchEntry(entry_id)
        return _entry(rows[0]), rows[0].bytes

    def replayed(self, entry_id: str, *, at: datetime) -> None:
        entry, _ = self.show(entry_id)
        query = update(quarantine).where(begins(quarantine.c.hash, entry.id))
        with self._database.writing() as connection:
            connection.execute(query.values(replayed=micros(at)))

    def count(self) -> int:
        query = select(func.count()).where(quarantine.c.replayed.is_(None))
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()


def _entry(row: Any) -> Quarantined:
    return Quarantined(
        id=row.hash[:NAME_LENGTH],
        reason=row.reason,
        received=moment(row.received),
        size=row.size,
        replayed=maybe(row.replayed),
    )
