"""GuardDuty: GetFindings by id, in the account the finding is about.

https://docs.aws.amazon.com/guardduty/latest/APIReference/API_GetFindings.html
"""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import dig, records, text
from triage.questions.source.shape import OPEN, SUPPRESSED, Desk, Said

SCALE, SCORE_MAX = 10, 100


def read(asking: Asking) -> Read:
    """One finding. Raises CannotAsk when the ticket names none."""
    finding = _id(asking.ticket)
    if not finding:
        raise CannotAsk("the ticket names no GuardDuty finding")
    return Read.of(
        "guardduty.get_findings", about.account(asking), about.region(asking), finding=finding
    )


def _id(ticket: Ticket) -> str:
    """The finding's id, which its ARN ends with."""
    return ticket.native_id.rpartition("/")[2]


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The finding of that id, if it is about the same thing."""
    matching = [one for one in records(found, "Findings") if text(one, "Id") == _id(ticket)]
    if len(matching) != 1 or not _same(ticket, matching[0]):
        return None
    finding = matching[0]
    severity = dig(finding, "Severity")
    scored = isinstance(severity, int | float) and not isinstance(severity, bool)
    return Said(
        status=SUPPRESSED if dig(finding, "Service", "Archived") is True else OPEN,
        severity=min(round(severity * SCALE), SCORE_MAX) if scored else 0,
        sample=_is_sample(finding),
        updated=text(finding, "UpdatedAt"),
    )


def _is_sample(finding: Mapping[str, Any]) -> bool:
    # Sample findings carry {"sample": true} as JSON text in AdditionalInfo.Value.
    # https://docs.aws.amazon.com/guardduty/latest/ug/sample_findings.html
    told = text(finding, "Service", "AdditionalInfo", "Value").replace(" ", "")
    return '"sample":true' in told or dig(finding, "Service", "AdditionalInfo", "Sample") is True


def _same(ticket: Ticket, finding: Mapping[str, Any]) -> bool:
    """A real id in a forged message proves nothing about another resource or principal."""
    named = set(texts_in(dig(finding, "Resource"))) | {text(finding, "Arn")}
    return (
        text(finding, "AccountId") == ticket.account
        and text(finding, "Type") == ticket.type
        and is_named(ticket.subject.id, named)
        and all(is_named(part, named) for part in _parts(ticket.principal or ""))
    )


def is_named(told: str, named: set[str]) -> bool:
    """GuardDuty calls an instance i-..., Security Hub calls it arn:...:instance/i-...."""
    return not told or any(told == one or told.endswith((f"/{one}", f":{one}")) for one in named)


def _parts(principal: str) -> list[str]:
    """What an ARN says of a user or session: names that GuardDuty gives one by one."""
    resource = principal.rpartition(":")[2]
    return resource.split("/")[1:] if "/" in resource else []


def texts_in(value: Any) -> Iterator[str]:
    """Every text in the finding's resource, and what follows the colon of a principal id."""
    if isinstance(value, str) and value:
        yield from {value, value.rpartition(":")[2]}
    below = value.values() if isinstance(value, Mapping) else value
    for one in below if not isinstance(below, str) and isinstance(below, Iterable) else ():
        yield from texts_in(one)


DESK = Desk(read, said)
