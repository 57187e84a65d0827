"""Macie: GetFindings by id.

https://docs.aws.amazon.com/macie/latest/APIReference/findings-describe.html
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.severity import SCORES, Label
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import dig, records, text
from triage.questions.source.shape import OPEN, SUPPRESSED, Desk, Said


def read(asking: Asking) -> Read:
    """Ask in the ticket's account, where a member sees its own findings."""
    finding = asking.ticket.native_id
    if not finding:
        raise CannotAsk("the ticket names no Macie finding")
    return Read.of(
        "macie2.get_findings", about.account(asking), about.region(asking), finding=finding
    )


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The one finding of that id, if it is of the same account, type and bucket."""
    named = [one for one in records(found, "findings") if text(one, "id") == ticket.native_id]
    if len(named) != 1 or not _same(ticket, named[0]):
        return None
    label = text(named[0], "severity", "description").lower()
    return Said(
        status=SUPPRESSED if dig(named[0], "archived") is True else OPEN,
        severity=SCORES[Label(label)] if label in set(Label) else 0,
        sample=dig(named[0], "sample") is True,
        updated=text(named[0], "updatedAt"),
        began=text(named[0], "createdAt"),
    )


def _same(ticket: Ticket, finding: Mapping[str, Any]) -> bool:
    told = (text(finding, "accountId"), text(finding, "type"))
    return told == (ticket.account, ticket.type) and ticket.subject.id in _resources(finding)


def _resources(finding: Mapping[str, Any]) -> tuple[str, str]:
    """Its bucket, and its object by the ARN a ticket gives it."""
    bucket = text(finding, "resourcesAffected", "s3Bucket", "arn")
    return bucket, f"{bucket}/{text(finding, 'resourcesAffected', 's3Object', 'key')}"


DESK = Desk(read, said)
IAM_ACTIONS = ("macie2:GetFindings",)
