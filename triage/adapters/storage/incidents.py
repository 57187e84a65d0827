"""Incidents: what cases share, and which of them speaks for the others."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Select, and_, func, or_, select, update

from triage.adapters.storage.codec import case_from
from triage.adapters.storage.dialect import hold, insert, locked, one_writer
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import add_missing, begins
from triage.adapters.storage.schema import (
    cases,
    handles,
    incident_handles,
    incidents,
    members,
    timers,
)
from triage.domain.case import Case, CaseId, Status
from triage.domain.decision import Priority
from triage.domain.effect import EXPIRE
from triage.domain.errors import NoSuchIncident
from triage.domain.incident import Handle, Incident, IncidentId
from triage.domain.json import digest
from triage.domain.moments import micros, moment

CANDIDATES_MAX = 8
HEIRS_AT_ONCE = 100
HANDLE_BYTES_MAX = 1024
"""PostgreSQL's index holds 2,704 bytes a row; what is longer is known by its hash everywhere."""


class SqlIncidents:
    """The incident store port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def incident(self, incident_id: str) -> Incident:
        query = _incidents().where(begins(incidents.c.id, incident_id.lower())).limit(2)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        if len(rows) != 1 or not incident_id:
            raise NoSuchIncident(incident_id)
        return _incident(rows[0])

    def incidents(self, *, at_most: int) -> Sequence[Incident]:
        led = _incidents().where(LEADS)
        query = led.order_by(incidents.c.changed.desc(), incidents.c.id)
        with self._database.reading() as connection:
            return [_incident(row) for row in connection.execute(query.limit(at_most))]

    def members(self, incident_id: IncidentId, *, at_most: int) -> Sequence[Case]:
        query = _members(incident_id).order_by(cases.c.status == Status.CLOSED, cases.c.id)
        with self._database.reading() as connection:
            return [case_from(row.state) for row in connection.execute(query.limit(at_most))]

    def size(self, incident_id: IncidentId) -> int:
        query = select(func.count()).where(members.c.incident_id == incident_id)
        with self._database.reading() as connection:
            return connection.execute(query).scalar_one()

    def waiting(self, incident_id: IncidentId) -> Sequence[CaseId]:
        asked = select(timers.c.case_id).distinct().where(timers.c.kind != EXPIRE)
        query = asked.join(members, members.c.case_id == timers.c.case_id)
        wanted = query.where(members.c.incident_id == incident_id).order_by(timers.c.case_id)
        with self._database.reading() as connection:
            return [CaseId(name) for name in connection.execute(wanted).scalars()]

    def heir(self, case_id: CaseId) -> Case | None:
        with self._database.writing() as connection:
            # Held, for a case that is joining it just now would be left out otherwise.
            own = select(members.c.incident_id).where(members.c.case_id == case_id)
            held = locked(select(incidents.c.id).where(incidents.c.id.in_(own)))
            name = connection.execute(held).scalar()
            found = _heir(connection, name, case_id) if name is not None else None
            if found is not None:
                lead = update(incidents).where(incidents.c.id == name)
                connection.execute(lead.values(leading=found.id))
            return found

    def related(self, case_id: CaseId, *, since: datetime, at_most: int) -> Sequence[Case]:
        own = select(handles.c.handle).where(handles.c.case_id == case_id)
        query = (
            select(cases.c.id, cases.c.state, cases.c.changed)
            .distinct()
            .join(handles, handles.c.case_id == cases.c.id)
            .where(handles.c.handle.in_(own), cases.c.id != case_id)
            .where(cases.c.status == Status.CLOSED, cases.c.changed >= micros(since))
        )
        with self._database.reading() as connection:
            rows = connection.execute(
                query.order_by(cases.c.changed.desc(), cases.c.id).limit(at_most)
            )
            return [case_from(row.state) for row in rows]


def _heir(connection: Connection, incident_id: str, case_id: str) -> Case | None:
    query = _members(incident_id).where(cases.c.status == Status.ESCALATED, cases.c.id != case_id)
    rows = connection.execute(query.order_by(cases.c.id).limit(HEIRS_AT_ONCE))
    found = (case_from(row.state) for row in rows)
    return next((one for one in found if one.acknowledged_by is None), None)


LEADS = and_(
    cases.c.notified.is_not(None),
    select(members.c.case_id)
    .where(members.c.case_id == incidents.c.leading, members.c.incident_id == incidents.c.id)
    .exists(),
)
"""People were told of the leading case, it is open, and nobody has taken it out since."""


AWAITED = and_(
    cases.c.acknowledged.is_(False),
    select(timers.c.id)
    .where(timers.c.case_id == incidents.c.leading, timers.c.kind != EXPIRE)
    .exists(),
)
"""Nobody has taken the leading case on, and the next contact's turn will come."""


def _incidents() -> Select[Any]:
    leading = cases.c.id == incidents.c.leading
    query = select(incidents, LEADS.label("led"), AWAITED.label("awaited"))
    return query.join(cases, leading)


def _members(incident_id: str) -> Select[Any]:
    query = select(cases.c.id, cases.c.state).join(members, members.c.case_id == cases.c.id)
    return query.where(members.c.incident_id == incident_id)


