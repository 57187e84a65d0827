"""How the work stands, from the indexes that the work itself uses."""

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Table, delete, func, select

from triage.adapters.storage.codec import maybe, read
from triage.adapters.storage.engine import Database
from triage.adapters.storage.schema import cases, effects, timers, watermarks
from triage.adapters.storage.schema_operating import heads, leaf_log, spending
from triage.adapters.storage.tallies import counts
from triage.domain.case import Status
from triage.domain.effect import EXPIRE, EffectStatus
from triage.domain.moments import micros, moment
from triage.domain.overview import Anchors, Lease, Overview, Spent, unanswered

COUNTED_MAX = 100_000
READ_MAX = 1000
"""Open escalations that are read for why an answer was unknown: the newest."""
SHOWN_MAX = 50
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
FRESH = timedelta(minutes=3)
"""A worker notes every minute; what is older is of one that has stopped."""
OUTLIVED = timedelta(minutes=5)
"""How long taking a block back takes at the most, while nothing is wrong."""
UNREADABLE = (ValueError, KeyError, TypeError, AttributeError)


class SqlOverviews:
    """The overviews and ledger ports on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def look(self, now: datetime) -> Overview:
        with self._database.reading() as connection:
            return Overview(
                at=now,
                due=_up_to(connection, cases.c.due <= micros(now)),
                oldest_due=maybe(connection.execute(select(func.min(cases.c.due))).scalar()),
                cases=_by_status(connection),
                unanswered=_unanswered(connection),
                effects=_effects(connection, now),
                timers=_timers(connection, now),
                leases=tuple(_leases(connection, now)),
                anchors=_anchors(connection),
                per_hour=counts(connection, now, HOUR),
                spent=tuple(_spent(connection, now)),
            )

    def note(self, owner: str, spent: Sequence[Spent], at: datetime) -> None:
        rows = [
            {
                "owner": owner,
                "api": one.api,
                "account": one.account,
                "region": one.region,
                "used": one.used,
                "refused": one.refused,
                "allowed": one.allowed,
                "at": micros(at),
            }
            for one in spent
        ]
        with self._database.writing() as connection:
            connection.execute(delete(spending).where(spending.c.owner == owner))
            connection.execute(delete(spending).where(spending.c.at < micros(at - HOUR)))
            if rows:
                connection.execute(spending.insert(), rows)


def _up_to(connection: Connection, *wanted: Any) -> int:
    """Count, but no further than is worth knowing."""
    some = select(1).where(*wanted).limit(COUNTED_MAX).subquery()
    return connection.execute(select(func.count()).select_from(some)).scalar_one()


def _by_status(connection: Connection) -> Mapping[str, int]:
    query = select(cases.c.status, func.count().label("n")).group_by(cases.c.status)
    return {row.status: row.n for row in connection.execute(query)}


def _unanswered(connection: Connection) -> Mapping[str, int]:
    query = select(cases.c.state).where(cases.c.status == Status.ESCALATED)
    newest = query.order_by(cases.c.changed.desc()).limit(READ_MAX)
    found: Counter[str] = Counter()
    for row in connection.execute(newest):
        try:
            found.update(unanswered(read(row.state)["decided"]))
        except UNREADABLE:
            continue  # the audit names it
    return dict(sorted(found.items()))


def _effects(connection: Connection, now: datetime) -> Mapping[str, int]:
    """What waits, and what ended in the last day."""
    waiting, late = effects.c.status == EffectStatus.INTENDED, effects.c.due <= micros(now)
    lately = effects.c.due >= micros(now - DAY)
    return {
        "intended": _up_to(connection, waiting),
        "overdue": _up_to(connection, waiting, late),
        **{
            f"{status} in 24 h": _up_to(connection, effects.c.status == status, lately)
            for status in (EffectStatus.DONE, EffectStatus.ABANDONED)
        },
    }


def _timers(connection: Connection, now: datetime) -> Mapping[str, int]:
    late = timers.c.due <= micros(now)
    gone = (timers.c.kind == EXPIRE, timers.c.due <= micros(now - OUTLIVED))
    return {
        "set": _up_to(connection, timers.c.due > 0),
        "overdue": _up_to(connection, late),
        "blocks past their end": _up_to(connection, *gone),
    }


LEASED: tuple[tuple[str, Table], ...] = (
    ("cases", cases),
    ("effects", effects),
    ("timers", timers),
    ("lookouts", watermarks),
)


def _leases(connection: Connection, now: datetime) -> Iterator[Lease]:
    """Who holds what. What is held is due, so the oldest of that are enough to look at."""
    for kind, table in LEASED:
        some = select(table.c.lease_owner, table.c.lease_until).where(table.c.due <= micros(now))
        if table is effects:
            some = some.where(effects.c.status == EffectStatus.INTENDED)
        oldest = some.order_by(table.c.due).limit(READ_MAX).subquery()
        held = (oldest.c.lease_owner.is_not(None), oldest.c.lease_until >= micros(now))
        until = func.max(oldest.c.lease_until).label("until")
        query = select(oldest.c.lease_owner, func.count().label("n"), until).where(*held)
        grouped = query.group_by(oldest.c.lease_owner).order_by(oldest.c.lease_owner)
        for row in connection.execute(grouped.limit(SHOWN_MAX)):
            yield Lease(owner=row.lease_owner, kind=kind, count=row.n, until=moment(row.until))


def _anchors(connection: Connection) -> Anchors:
    log = connection.execute(select(leaf_log.c.size, leaf_log.c.appended)).first()
    head = connection.execute(select(heads).order_by(heads.c.size.desc()).limit(1)).first()
    return Anchors(
        events=log.size if log else 0,
        appended=maybe(log.appended) if log else None,
        exported=head.size if head else 0,
        exported_at=moment(head.at) if head else None,
    )


def _spent(connection: Connection, now: datetime) -> Iterator[Spent]:
    """What all workers spent together; what each may is said of all of them, as AWS says it."""
    place = (spending.c.api, spending.c.account, spending.c.region)
    used, refused = func.sum(spending.c.used), func.sum(spending.c.refused)
    allowed = func.max(spending.c.allowed)
    query = select(
        *place, used.label("used"), refused.label("refused"), allowed.label("allowed")
    ).where(spending.c.at >= micros(now - FRESH))
    share = (used * 1000 / allowed).desc()
    for row in connection.execute(query.group_by(*place).order_by(share, *place).limit(SHOWN_MAX)):
        yield Spent(
            api=row.api,
            account=row.account,
            region=row.region,
            used=int(row.used),
            refused=int(row.refused),
            allowed=int(row.allowed),
        )
