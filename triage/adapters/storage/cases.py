"""Cases: claimed, settled, appended to, read."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import func, or_, select, update

from triage.adapters.storage import signature_uses
from triage.adapters.storage.blame import is_poison
from triage.adapters.storage.chains import chains
from triage.adapters.storage.closes import add_closes
from triage.adapters.storage.codec import case_from, event_from, maybe
from triage.adapters.storage.dialect import locked
from triage.adapters.storage.engine import Database
from triage.adapters.storage.receiving import receive
from triage.adapters.storage.retiring import retirable, retire, spared
from triage.adapters.storage.rows import (
    add_bodies,
    add_effects,
    add_timers,
    append_event,
    begins,
    event_exists,
    states,
)
from triage.adapters.storage.schema import bodies, cases, events
from triage.adapters.storage.settling import FREE, settle
from triage.domain.case import Case, CaseEvent, CaseId, Status, evolve
from triage.domain.closed import Closed
from triage.domain.effect import Effect, Timer
from triage.domain.errors import NoSuchCase, StaleCase, Unstorable
from triage.domain.message import Parsed, Receipt
from triage.domain.moments import micros
from triage.domain.person import Use
from triage.domain.ticket import FindingClass
from triage.ports.case_store import Admit, Chain, Claim, Filter, Retirement, Settlement

LEASES_MAX = 4


class Cases:
    """The case store port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def receive(self, batch: Sequence[Parsed], admit: Admit) -> Sequence[Receipt]:
        return receive(self._database, batch, admit)

    def claim(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Claim]:
        if not self._any_due(now):
            return ()
        with self._database.leasing() as connection:
            oldest = _due(now).order_by(cases.c.due, cases.c.id).limit(at_most)
            rows = connection.execute(locked(oldest, skip=True)).all()
            until = {row.id: now + timedelta(seconds=lease_seconds * _times(row)) for row in rows}
            for end, names in _together(until):
                lease = update(cases).where(cases.c.id.in_(names))
                connection.execute(
                    lease.values(lease_owner=owner, lease_until=end, fence=cases.c.fence + 1)
                )
        return [claim for row in rows if (claim := _claim(row, until[row.id])) is not None]

    def _any_due(self, now: datetime) -> bool:
        # Looking costs no write lock, and most of the time nothing is due.
        with self._database.reading() as connection:
            return connection.execute(_due(now).limit(1)).first() is not None

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[Case | None]:
        try:
            return self._database.transact(lambda connection: settle(connection, settlements))
        except Exception as error:
            if is_poison(error):
                raise Unstorable(error) from error
            raise

    def release(self, claims: Sequence[Claim], *, due: datetime) -> None:
        with self._database.writing() as connection:
            for claim in claims:
                query = update(cases).where(
                    cases.c.id == claim.case.id, cases.c.fence == claim.fence
                )
                connection.execute(query.values(due=micros(due), **FREE))

    def append(  # noqa: PLR0913 - an event, and all that is written with it
        self,
        case_id: CaseId,
        event: CaseEvent,
        *,
        version: int,
        effects: Sequence[Effect] = (),
        timers: Sequence[Timer] = (),
        due: datetime | None = None,
        closed: Closed | None = None,
    ) -> Case:
        with self._database.writing() as connection:
            row = states(connection, cases.c.id, [case_id]).get(case_id)
            if row is None:
                raise NoSuchCase(case_id)
            case = case_from(row.state)
            if event_exists(connection, case_id, event.id):
                return case
            if case.version != version:
                raise StaleCase(case_id, version, case.version)
            after = evolve(case, event)
            # Whoever closed it has seen all of it: there is nothing left to decide.
            over = after.status is Status.CLOSED
            changed = {"due": None} if over else {"due": micros(due)} if due else {}
            append_event(connection, after, event, **changed)
            signature_uses.note(connection, after, event)
            add_effects(connection, effects)
            add_timers(connection, timers)
            add_closes(connection, [closed] if closed else [])
            return after

    def used(self, signatures: Sequence[str], *, since: datetime, apart: str) -> Mapping[str, Use]:
        with self._database.reading() as connection:
            return signature_uses.used(connection, signatures, since=since, apart=apart)

    def attesting(self) -> Sequence[str]:
        with self._database.reading() as connection:
            return signature_uses.unended(connection)

    def attested(self, signature: str, *, at_most: int) -> Sequence[Case]:
        with self._database.reading() as connection:
            return signature_uses.held(connection, signature, at_most)

    def case(self, case_id: str) -> Case:
        start = case_id.lower()
        query = select(cases.c.state).where(begins(cases.c.id, start)).limit(2)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1 or not start:
            raise NoSuchCase(case_id)
        return case_from(rows[0].state)

    def cases(self, wanted: Filter) -> Sequence[Case]:
        query = select(cases.c.state).order_by(cases.c.changed.desc(), cases.c.id)
        for column, value in (
            (cases.c.status, wanted.status),
            (cases.c.type, wanted.type),
            (cases.c.account, wanted.account),
        ):
            query = query.where(column == value) if value is not None else query
        with self._database.reading() as connection:
            rows = connection.execute(query.limit(wanted.limit)).all()
        return [case_from(row.state) for row in rows]

    def events(self, case_id: CaseId) -> Sequence[CaseEvent]:
        query = select(events.c.body).where(events.c.case_id == case_id)
        with self._database.reading() as connection:
            rows = connection.execute(query.order_by(events.c.sequence)).all()
        return [event_from(row.body) for row in rows]

    def count(self) -> Mapping[str, int]:
        by_status = select(cases.c.status, func.count().label("n")).group_by(cases.c.status)
        due = select(func.count()).where(cases.c.due.is_not(None))
        with self._database.reading() as connection:
            counts = {row.status: row.n for row in connection.execute(by_status)}
            counts["due"] = connection.execute(due).scalar_one()
        return counts

    def oldest_due(self) -> datetime | None:
        """When the case that waits longest was due."""
        with self._database.reading() as connection:
            return maybe(connection.execute(select(func.min(cases.c.due))).scalar())

    def body(self, digest: str) -> bytes | None:
        query = select(bodies.c.bytes).where(bodies.c.hash == digest)
        with self._database.reading() as connection:
            return connection.execute(query).scalar()

    def bodies(self, digests: Collection[str]) -> Mapping[str, bytes]:
        query = select(bodies).where(bodies.c.hash.in_(sorted(digests)))
        with self._database.reading() as connection:
            return {row.hash: row.bytes for row in connection.execute(query)}

    def keep(self, kept: Mapping[str, bytes]) -> None:
        with self._database.writing() as connection:
            add_bodies(connection, kept.items())

    def chains(self, *, after: str = "", until: str | None = None) -> Iterator[Chain]:
        return chains(self._database, after, until)

    def retirable(
        self, finding_class: FindingClass, *, before: datetime, at_most: int
    ) -> Sequence[Case]:
        return retirable(self._database, finding_class, before=before, at_most=at_most)

    def spared(self, bodies: Mapping[str, CaseId]) -> Mapping[str, int]:
        return spared(self._database, bodies)

    def retire(self, retirements: Sequence[Retirement]) -> int:
        return retire(self._database, retirements)


def _due(now: datetime) -> Any:
    free = or_(cases.c.lease_until.is_(None), cases.c.lease_until < micros(now))
    wanted = select(cases.c.id, cases.c.state, cases.c.fence, cases.c.version)
    return wanted.where(cases.c.due <= micros(now), free)


def _times(row: Any) -> int:
    """How many leases long a claim is: longer each time that nothing came of the last ones.

    A machine too slow for its lease would otherwise decide for ever, and be fenced every time.
    """
    lost: int = row.fence - row.version
    return min(max(lost + 1, 1), LEASES_MAX)


def _together(until: Mapping[str, datetime]) -> Iterator[tuple[int, list[str]]]:
    """The names that share a moment, by that moment; nearly always all of them."""
    for end in sorted(set(until.values())):
        yield micros(end), [name for name, one in until.items() if one == end]


def _claim(row: Any, until: datetime) -> Claim | None:
    # A row that somebody damaged must not keep the others waiting: it stays under its lease,
    # due, where /readyz and the audit see it.
    try:
        return Claim(case=case_from(row.state), fence=row.fence + 1, until=until)
    except (ValueError, KeyError, TypeError):
        return None