def _incident(row: Any) -> Incident:
    return Incident(
        id=IncidentId(row.id),
        leading=CaseId(row.leading),
        told=Priority(row.told),
        opened=moment(row.opened),
        changed=moment(row.changed),
        parted=row.parted,
        led=bool(row.led),
        awaited=bool(row.awaited),
    )


def short(handle: Handle) -> Handle:
    """The name that a handle is stored under; only equal ones have the same."""
    side, _, known_by = handle.partition(":")
    whole = known_by.encode()
    return handle if len(whole) <= HANDLE_BYTES_MAX else Handle(f"{side}:~{digest(whole)}")


def hold_incidents(
    connection: Connection,
    known: Sequence[tuple[Case, Sequence[Handle]]],
    besides: Iterable[str] = (),
) -> None:
    """Let nobody else join, open or change the incidents that these cases could be in.

    A handle is held by name, for an incident that is not there yet has no row to hold; `besides`
    are other names to hold, all of them in one order.
    """
    if one_writer(connection):
        return
    shared = {handle for _, some in known for handle in some}
    hold(connection, {*shared, *besides})
    own = [case.incident for case, _ in known if case.incident]
    names = select(incident_handles.c.incident_id).where(incident_handles.c.handle.in_(shared))
    these = or_(incidents.c.id.in_(own), incidents.c.id.in_(names))
    connection.execute(locked(select(incidents.c.id).where(these).order_by(incidents.c.id)))


def candidates(
    connection: Connection, known: Sequence[tuple[Case, Sequence[Handle]]]
) -> list[list[Incident]]:
    """The incidents each case could be in: its own, then those that share a handle, newest first.

    In two queries, however many cases there are.
    """
    own = _by_id(connection, [case.incident for case, _ in known if case.incident])
    shared = _by_handle(connection, {handle for _, some in known for handle in some})
    return [[*own.get(case.incident or "", ()), *_newest(shared, some)] for case, some in known]


def _by_id(connection: Connection, names: Sequence[str]) -> dict[str, tuple[Incident]]:
    if not names:
        return {}
    rows = connection.execute(_incidents().where(incidents.c.id.in_(names)))
    return {row.id: (_incident(row),) for row in rows}


def _by_handle(connection: Connection, names: set[Handle]) -> dict[str, list[Incident]]:
    """Incidents by each of these handles, as many as anybody looks at, newest first."""
    if not names:
        return {}
    newest = func.row_number().over(
        partition_by=incident_handles.c.handle,
        order_by=(incidents.c.changed.desc(), incidents.c.id),
    )
    ranked = (
        select(incident_handles.c.handle, incidents.c.id, newest.label("place"))
        .join(incidents, incidents.c.id == incident_handles.c.incident_id)
        .where(incident_handles.c.handle.in_(sorted(names)))
        .subquery()
    )
    query = _incidents().add_columns(ranked.c.handle).join(ranked, ranked.c.id == incidents.c.id)
    found: dict[str, list[Incident]] = defaultdict(list)
    for row in connection.execute(query.where(ranked.c.place <= CANDIDATES_MAX)):
        found[row.handle].append(_incident(row))
    return found


def _newest(shared: Mapping[str, Sequence[Incident]], names: Sequence[Handle]) -> list[Incident]:
    found = {incident.id: incident for name in names for incident in shared.get(name, ())}
    # By id first: it settles what changed at the same moment.
    ordered = sorted(found.values(), key=lambda incident: incident.id)
    return sorted(ordered, key=lambda incident: incident.changed, reverse=True)[:CANDIDATES_MAX]


def add_handles(connection: Connection, known: Sequence[tuple[CaseId, Sequence[Handle]]]) -> None:
    """Remember what cases are known by; the side it is on does not matter for what is related."""
    rows = [
        {"handle": name, "case_id": case}
        for case, shared in known
        for name in dict.fromkeys(handle.partition(":")[2] for handle in shared)
    ]
    add_missing(connection, handles, rows)


def join(
    connection: Connection, joined: Sequence[tuple[CaseId, Incident, Sequence[Handle]]]
) -> None:
    """Put cases into incidents, which are known by the cases' handles from then on."""
    _put(connection, incidents, [_row(incident) for _, incident, _ in joined], "id")
    of_these = [{"case_id": case, "incident_id": one.id} for case, one, _ in joined]
    _put(connection, members, of_these, "case_id")
    rows = [
        {"handle": name, "incident_id": incident.id}
        for _, incident, shared in joined
        if not incident.parted
        for name in shared
    ]
    add_missing(connection, incident_handles, rows)


def _put(connection: Connection, table: Any, rows: Sequence[Mapping[str, Any]], key: str) -> None:
    if not rows:
        return
    query = insert(connection, table)
    rest = {name: query.excluded[name] for name in rows[0] if name != key}
    put = query.on_conflict_do_update(index_elements=[table.c[key]], set_=rest)
    connection.execute(put, list(rows))


def _row(incident: Incident) -> dict[str, Any]:
    return {
        "id": incident.id,
        "leading": incident.leading,
        "told": incident.told,
        "opened": micros(incident.opened),
        "changed": micros(incident.changed),
        "parted": incident.parted,
    }
