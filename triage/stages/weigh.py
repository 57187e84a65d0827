"""Which telling of a ticket counts, when some disagree?

The source's word decides. Without it the worst one counts, and one that claims to be from the
future never does: a forgery may raise an alarm and can silence none.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.case import risk
from triage.domain.evidence import Answer, Known, RawRead, Read
from triage.domain.json import Record
from triage.domain.severity import Severity
from triage.domain.ticket import Ticket
from triage.stages.context import Context
from triage.stages.dedup import ahead, headline, telling
from triage.stages.enrich import Inquiry, answer, source_inquiry
from triage.stages.rename import about, renames


@dataclass(frozen=True, slots=True, kw_only=True)
class Telling:
    """A ticket as it was told once, and when that arrived."""

    ticket: Ticket
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Weighed:
    """The telling that counts; `settled` when the source's word made it so.

    `rivals` are what the others say that it is about, where the source did not tell.
    """

    telling: Telling
    settled: bool
    rivals: tuple[str, ...] = ()

    def as_record(self) -> Record:
        told = telling(self.telling.ticket, self.telling.received)
        return {**told, "received": self.telling.received.isoformat(), "settled": self.settled}


def to_confirm(tellings: Sequence[Telling], context: Context) -> tuple[Read, ...]:
    """What has to be asked of the source before the tellings can be weighed."""
    reads = [read for one in tellings for read in _inquiry(one, context).reads]
    return tuple(dict.fromkeys(reads)) if len(tellings) > 1 else ()


def weigh(tellings: Sequence[Telling], reads: Mapping[Read, RawRead], context: Context) -> Weighed:
    """Choose among the telling on file, which comes first, and those in dispute."""
    confirmed = [one for one in tellings if _confirmed(one, reads, context)]
    if confirmed:
        newest = max(confirmed, key=lambda one: one.ticket.rank)
        return Weighed(telling=newest, settled=True)
    present = [one for one in tellings[1:] if not ahead(one.ticket, one.received)]
    worst = max([tellings[0], *present], key=_risk)
    return Weighed(telling=worst, settled=False, rivals=_rivals(worst.ticket, tellings))


def _rivals(counts: Ticket, tellings: Sequence[Telling]) -> tuple[str, ...]:
    head = headline(counts)
    others = (one.ticket for one in tellings)
    return tuple(sorted({about(one) for one in others if renames(head, one)}))


def _inquiry(one: Telling, context: Context) -> Inquiry:
    account = context.account(one.ticket.account)
    return source_inquiry(one.ticket, account, context.vocabulary.questions, context.now)


def _risk(one: Telling) -> tuple[int, bool, bool]:
    return risk({"headline": headline(one.ticket)})


def _confirmed(one: Telling, reads: Mapping[Read, RawRead], context: Context) -> bool:
    inquiry = _inquiry(one, context)
    said = answer([inquiry], reads, context.now).answers[inquiry.name]
    return _agrees(one, said) and (not ahead(one.ticket, one.received) or _as_late(one, said))


def _agrees(one: Telling, said: Answer) -> bool:
    """Whether source and ticket say the same of what could be talked down."""
    if not isinstance(said, Known) or said.value.get("confirmed") is not True:
        return False
    ticket, value = one.ticket, said.value
    return (
        Severity(value["severity"]).label is ticket.severity.label
        and value["status"] == ticket.status
        and value["sample"] is ticket.sample
    )


def _as_late(one: Telling, said: Answer) -> bool:
    updated = said.value.get("updated") if isinstance(said, Known) else None
    try:
        return datetime.fromisoformat(str(updated)) >= one.ticket.version
    except (TypeError, ValueError):
        return False
