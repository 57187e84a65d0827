"""Inspector: ListFindings by ARN, in the account the finding is about.

https://docs.aws.amazon.com/inspector/v2/APIReference/API_ListFindings.html
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.severity import SCORES, Label
from triage.domain.ticket import FindingClass, Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import records, text
from triage.questions.source.shape import OPEN, RESOLVED, SUPPRESSED, Said

SERVICE = ":inspector2:"
GENERATOR = "AWSInspector"
"""What ASFF calls the type of every Inspector finding."""
STATUSES = {"ACTIVE": OPEN, "SUPPRESSED": SUPPRESSED, "CLOSED": RESOLVED}


def read(asking: Asking) -> Read:
    """One finding. Raises CannotAsk when the ticket does not name it by its ARN."""
    finding = asking.ticket.native_id
    if SERVICE not in finding:
        raise CannotAsk("the ticket names no Inspector finding")
    return Read.of(
        "inspector2.list_findings", about.account(asking), about.region(asking), finding=finding
    )


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """A status nobody knows is no answer: None."""
    matching = [f for f in records(found, "findings") if text(f, "findingArn") == ticket.native_id]
    if len(matching) != 1 or not _same(ticket, matching[0]):
        return None
    finding = matching[0]
    status = STATUSES.get(text(finding, "status"))
    if status is None:
        return None
    return Said(
        status=status,
        severity=_score(text(finding, "severity")),
        sample=False,
        updated=text(finding, "updatedAt"),
    )


def _score(word: str) -> int:
    """UNTRIAGED has no label yet, which counts as medium."""
    label = word.lower()
    return SCORES[Label(label) if label in set(Label) else Label.MEDIUM]


def _same(ticket: Ticket, finding: Mapping[str, Any]) -> bool:
    subject = ticket.subject.id
    ids = [text(one, "id") for one in records(finding, "resources")]
    # Inspector calls an instance i-..., Security Hub calls it arn:...:instance/i-....
    named = any(id_ and (subject == id_ or subject.endswith(f"/{id_}")) for id_ in ids)
    return (
        named
        and text(finding, "awsAccountId") == ticket.account
        and _of_the_same_kind(ticket, text(finding, "type"))
    )


def _of_the_same_kind(ticket: Ticket, type_: str) -> bool:
    """ASFF keeps the type to itself, but what kind of statement it makes shows."""
    reachable = type_ == "NETWORK_REACHABILITY"
    kind = FindingClass.EXPOSURE if reachable else FindingClass.POSTURE
    return type_ == ticket.type or (ticket.type == GENERATOR and ticket.finding_class is kind)
