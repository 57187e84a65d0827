"""Switches on the store: one row each."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, select

from triage.adapters.storage.dialect import insert, locked
from triage.adapters.storage.engine import Database
from triage.adapters.storage.schema import switches
from triage.domain.moments import micros, moment
from triage.ports.switches import ALL, Switch

ENGINE = "triage"
"""By whom a rule is stopped that did not prove its repairs."""


class SqlSwitches:
    """The switches port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def halted(self) -> Switch | None:
        return self._thrown(ALL)

    def stopped(self, rule: str) -> Switch | None:
        return self._thrown(rule)

    def throw(self, name: str, *, by: str, because: str, at: datetime) -> Switch:
        with self._database.writing() as connection:
            known = _held(connection, name, at)
            return _keep(connection, replace(known, stopped=True, by=by, because=because, at=at))

    def release(self, name: str, *, by: str, at: datetime) -> Switch | None:
        with self._database.writing() as connection:
            known = _held(connection, name, at)
            if not known.stopped:
                return None
            after = replace(known, stopped=False, by=by, because="", at=at, misses=0)
            return _keep(connection, after)

    def miss(self, rule: str, *, most: int, because: str, at: datetime) -> Switch:
        with self._database.writing() as connection:
            known = _held(connection, rule, at)
            counted = replace(known, misses=known.misses + 1, at=at)
            if counted.misses >= most and not known.stopped:
                counted = replace(counted, stopped=True, by=ENGINE, because=because)
            return _keep(connection, counted)

    def all(self) -> Mapping[str, Switch]:
        with self._database.reading() as connection:
            rows = connection.execute(select(switches).order_by(switches.c.name))
            return {row.name: _switch(row) for row in rows}

    def _thrown(self, name: str) -> Switch | None:
        query = select(switches).where(switches.c.name == name, switches.c.stopped)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        return None if row is None else _switch(row)


def _held(connection: Connection, name: str, at: datetime) -> Switch:
    """The switch as it stands, its row held until the transaction ends."""
    row = connection.execute(locked(select(switches).where(switches.c.name == name))).first()
    return Switch(name=name, at=at) if row is None else _switch(row)


def _keep(connection: Connection, switch: Switch) -> Switch:
    values = {
        "stopped": switch.stopped,
        "by": switch.by,
        "because": switch.because,
        "at": micros(switch.at),
        "misses": switch.misses,
    }
    query = insert(connection, switches).values(name=switch.name, **values)
    connection.execute(query.on_conflict_do_update(index_elements=["name"], set_=values))
    return switch


def _switch(row: Any) -> Switch:
    return Switch(
        name=row.name,
        stopped=row.stopped,
        by=row.by,
        because=row.because,
        at=moment(row.at),
        misses=row.misses,
    )
