"""Watermarks: how far each lookout has come, claimed by lease."""

from collections.abc import Sequence
from dataclasses import asdict
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Select, or_, select, update

from triage.adapters.storage.codec import read
from triage.adapters.storage.dialect import locked
from triage.adapters.storage.engine import Database
from triage.adapters.storage.lookouts import columns, lookout_from, row_of
from triage.adapters.storage.rows import add_missing
from triage.adapters.storage.schema import watermarks
from triage.domain.json import canonical
from triage.domain.lookout import Lookout, Progress, Tally, Window
from triage.domain.moments import micros, moment


class SqlWatermarks:
    """The watermarks port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._there: set[Lookout] = set()
        """Those known to have a row, so that asking again every second costs nothing."""

    def ensure(self, lookouts: Sequence[Lookout], *, due: datetime) -> None:
        if self._there.issuperset(lookouts):
            return
        self._add({one.lookout for one in self.all()}, lookouts, due)
        self._there.update(lookouts)

    def _add(self, known: set[Lookout], lookouts: Sequence[Lookout], due: datetime) -> None:
        new = [Progress(lookout=one, due=due) for one in lookouts if one not in known]
        if new:
            rows = [{**columns(one.lookout), **_columns(one)} for one in new]
            with self._database.writing() as connection:
                add_missing(connection, watermarks, rows)

    def claim(
        self,
        *,
        now: datetime,
        owner: str,
        at_most: int,
        lease_seconds: float,
        among: Sequence[Lookout],
    ) -> Sequence[Progress]:
        wanted = frozenset(among)
        with self._database.reading() as connection:
            if not _those(connection, _due(now), wanted):
                return ()
        until = micros(now + timedelta(seconds=lease_seconds))
        with self._database.writing() as connection:
            taken = _those(connection, locked(_due(now), skip=True), wanted)[:at_most]
            for one in taken:
                lease = update(watermarks).where(row_of(watermarks, one.lookout))
                connection.execute(lease.values(lease_owner=owner, lease_until=until))
        return taken

    def keep(self, progress: Progress, *, owner: str) -> bool:
        mine = (row_of(watermarks, progress.lookout), watermarks.c.lease_owner == owner)
        free = {"lease_owner": None, "lease_until": None}
        with self._database.writing() as connection:
            query = update(watermarks).where(*mine).values(**_columns(progress), **free)
            return connection.execute(query).rowcount > 0

    def hasten(self, lookouts: Sequence[Lookout], *, due: datetime) -> None:
        with self._database.writing() as connection:
            for one in lookouts:
                later = (row_of(watermarks, one), watermarks.c.due > micros(due))
                connection.execute(update(watermarks).where(*later).values(due=micros(due)))

    def all(self) -> Sequence[Progress]:
        places = (watermarks.c.source, watermarks.c.account, watermarks.c.region)
        with self._database.reading() as connection:
            rows = connection.execute(select(watermarks).order_by(*places))
            return [_progress(row) for row in rows]


def _due(now: datetime) -> Select[Any]:
    held = watermarks.c.lease_until
    free = or_(held.is_(None), held < micros(now))
    query = select(watermarks).where(watermarks.c.due <= micros(now), free)
    return query.order_by(watermarks.c.due, watermarks.c.account)


def _those(connection: Connection, query: Select[Any], among: frozenset[Lookout]) -> list[Progress]:
    return [_progress(row) for row in connection.execute(query) if lookout_from(row) in among]


def _columns(progress: Progress) -> dict[str, Any]:
    window = progress.window
    state = {
        "reached": progress.reached and micros(progress.reached),
        "window": window and [micros(window.start), micros(window.end)],
        "cursor": progress.cursor,
        "tally": asdict(progress.tally),
        "last": asdict(progress.last),
        "total": asdict(progress.total),
        "cycles": progress.cycles,
        "problem": progress.problem,
        "failures": progress.failures,
    }
    return {"state": canonical(state).decode(), "due": micros(progress.due)}


def _progress(row: Any) -> Progress:
    state = read(row.state)
    window, reached = state["window"], state["reached"]
    return Progress(
        lookout=lookout_from(row),
        due=moment(row.due),
        reached=None if reached is None else moment(reached),
        window=Window(start=moment(window[0]), end=moment(window[1])) if window else None,
        cursor=state["cursor"],
        tally=Tally(**state["tally"]),
        last=Tally(**state["last"]),
        total=Tally(**state["total"]),
        cycles=state["cycles"],
        problem=state["problem"],
        failures=state["failures"],
    )
