"""Values for tests, with defaults: say only what the test is about."""

from datetime import UTC, datetime, timedelta
from typing import Any

from triage.domain.account import Account, Tier
from triage.domain.case import Case, fold
from triage.domain.severity import Severity
from triage.domain.ticket import (
    CanonicalKey,
    FindingClass,
    Format,
    Source,
    SourceStatus,
    Subject,
    Ticket,
)
from triage.stages.dedup import admit

NOON = datetime(2026, 11, 20, 12, tzinfo=UTC)


def minutes(count: float) -> timedelta:
    return timedelta(minutes=count)


def a_ticket(**changes: Any) -> Ticket:
    """A posture ticket: bucket `reports` in account 111122223333 has no public access block."""
    fields: dict[str, Any] = {
        "key": CanonicalKey("securityhub:111122223333:eu-west-1:S3.8:arn:aws:s3:::reports"),
        "source": Source.SECURITYHUB,
        "format": Format.ASFF,
        "type": "S3.8",
        "finding_class": FindingClass.POSTURE,
        "severity": Severity(75),
        "account": "111122223333",
        "region": "eu-west-1",
        "subject": Subject(
            id="arn:aws:s3:::reports",
            name="reports",
            kind="AwsS3Bucket",
            arn="arn:aws:s3:::reports",
        ),
        "title": "S3 general purpose buckets should block public access",
        "occurred": NOON,
        "version": NOON,
        "status": SourceStatus.OPEN,
        "record": {},
        "body": "b" * 64,
    }
    return Ticket(**(fields | changes))


def a_threat(**changes: Any) -> Ticket:
    """A GuardDuty ticket: an instance is probed on an open port."""
    fields: dict[str, Any] = {
        "key": CanonicalKey("guardduty:abcdef0123456789"),
        "source": Source.GUARDDUTY,
        "format": Format.NATIVE,
        "type": "Recon:EC2/PortProbeUnprotectedPort",
        "finding_class": FindingClass.THREAT,
        "severity": Severity(20),
        "subject": Subject(id="i-0abc", name="i-0abc", kind="AWS::EC2::Instance"),
        "title": "An unprotected port is being probed",
        "native_id": "abcdef0123456789",
    }
    return a_ticket(**(fields | changes))


def a_case(*tickets: Ticket, received: datetime = NOON) -> Case:
    """A case after these tickets arrived, a minute apart."""
    case: Case | None = None
    events = []
    for place, ticket in enumerate(tickets or (a_ticket(),)):
        admission = admit(case, ticket, received + minutes(place))
        if admission.event is not None:
            events.append(admission.event)
        case = fold(ticket.key, events)
    assert case is not None
    return case


def an_account(**changes: Any) -> Account:
    fields: dict[str, Any] = {
        "id": "111122223333",
        "name": "shop",
        "tier": Tier.PRODUCTION,
        "owner": "shop-team",
        "listed": True,
    }
    return Account(**(fields | changes))
