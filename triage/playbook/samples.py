"""Sample tickets that ship with the language: what `like:` in a playbook's test names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Any

from triage.domain.severity import Label, Severity
from triage.domain.ticket import (
    CanonicalKey,
    FindingClass,
    Format,
    Source,
    SourceStatus,
    Subject,
    Ticket,
)

ACCOUNT = "111122223333"
REGION = "eu-west-1"
WHEN = datetime(2026, 11, 20, 9, tzinfo=UTC)
BUCKET = "arn:aws:s3:::reports"
GROUP = f"arn:aws:ec2:{REGION}:{ACCOUNT}:security-group/sg-0a1b2c3d"
USER = f"arn:aws:iam::{ACCOUNT}:user/deploy"


def _ticket(name: str, type_: str, subject: Subject, **changes: Any) -> Ticket:
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


def _arn(arn: str, kind: str) -> Subject:
    return Subject(id=arn, name=arn.rpartition("/")[2].rpartition(":")[2], kind=kind, arn=arn)


def _guardduty(name: str, type_: str, subject: Subject, **changes: Any) -> Ticket:
    native = {
        "source": Source.GUARDDUTY,
        "format": Format.NATIVE,
        "finding_class": FindingClass.THREAT,
        "record": {"type": type_, "service": {"resourceRole": "TARGET"}},
    }
    return _ticket(name, type_, subject, **(native | changes))


def _control(control: str, arn: str, kind: str, **changes: Any) -> Ticket:
    return _ticket(control.lower(), control, _arn(arn, kind), **changes)


def _account_control(control: str, **changes: Any) -> Ticket:
    whole = f"AWS::::Account:{ACCOUNT}"
    subject = Subject(id=whole, name=ACCOUNT, kind="AwsAccount")
    return _ticket(control.lower(), control, subject, **changes)


def _inspector(name: str, type_: str, **changes: Any) -> Ticket:
    finding = f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{name}"
    native = {"source": Source.INSPECTOR, "format": Format.NATIVE, "native_id": finding}
    subject = replace(INSTANCE, kind="AWS::EC2::Instance")
    return _ticket(name, type_, subject, **(native | changes))


STACK = f"arn:aws:cloudformation:{REGION}:{ACCOUNT}:stack/shop/0a1b2c3d-0000-4000-8000-000000000001"


def _stack(name: str, type_: str) -> Ticket:
    native = {"source": Source.CLOUDFORMATION, "format": Format.NATIVE, "native_id": STACK}
    subject = Subject(id=STACK, name="shop", kind="AWS::CloudFormation::Stack", arn=STACK)
    return _ticket(name, type_, subject, **native)


OPEN: Mapping[str, Any] = {
    "finding_class": FindingClass.EXPOSURE,
    "severity": Severity.of(Label.HIGH),
}
INSTANCE = Subject(id="i-0123456789abcdef0", name="i-0123456789abcdef0", kind="Instance")

SAMPLES: Mapping[str, Ticket] = MappingProxyType(
    {
        "securityhub-s3.8": _ticket("s3.8", "S3.8", _arn(BUCKET, "AwsS3Bucket")),
        "securityhub-s3.2": _ticket(
            "s3.2",
            "S3.2",
            _arn(BUCKET, "AwsS3Bucket"),
            finding_class=FindingClass.EXPOSURE,
            severity=Severity.of(Label.HIGH),
        ),
        "securityhub-ec2.19": _ticket(
            "ec2.19",
            "EC2.19",
            _arn(GROUP, "AwsEc2SecurityGroup"),
            finding_class=FindingClass.EXPOSURE,
            severity=Severity.of(Label.HIGH),
        ),
        "securityhub-iam.3": _ticket("iam.3", "IAM.3", _arn(USER, "AwsIamUser")),
        "securityhub-ec2.1": _control(
            "EC2.1",
            f"arn:aws:ec2:{REGION}:{ACCOUNT}:snapshot/snap-0a1b2c3d",
            "AwsEc2Snapshot",
            **OPEN,
        ),
        "securityhub-ec2.3": _control(
            "EC2.3", f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-0a1b2c3d", "AwsEc2Volume"
        ),
        "securityhub-ec2.8": _control(
            "EC2.8", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{INSTANCE.id}", "AwsEc2Instance"
        ),
        "securityhub-rds.2": _control(
            "RDS.2", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders", "AwsRdsDbInstance", **OPEN
        ),
        "securityhub-rds.3": _control(
            "RDS.3", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders", "AwsRdsDbInstance"
        ),
        "securityhub-kms.3": _control(
            "KMS.3",
            f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1a2b3c4d-0000-4000-8000-000000000001",
            "AwsKmsKey",
        ),
        "securityhub-lambda.1": _control(
            "Lambda.1",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize",
            "AwsLambdaFunction",
            **OPEN,
        ),
        "securityhub-guardduty.1": _account_control("GuardDuty.1"),
        "securityhub-config.1": _account_control("Config.1"),
        "securityhub-cloudtrail.1": _account_control("CloudTrail.1"),
        "securityhub-cloudtrail.4": _control(
            "CloudTrail.4",
            f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main",
            "AwsCloudTrailTrail",
        ),
        "inspector-package": _inspector("package", "PACKAGE_VULNERABILITY"),
        "cloudformation-drift": _stack("drift", "CloudFormation Drift Detection Status Change"),
        "cloudformation-failed": _stack("failed", "CloudFormation Stack Status Change"),
        "config-restricted-ssh": _ticket(
            "restricted-ssh",
            "restricted-ssh",
            Subject(id="sg-0a1b2c3d", name="sg-0a1b2c3d", kind="AWS::EC2::SecurityGroup"),
            source=Source.CONFIG,
            format=Format.NATIVE,
            finding_class=FindingClass.EXPOSURE,
        ),
        "guardduty-port-probe": _guardduty(
            "port-probe",
            "Recon:EC2/PortProbeUnprotectedPort",
            INSTANCE,
            severity=Severity.of(Label.LOW),
        ),
        "guardduty-ssh-brute-force": _guardduty(
            "ssh-brute-force",
            "UnauthorizedAccess:EC2/SSHBruteForce",
            INSTANCE,
            severity=Severity.of(Label.LOW),
        ),
        "guardduty-sample": _guardduty(
            "sample", "Recon:EC2/Portscan", INSTANCE, sample=True, title="[SAMPLE] Port scan"
        ),
        "guardduty-exfiltration": _guardduty(
            "exfiltration",
            "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
            Subject(id="ASIAEXAMPLE", name="ASIAEXAMPLE", kind="AccessKey"),
            severity=Severity.of(Label.HIGH),
        ),
        "cloudtrail-console-login": _ticket(
            "console-login",
            "signin:ConsoleLogin",
            _arn(f"arn:aws:iam::{ACCOUNT}:user/alice", "IAMUser"),
            source=Source.CLOUDTRAIL,
            format=Format.NATIVE,
            finding_class=FindingClass.THREAT,
            severity=Severity.of(Label.LOW),
            principal=f"arn:aws:iam::{ACCOUNT}:user/alice",
            record={
                "eventName": "ConsoleLogin",
                "userIdentity": {"type": "IAMUser", "userName": "alice"},
                "responseElements": {"ConsoleLogin": "Success"},
                "additionalEventData": {"MFAUsed": "Yes"},
            },
        ),
        "report": _ticket(
            "report",
            "report",
            Subject(id="reported", name="reported"),
            source=Source.REPORT,
            format=Format.NATIVE,
            finding_class=FindingClass.THREAT,
        ),
    }
)


def sample(like: str, changes: Mapping[str, Any]) -> Ticket:
    """A sample with some fields changed. Raises KeyError for a sample there is none of."""
    ticket = SAMPLES[like]
    for name, value in changes.items():
        ticket = CHANGES[name](ticket, value)
    return ticket


def _subject(ticket: Ticket, value: Mapping[str, Any]) -> Ticket:
    arn = value.get("arn")
    subject = _arn(arn, ticket.subject.kind) if arn else ticket.subject
    fields = {key: str(value[key]) for key in ("id", "name", "kind") if key in value}
    return replace(ticket, subject=replace(subject, **fields))


def _merged(record: Mapping[str, Any], changes: Mapping[str, Any]) -> dict[str, Any]:
    """A record with changes at any depth; what is set to null is taken out."""
    merged = dict(record)
    for key, value in changes.items():
        if value is None:
            merged.pop(key, None)
        else:
            inner = merged.get(key)
            deeper = isinstance(value, Mapping)
            merged[key] = (
                _merged(inner if isinstance(inner, Mapping) else {}, value) if deeper else value
            )
    return merged


CHANGES: Mapping[str, Callable[[Ticket, Any], Ticket]] = MappingProxyType(
    {
        "subject": _subject,
        "type": lambda ticket, value: replace(ticket, type=str(value)),
        "format": lambda ticket, value: replace(ticket, format=Format(value)),
        "class": lambda ticket, value: replace(ticket, finding_class=FindingClass(value)),
        "severity": lambda ticket, value: replace(ticket, severity=Severity.of(Label(value))),
        "sample": lambda ticket, value: replace(ticket, sample=bool(value)),
        "status": lambda ticket, value: replace(ticket, status=SourceStatus(value)),
        "principal": lambda ticket, value: replace(ticket, principal=str(value)),
        "count": lambda ticket, value: replace(ticket, count=int(value)),
        "event": lambda ticket, value: replace(ticket, record=_merged(ticket.record, value)),
        "account": lambda ticket, _value: ticket,
    }
)
"""What a test may change of a sample; `account` changes the organisation map instead.

`event` is merged into the sample's record: null takes a key out of it.
"""
