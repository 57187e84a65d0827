"""The register of closes, and the events of licences, on the store."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.exc import IntegrityError

from triage.adapters.storage.codec import read
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import add_missing
from triage.adapters.storage.schema import cases
from triage.adapters.storage.schema_licensing import closes, grants
from triage.domain.case import CaseId
from triage.domain.closed import Closed, Pace
from triage.domain.decision import Ground
from triage.domain.grant import Grant, GrantKind
from triage.domain.json import canonical
from triage.domain.moments import micros, moment
from triage.domain.severity import Label
from triage.ports.grants import LicenceMoved


def add_closes(connection: Connection, made: Iterable[Closed]) -> None:
    """Enter closes, in the transaction of the decisions that made them."""
    add_missing(connection, closes, [_row(one) for one in made])


class SqlCloses:
    """The closes port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def pace(
        self, rule: str, tier: str, *, ground: Ground, since: datetime | None, week: datetime
    ) -> Pace:
        mine = [closes.c.rule == rule, closes.c.tier == tier, closes.c.ground == ground]
        start = [] if since is None else [closes.c.at >= micros(since)]
        before = select(func.count()).select_from(closes)
        with self._database.reading() as connection:
            return Pace(
                before=connection.execute(before.where(*mine, *start)).scalar_one(),
                last_week=connection.execute(
                    before.where(*mine, closes.c.at >= micros(week))
                ).scalar_one(),
            )

    def unseen(self, *, at_most: int) -> Sequence[Closed]:
        query = select(closes).join(cases, cases.c.id == closes.c.case_id)
        query = query.where(cases.c.version > closes.c.looked)
        return self._found(query.order_by(closes.c.at, closes.c.event).limit(at_most))

    def looked(self, closed: Closed) -> None:
        query = update(closes).where(closes.c.event == closed.event)
        names = ("looked", "real", "by", "severity")
        values = {name: getattr(closed, name) for name in names}
        with self._database.writing() as connection:
            connection.execute(query.values(**values))

    def waiting(self, *, at_most: int) -> Sequence[Closed]:
        query = select(closes).where(closes.c.chosen, closes.c.real.is_(None))
        return self._found(query.order_by(closes.c.due, closes.c.event).limit(at_most))

    def since(
        self, at: datetime, *, rule: str | None = None, tier: str | None = None
    ) -> Sequence[Closed]:
        wanted = [closes.c.at >= micros(at)]
        wanted += [closes.c.rule == rule] if rule is not None else []
        wanted += [closes.c.tier == tier] if tier is not None else []
        return self._found(select(closes).where(*wanted).order_by(closes.c.at, closes.c.event))

    def _found(self, query: Any) -> Sequence[Closed]:
        with self._database.reading() as connection:
            return [_closed(row) for row in connection.execute(query)]


def _row(one: Closed) -> dict[str, Any]:
    return {
        "event": one.event,
        "case_id": one.case,
        "rule": one.rule,
        "name": one.name,
        "tier": one.tier,
        "ground": one.ground,
        "severity": one.severity,
        "at": micros(one.at),
        "rate": one.rate,
        "chosen": one.chosen,
        "due": micros(one.due),
        "looked": one.looked,
        "real": one.real,
        "by": one.by,
    }


def _closed(row: Any) -> Closed:
    return Closed(
        event=row.event,
        case=CaseId(row.case_id),
        rule=row.rule,
        name=row.name,
        tier=row.tier,
        ground=Ground(row.ground),
        severity=Label(row.severity),
        at=moment(row.at),
        rate=row.rate,
        chosen=row.chosen,
        due=moment(row.due),
        looked=row.looked,
        real=row.real,
        by=row.by,
    )


class SqlGrants:
    """The grants port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def add(self, grant: Grant) -> None:
        row = {
            "rule": grant.rule,
            "tier": grant.tier,
            "number": grant.number,
            "name": grant.name,
            "kind": grant.kind,
            "at": micros(grant.at),
            "by": grant.by,
            "data": canonical(grant.data).decode(),
        }
        try:
            with self._database.writing() as connection:
                connection.execute(grants.insert().values(**row))
        except IntegrityError as error:
            raise LicenceMoved(grant) from error

    def all(self) -> Sequence[Grant]:
        query = select(grants).order_by(grants.c.rule, grants.c.tier, grants.c.number)
        with self._database.reading() as connection:
            return [_grant(row) for row in connection.execute(query)]


def _grant(row: Any) -> Grant:
    return Grant(
        rule=row.rule,
        tier=row.tier,
        number=row.number,
        name=row.name,
        kind=GrantKind(row.kind),
        at=moment(row.at),
        by=row.by,
        data=read(row.data),
    )
