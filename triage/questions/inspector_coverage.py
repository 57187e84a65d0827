"""Does Inspector scan the resource, and did it look again after it saw this finding?

A finding that is CLOSED proves nothing by itself: Inspector also closes what it no longer scans.
https://docs.aws.amazon.com/inspector/latest/user/findings-understanding.html
https://docs.aws.amazon.com/inspector/v2/APIReference/API_CoveredResource.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.domain.ticket import SourceStatus, Ticket
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.shape import dig, instant, records, text
from triage.questions.source import inspector

SCANS: Mapping[str, str] = MappingProxyType(
    {
        "PACKAGE_VULNERABILITY": "PACKAGE",
        "CODE_VULNERABILITY": "CODE",
        "NETWORK_REACHABILITY": "NETWORK",
    }
)
"""Which scan makes which type of finding."""
STATUSES = frozenset({"ACTIVE", "SUPPRESSED", "CLOSED"})
CODES = frozenset({"ACTIVE", "INACTIVE"})


def plan(asking: Asking) -> tuple[Read, ...]:
    """The finding at its source, and what Inspector says of the resource."""
    account, region = about.account(asking), about.region(asking)
    resource = _resource(asking)
    return (
        inspector.read(asking),
        Read.of("inspector2.list_coverage", account, region, resource=resource),
    )


def _resource(asking: Asking) -> str:
    """Inspector calls an instance i-..., and everything else by its ARN.

    Raises CannotAsk when the ticket does not name it so.
    """
    subject = asking.ticket.subject.id
    if ":instance/" in subject or subject.startswith("i-"):
        return about.instance(asking)
    if subject.startswith("arn:"):
        return subject
    raise CannotAsk("the ticket names no resource that Inspector scans")


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Of the scan that makes this type of finding; without a single such scan, unknown."""
    if (answer := unanswered(reads)) is not None:
        return answer
    finding = _finding(asking.ticket, payload(reads[0]))
    if finding is None:
        return Unknown(reason="Inspector did not show this finding with its type and status")
    scan = _scan(payload(reads[1]), _resource(asking), SCANS[text(finding, "type")])
    if scan is None:
        return Unknown(reason="Inspector did not say whether it scans the resource")
    return known(reads, _told(asking.ticket, finding, scan))


def _finding(ticket: Ticket, found: Mapping[str, Any]) -> Mapping[str, Any] | None:
    if inspector.said(ticket, found) is None:
        return None
    finding = next(
        one for one in records(found, "findings") if text(one, "findingArn") == ticket.native_id
    )
    complete = (
        text(finding, "type") in SCANS
        and text(finding, "status") in STATUSES
        and instant(dig(finding, "lastObservedAt")) is not None
    )
    return finding if complete else None


def _scan(found: Mapping[str, Any], resource: str, type_: str) -> Mapping[str, Any] | None:
    told = [
        one
        for one in records(found, "coveredResources")
        if text(one, "resourceId") == resource and text(one, "scanType") == type_
    ]
    said = len(told) == 1 and text(told[0], "scanStatus", "statusCode") in CODES
    return told[0] if said else None


def _told(ticket: Ticket, finding: Mapping[str, Any], scan: Mapping[str, Any]) -> dict[str, Any]:
    covered = text(scan, "scanStatus", "statusCode") == "ACTIVE"
    reason, scanned = text(scan, "scanStatus", "reason"), instant(dig(scan, "lastScannedAt"))
    status, seen = text(finding, "status"), _last_seen(ticket, finding)
    again = covered and scanned is not None and scanned > seen
    return {
        "covered": covered,
        "reason": reason,
        "last_scanned": scanned.isoformat() if scanned else None,
        "scanned_since": again,
        "finding_status": status,
        "gone": status == "CLOSED" and again,
        "explanation": _explain(status, reason, scanned, covered=covered, again=again),
    }


def _last_seen(ticket: Ticket, finding: Mapping[str, Any]) -> datetime:
    """When it was last observed: there, or by the ticket, if that says that it is open."""
    observed = instant(dig(finding, "lastObservedAt"))
    told = ticket.version if ticket.status is not SourceStatus.RESOLVED else ticket.occurred
    return max(told, observed) if observed else told


def _explain(
    status: str, reason: str, scanned: datetime | None, *, covered: bool, again: bool
) -> str:
    if not covered:
        return f"Inspector does not scan it ({reason}); the finding is {status.lower()}."
    when = f"last scanned {scanned.isoformat()}" if scanned else "never scanned"
    since = "since the finding" if again else "not since the finding"
    return f"scanned by Inspector, {when}, {since}; the finding is {status.lower()}."


QUESTION = Question(
    name="inspector.coverage",
    phrase="whether Inspector looked again",
    parameters={},
    answer={
        "covered": Field(type="boolean", meaning="Inspector scans it for this type of finding"),
        "reason": Field(type="string", meaning="why it is scanned or not, as NO_INVENTORY"),
        "last_scanned": Field(type="time", meaning="when it was last scanned, or none"),
        "scanned_since": Field(type="boolean", meaning="scanned after the finding was last seen"),
        "finding_status": Field(type="string", meaning="ACTIVE, SUPPRESSED or CLOSED, there"),
        "gone": Field(type="boolean", meaning="CLOSED there, covered, and scanned since"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("inspector2:ListFindings", "inspector2:ListCoverage"),
    plan=plan,
    interpret=interpret,
)
