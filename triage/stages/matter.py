"""All that one decision is about."""

from dataclasses import dataclass

from triage.domain.account import Account
from triage.domain.decision import Priority
from triage.domain.evidence import NOT_ASKED, Answer, Evidence
from triage.domain.permission import Likeness
from triage.domain.severity import Label
from triage.domain.ticket import Ticket
from triage.judgement.score import Opinion
from triage.stages.context import Context
from triage.stages.enrich import SOURCE

PRIORITIES = {
    Label.INFORMATIONAL: Priority.LOW,
    Label.LOW: Priority.LOW,
    Label.MEDIUM: Priority.MEDIUM,
    Label.HIGH: Priority.HIGH,
    Label.CRITICAL: Priority.CRITICAL,
}


def likeness(ticket: Ticket) -> Likeness:
    """What a ticket is like: its type, and the kind of thing that it is about."""
    return (ticket.type, ticket.subject.kind)


@dataclass(frozen=True, slots=True, kw_only=True)
class Matter:
    """A ticket, what was found out about it, what the classifier thinks, and the world it is in.

    `implicated` names the confirmed trouble that this ticket's case was opened again for, `rivals`
    what else the case is told to be about, its source being silent, `lapsed` why the signature that
    held it closed does so no longer.
    """

    ticket: Ticket
    evidence: Evidence
    opinion: Opinion
    context: Context
    implicated: str | None = None
    rivals: tuple[str, ...] = ()
    lapsed: str | None = None

    @property
    def account(self) -> Account:
        return self.context.account(self.ticket.account)

    @property
    def priority(self) -> Priority:
        """What the severity asks for when no rule says better."""
        return PRIORITIES[self.ticket.severity.label]

    @property
    def likeness(self) -> Likeness:
        """What it is like, for the question whether anything like it was seen before."""
        return likeness(self.ticket)

    @property
    def at_source(self) -> Answer:
        """What the finding's own source says of it."""
        return self.evidence.answers.get(SOURCE.name, NOT_ASKED)
