"""Inventories on the store: one list a row."""

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import select, update

from triage.adapters.storage.codec import maybe, read
from triage.adapters.storage.dialect import insert
from triage.adapters.storage.engine import Database
from triage.adapters.storage.lookouts import columns, lookout_from, row_of
from triage.adapters.storage.schema import inventories
from triage.domain.inventory import Inventory, Items
from triage.domain.json import canonical
from triage.domain.lookout import Lookout
from triage.domain.moments import micros, moment


class SqlInventories:
    """The inventories port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def seen(self, lookout: Lookout) -> Inventory | None:
        with self._database.reading() as connection:
            row = connection.execute(
                select(inventories).where(row_of(inventories, lookout))
            ).first()
            return None if row is None else _inventory(row)

    def keep(self, lookout: Lookout, items: Items, at: datetime) -> None:
        rest = {"items": canonical(items).decode(), "listed": micros(at)}
        key = [inventories.c.source, inventories.c.account, inventories.c.region]
        with self._database.writing() as connection:
            query = insert(connection, inventories).values(**columns(lookout), **rest)
            connection.execute(query.on_conflict_do_update(index_elements=key, set_=rest))

    def accept(self, lookout: Lookout, *, by: str, at: datetime) -> None:
        mine = update(inventories).where(row_of(inventories, lookout))
        with self._database.writing() as connection:
            connection.execute(mine.values(accepted_by=by, accepted=micros(at)))

    def all(self) -> Sequence[Inventory]:
        places = (inventories.c.source, inventories.c.account, inventories.c.region)
        with self._database.reading() as connection:
            rows = connection.execute(select(inventories).order_by(*places))
            return [_inventory(row) for row in rows]


def _inventory(row: Any) -> Inventory:
    return Inventory(
        lookout=lookout_from(row),
        items=read(row.items),
        listed=moment(row.listed),
        accepted_by=row.accepted_by,
        accepted=maybe(row.accepted),
    )
