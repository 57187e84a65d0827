"""Effects and timers: claimed by lease, ended or postponed."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Table, delete, or_, select, update

from triage.adapters.storage.dialect import locked
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import begins, effect_from, timer_from
from triage.adapters.storage.schema import effects, timers
from triage.domain.effect import Effect, EffectStatus, Timer
from triage.domain.errors import NoSuchEffect
from triage.domain.moments import micros

FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}


class SqlOutbox:
    """The outbox port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def claim_effects(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Effect]:
        waiting = effects.c.status == EffectStatus.INTENDED
        counted = {"attempts": effects.c.attempts + 1}
        rows = self._claim(effects, waiting, counted, now, owner, at_most, lease_seconds)
        return [effect_from(row) for row in rows]

    def finish(self, effect: Effect, *, owner: str, status: EffectStatus, outcome: str) -> None:
        self._end(effect, owner, {"status": status, "outcome": outcome})

    def postpone(
        self, effect: Effect, *, owner: str, due: datetime, outcome: str, counted: bool = True
    ) -> None:
        tried = {} if counted else {"attempts": effect.attempts - 1}
        self._end(effect, owner, {"due": micros(due), "outcome": outcome, **tried})

    def _end(self, effect: Effect, owner: str, columns: dict[str, Any]) -> None:
        # Every claim counts an attempt: whoever claimed it before holds an older number.
        mine = (
            effects.c.id == effect.id,
            effects.c.lease_owner == owner,
            effects.c.attempts == effect.attempts,
        )
        with self._database.writing() as connection:
            connection.execute(update(effects).where(*mine).values(**columns, **FREE))

    def effects(self, *, case_id: str | None = None, at_most: int = 100) -> Sequence[Effect]:
        query = select(effects).order_by(effects.c.due.desc(), effects.c.id).limit(at_most)
        if case_id is not None:
            query = query.where(effects.c.case_id == case_id)
        with self._database.reading() as connection:
            return [effect_from(row) for row in connection.execute(query)]

    def recent(self, kind: str, *, since: datetime, at_most: int) -> Sequence[Effect]:
        late = (effects.c.kind == kind, effects.c.due >= micros(since))
        query = select(effects).where(*late).order_by(effects.c.due, effects.c.id).limit(at_most)
        with self._database.reading() as connection:
            return [effect_from(row) for row in connection.execute(query)]

    def effect(self, effect_id: str) -> Effect:
        query = select(effects).where(begins(effects.c.id, effect_id.lower())).limit(2)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1 or not effect_id:
            raise NoSuchEffect(effect_id)
        return effect_from(rows[0])

    def insist(self, effect: Effect, *, now: datetime) -> bool:
        again = {"status": EffectStatus.INTENDED, "due": micros(now), "attempts": 0, **FREE}
        return self._unless_done(effect, again)

    def give_up(self, effect: Effect, *, outcome: str) -> bool:
        over = {"status": EffectStatus.ABANDONED, "outcome": outcome}
        return self._unless_done(effect, over, effects.c.lease_owner.is_(None))

    def _unless_done(self, effect: Effect, columns: dict[str, Any], *more: Any) -> bool:
        mine = (effects.c.id == effect.id, effects.c.status != EffectStatus.DONE, *more)
        with self._database.writing() as connection:
            changed = connection.execute(update(effects).where(*mine).values(**columns))
            return changed.rowcount > 0

    def claim_timers(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Timer]:
        rows = self._claim(timers, True, {}, now, owner, at_most, lease_seconds)  # noqa: FBT003
        return [timer_from(row) for row in rows]

    def fired(self, timer: Timer, *, owner: str) -> None:
        mine = (timers.c.id == timer.id, timers.c.lease_owner == owner)
        with self._database.writing() as connection:
            connection.execute(delete(timers).where(*mine))

    def _claim(  # noqa: PLR0913, PLR0917 - the two tables' ports share every one of these
        self,
        table: Table,
        waiting: Any,
        counted: dict[str, Any],
        now: datetime,
        owner: str,
        at_most: int,
        lease_seconds: float,
    ) -> Sequence[Any]:
        free = or_(table.c.lease_until.is_(None), table.c.lease_until < micros(now))
        due = select(table.c.id).where(waiting, table.c.due <= micros(now), free)
        with self._database.reading() as connection:
            if connection.execute(due.limit(1)).first() is None:
                return ()
        until = micros(now + timedelta(seconds=lease_seconds))
        with self._database.leasing() as connection:
            oldest = due.order_by(table.c.due, table.c.id).limit(at_most)
            names = connection.execute(locked(oldest, skip=True)).scalars().all()
            lease = update(table).where(table.c.id.in_(names))
            connection.execute(lease.values(lease_owner=owner, lease_until=until, **counted))
            taken = select(table).where(table.c.id.in_(names)).order_by(table.c.due, table.c.id)
            return connection.execute(taken).all()
