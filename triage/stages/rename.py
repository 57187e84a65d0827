"""Do two tellings of one concern speak of the same thing?

Whoever can write to the queue can tell a real finding's id about another resource, or as another
type: it would be looked at, and put away, as something that it is not.
"""

from triage.domain.json import Record
from triage.domain.ticket import FindingClass, Ticket

SAME_FORMAT = ("type", "class", "subject")


def renames(head: Record, ticket: Ticket) -> bool:
    """Tell whether a ticket says that a case is about something else.

    `head` is the case's headline. Formats call one resource by its id and by
    its ARN, and Security Hub has one type for all of Inspector's; only a threat's type is the same
    in each of them.
    """
    if ticket.account != head["account"]:
        return True
    if ticket.format == head.get("format", ticket.format):
        told = (ticket.type, str(ticket.finding_class), ticket.subject.id)
        return told != tuple(str(head[name]) for name in SAME_FORMAT)
    threat = FindingClass.THREAT in {ticket.finding_class, head["class"]}
    retyped = threat and ticket.type != head["type"]
    return retyped or short(ticket.subject.id) != short(head["subject"])


def short(subject: str) -> str:
    """The last part of an id, which is the same in every format."""
    return subject.rpartition("/")[2].rpartition(":")[2]


def about(ticket: Ticket) -> str:
    """What a ticket says that it is about, for people."""
    return f"{ticket.type} on {ticket.subject.id or 'nothing named'} in {ticket.account}"
