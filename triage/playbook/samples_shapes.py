"""What sample tickets are made of: one account, its resources, and a shape for each source."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from triage.domain.severity import Label, Severity
from triage.domain.ticket import CanonicalKey, FindingClass, Format, Source, Subject, Ticket

ACCOUNT = "111122223333"
REGION = "eu-west-1"
WHEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
BUCKET = "arn:aws:s3:::reports"
GROUP = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0a1b2c3d"
USER = f"arn:aws:iam::{ACCOUNT}:user/deploy"


def a_ticket(name: str, type_: str, subject: Subject, **changes: Any) -> Ticket:
    """A posture ticket of Security Hub's, unless changed."""
    fields: dict[str, Any] = {
        "key": CanonicalKey(f"sample:{name}"),
        "source": Source.SECURITYHUB,
        "format": Format.ASFF,
        "type": type_,
        "finding_class": FindingClass.POSTURE,
        "severity": Severity.of(Label.MEDIUM),
        "account": ACCOUNT,
        "region": REGION,
        "subject": subject,
        "title": f"sample {type_}",
        "occurred": WHEN,
        "version": WHEN,
        "record": {},
        "body": "",
    }
    return Ticket(**(fields | changes))


def named(arn: str, kind: str) -> Subject:
    """A subject by its ARN; its name is what comes last."""
    return Subject(id=arn, name=arn.rpartition("/")[2].rpartition(":")[2], kind=kind, arn=arn)


def guardduty_ticket(name: str, type_: str, subject: Subject, **changes: Any) -> Ticket:
    """A threat as GuardDuty tells it."""
    native = {
        "source": Source.GUARDDUTY,
        "format": Format.NATIVE,
        "finding_class": FindingClass.THREAT,
        "record": {"type": type_, "service": {"resourceRole": "TARGET"}},
    }
    return a_ticket(name, type_, subject, **(native | changes))


def analyzer_ticket(name: str, type_: str, arn: str, kind: str, **changes: Any) -> Ticket:
    """A finding of IAM Access Analyzer."""
    native: dict[str, Any] = {"source": Source.ACCESS_ANALYZER, "format": Format.NATIVE}
    return a_ticket(name, type_, named(arn, kind), **(native | changes))


def macie_ticket(name: str, type_: str, subject: Subject, **changes: Any) -> Ticket:
    """A finding of Macie."""
    native: dict[str, Any] = {"source": Source.MACIE, "format": Format.NATIVE}
    return a_ticket(name, type_, subject, **(native | changes))


def threat_ticket(
    name: str, source: Source, type_: str, subject: Subject, **changes: Any
) -> Ticket:
    """A threat as any other source tells it."""
    native = {
        "source": source,
        "format": Format.NATIVE,
        "finding_class": FindingClass.THREAT,
    }
    return a_ticket(name, type_, subject, **(native | changes))


def control_ticket(control: str, arn: str, kind: str, **changes: Any) -> Ticket:
    """A control about one resource."""
    return a_ticket(control.lower(), control, named(arn, kind), **changes)


def account_control_ticket(control: str, **changes: Any) -> Ticket:
    """A control about the whole account."""
    whole = f"AWS::::Account:{ACCOUNT}"
    subject = Subject(id=whole, name=ACCOUNT, kind="AwsAccount")
    return a_ticket(control.lower(), control, subject, **changes)


def inspector_ticket(name: str, type_: str, **changes: Any) -> Ticket:
    """A finding of Inspector about the sample instance."""
    finding = f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{name}"
    native = {"source": Source.INSPECTOR, "format": Format.NATIVE, "native_id": finding}
    subject = replace(INSTANCE, kind="AWS::EC2::Instance")
    return a_ticket(name, type_, subject, **(native | changes))


STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/0a1b2c3d-0000-4000-8000-000000000001"


def stack_ticket(name: str, type_: str) -> Ticket:
    """What CloudFormation tells of a stack."""
    native = {"source": Source.CLOUDFORMATION, "format": Format.NATIVE, "native_id": STACK}
    subject = Subject(id=STACK, name="shop", kind="AWS::CloudFormation::Stack", arn=STACK)
    return a_ticket(name, type_, subject, **native)


OPEN: Mapping[str, Any] = {
    "finding_class": FindingClass.EXPOSURE,
    "severity": Severity.of(Label.HIGH),
}
INSTANCE = Subject(id="i-0123456789abcdef0", name="i-0123456789abcdef0", kind="Instance")
