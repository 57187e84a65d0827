"""Is this a new concern, news of one we have, or nothing new?

Versions are ordered within (case, format); the view prefers native, then ASFF, then OCSF. A
telling that lowers risk, or that claims to be from the future, is only held: whoever can write to
the queue could otherwise talk a finding down. So is an older telling that makes it worse: what is
on file may be the forgery. The source's word decides between them; see stages/weigh.py.
"""

from datetime import datetime

from triage.domain.case import Case, CaseEvent, EventKind, Status, Told, case_id, event_id, risk
from triage.domain.json import Record
from triage.domain.message import Admission, Reception
from triage.domain.ticket import SKEW_MAX, Format, SourceStatus, Ticket

OLDER = "an older version than the one on file; kept"
SAME = "the same version is on file already"
HELD = "it lowers the risk, so it counts only once the source confirms it; kept"
AHEAD = "its version is in the future, so it counts only once the source confirms it; kept"
OTHER_FORMAT = "the same concern in another format; kept"


def admit(case: Case | None, ticket: Ticket, received: datetime) -> Admission:
    """Say what a ticket is to the case on file, and what to write down about it."""
    if case is None or case.version == 0:
        return _told(EventKind.RECEIVED, Reception.NEW, ticket, received)
    told = case.told.get(ticket.format)
    if told is not None and ticket.body == told.body:
        return Admission(reception=Reception.DUPLICATE, event=None, due=False, reason=SAME)
    if ahead(ticket, received):
        return _held(case, ticket, received, Reception.UPDATED, AHEAD)
    known = _known(case, told, ticket, received) if told else None
    return known or _news(case, ticket, received)


def _news(case: Case, ticket: Ticket, received: datetime) -> Admission:
    if not _speaks(case, ticket):
        return _noted(case, EventKind.SIGHTED, ticket, received, OTHER_FORMAT)
    if lowers_risk(case, ticket):
        return _held(case, ticket, received, Reception.UPDATED, HELD)
    return _told(EventKind.UPDATED, Reception.UPDATED, ticket, received)


def ahead(ticket: Ticket, received: datetime) -> bool:
    """Tell whether a ticket's version lay beyond what clocks may differ by.

    Readers clamp a version to SKEW_MAX past receipt, so that one is met exactly.
    """
    return ticket.version - received >= SKEW_MAX


def _known(case: Case, told: Told, ticket: Ticket, received: datetime) -> Admission | None:
    """Nothing new in this format? None when it is newer than what was told, or as new but worse."""
    if ticket.rank < (told.version, told.count):
        return _noted(case, EventKind.SUPERSEDED, ticket, received, OLDER)
    # Security Hub's BatchUpdateFindings changes a finding without moving UpdatedAt, so an equal
    # rank may still carry news.
    same = ticket.rank == (told.version, told.count)
    if same and not raises_risk(case, ticket) and not lowers_risk(case, ticket):
        return _noted(case, EventKind.SUPERSEDED, ticket, received, SAME)
    return None


def _speaks(case: Case, ticket: Ticket) -> bool:
    """Tell whether this format is the one that speaks for the case."""
    order = list(Format)
    return all(order.index(ticket.format) <= order.index(known) for known in case.told)


def _noted(
    case: Case, kind: EventKind, ticket: Ticket, received: datetime, reason: str
) -> Admission:
    """Keep a telling that does not speak for the case; a worse one is in dispute."""
    if risk({"headline": headline(ticket)}) > risk({"headline": case.headline}):
        return _held(case, ticket, received, Reception.DUPLICATE, reason)
    event = _event(kind, ticket, received)
    return Admission(reception=Reception.DUPLICATE, event=event, due=False, reason=reason)


def _held(
    case: Case, ticket: Ticket, received: datetime, reception: Reception, reason: str
) -> Admission:
    event = _event(EventKind.HELD, ticket, received)
    return Admission(
        reception=reception, event=event, due=_worth_a_look(case, ticket), reason=reason
    )


def _worth_a_look(case: Case, ticket: Ticket) -> bool:
    """News that a closed concern is better now is none, unless it happened once more."""
    told = case.told.get(ticket.format)
    again = told is not None and ticket.count > told.count
    worse = risk({"headline": headline(ticket)}) > risk({"headline": case.headline})
    return case.status is not Status.CLOSED or again or worse


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
        "principal": ticket.principal,
        "title": ticket.title,
        "occurred": ticket.occurred.isoformat(),
    }


def _told(kind: EventKind, reception: Reception, ticket: Ticket, received: datetime) -> Admission:
    return Admission(reception=reception, event=_event(kind, ticket, received), due=True)


def _event(kind: EventKind, ticket: Ticket, received: datetime) -> CaseEvent:
    # A view's return to earlier content (open, resolved, open again) is news each time, so the
    # version is part of the name; a redelivered message has the same name and is one event.
    name = event_id(
        case_id(ticket.key), kind, ticket.format, ticket.version, ticket.count, ticket.body
    )
    return CaseEvent(id=name, kind=kind, at=received, data=telling(ticket, received))


def telling(ticket: Ticket, received: datetime) -> Record:
    """Repeat what a case keeps of one telling of its ticket.

    One from the future counts as told when it arrived: nothing true is ever older than that.
    """
    version = min(ticket.version, received) if ahead(ticket, received) else ticket.version
    return {
        "format": ticket.format,
        "version": version.isoformat(),
        "count": ticket.count,
        "body": ticket.body,
        "headline": headline(ticket),
    }
