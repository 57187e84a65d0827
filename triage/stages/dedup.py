"""Is this a new concern, news of one we have, or nothing new?

Versions are ordered within (case, format); the view prefers native, then ASFF, then OCSF. News
that lowers risk is only held: it takes effect when the source itself says so, because whoever
can write to the queue could otherwise talk a finding down.
"""

from datetime import datetime

from triage.domain.case import Case, CaseEvent, EventKind, Status, Told, case_id, event_id
from triage.domain.json import Record
from triage.domain.message import Admission, Reception
from triage.domain.ticket import Format, SourceStatus, Ticket

OLDER = "an older version than the one on file; kept"
SAME = "the same version is on file already"
HELD = "it lowers the risk, so it counts only once the source confirms it; kept"
OTHER_FORMAT = "the same concern in another format; kept"


def admit(case: Case | None, ticket: Ticket, received: datetime) -> Admission:
    """Say what a ticket is to the case on file, and what to write down about it."""
    if case is None or case.version == 0:
        return _told(EventKind.RECEIVED, Reception.NEW, ticket, received)
    told = case.told.get(ticket.format)
    if told is not None and (known := _known(case, told, ticket, received)) is not None:
        return known
    if not _speaks(case, ticket):
        return _noted(EventKind.SIGHTED, ticket, received, OTHER_FORMAT, due=False)
    if lowers_risk(case, ticket):
        return _noted(EventKind.HELD, ticket, received, HELD, due=_open(case))
    return _told(EventKind.UPDATED, Reception.UPDATED, ticket, received)


def _known(case: Case, told: Told, ticket: Ticket, received: datetime) -> Admission | None:
    """Nothing new in this format? None when it is newer than what was told, or as new but worse."""
    if ticket.body == told.body:
        return Admission(reception=Reception.DUPLICATE, event=None, due=False, reason=SAME)
    if ticket.rank < (told.version, told.count):
        return _noted(EventKind.SUPERSEDED, ticket, received, OLDER, due=False)
    # Security Hub's BatchUpdateFindings changes a finding without moving UpdatedAt, so an equal
    # rank may still carry news.
    same = ticket.rank == (told.version, told.count)
    if same and not raises_risk(case, ticket) and not lowers_risk(case, ticket):
        return _noted(EventKind.SUPERSEDED, ticket, received, SAME, due=False)
    return None


def _speaks(case: Case, ticket: Ticket) -> bool:
    """Tell whether this format is the one that speaks for the case."""
    order = list(Format)
    return all(order.index(ticket.format) <= order.index(known) for known in case.told)


def _open(case: Case) -> bool:
    # News that a closed concern is better now is no reason to look again.
    return case.status is not Status.CLOSED


def lowers_risk(case: Case, ticket: Ticket) -> bool:
    """Less severe, no longer open, or suddenly a sample."""
    head = case.headline
    return (
        ticket.severity.score < head["score"]
        or (ticket.status is not SourceStatus.OPEN and head["status"] == SourceStatus.OPEN)
        or (ticket.sample and not head["sample"])
    )


def raises_risk(case: Case, ticket: Ticket) -> bool:
    """More severe, open again, or no sample after all."""
    head = case.headline
    return (
        ticket.severity.score > head["score"]
        or (ticket.status is SourceStatus.OPEN and head["status"] != SourceStatus.OPEN)
        or (head["sample"] and not ticket.sample)
    )


def headline(ticket: Ticket) -> Record:
    """Repeat what lists, pages and people need of a ticket."""
    return {
        "source": ticket.source,
        "type": ticket.type,
        "class": ticket.finding_class,
        "severity": ticket.severity.label,
        "score": ticket.severity.score,
        "status": ticket.status,
        "sample": ticket.sample,
        "account": ticket.account,
        "region": ticket.region,
        "subject": ticket.subject.id,
        "title": ticket.title,
        "occurred": ticket.occurred.isoformat(),
    }


def _told(kind: EventKind, reception: Reception, ticket: Ticket, received: datetime) -> Admission:
    return Admission(reception=reception, event=_event(kind, ticket, received), due=True)


def _noted(
    kind: EventKind, ticket: Ticket, received: datetime, reason: str, *, due: bool
) -> Admission:
    event = _event(kind, ticket, received)
    reception = Reception.UPDATED if kind is EventKind.HELD else Reception.DUPLICATE
    return Admission(reception=reception, event=event, due=due, reason=reason)


def _event(kind: EventKind, ticket: Ticket, received: datetime) -> CaseEvent:
    # A view's return to earlier content (open, resolved, open again) is news each time, so the
    # version is part of the name; a redelivered message has the same name and is one event.
    name = event_id(
        case_id(ticket.key), kind, ticket.format, ticket.version, ticket.count, ticket.body
    )
    data = {
        "format": ticket.format,
        "version": ticket.version.isoformat(),
        "count": ticket.count,
        "body": ticket.body,
        "headline": headline(ticket),
    }
    return CaseEvent(id=name, kind=kind, at=received, data=data)
