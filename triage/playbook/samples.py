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


def _analyzer(name: str, type_: str, arn: str, kind: str, **changes: Any) -> Ticket:
    native: dict[str, Any] = {"source": Source.ACCESS_ANALYZER, "format": Format.NATIVE}
    return _ticket(name, type_, _arn(arn, kind), **(native | changes))


def _macie(name: str, type_: str, subject: Subject, **changes: Any) -> Ticket:
    native: dict[str, Any] = {"source": Source.MACIE, "format": Format.NATIVE}
    return _ticket(name, type_, subject, **(native | changes))


def _threat(name: str, source: Source, type_: str, subject: Subject, **changes: Any) -> Ticket:
    native = {
        "source": source,
        "format": Format.NATIVE,
        "finding_class": FindingClass.THREAT,
    }
    return _ticket(name, type_, subject, **(native | changes))


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
        "cloudtrail-attach-user-policy": _threat(
            "attach-user-policy",
            Source.CLOUDTRAIL,
            "iam:AttachUserPolicy",
            _arn(f"arn:aws:iam::{ACCOUNT}:user/alice", "AWS::IAM::User"),
            region="us-east-1",
            principal=f"arn:aws:iam::{ACCOUNT}:user/alice",
            record={
                "eventName": "AttachUserPolicy",
                "userIdentity": {"type": "IAMUser", "userName": "alice"},
                "requestParameters": {
                    "userName": "deploy",
                    "policyArn": "arn:aws:iam::aws:policy/ReadOnlyAccess",
                },
            },
        ),
        "access-analyzer-external": _analyzer(
            "external",
            "ExternalAccess:AWS::S3::Bucket",
            BUCKET,
            "AWS::S3::Bucket",
            finding_class=FindingClass.EXPOSURE,
        ),
        "access-analyzer-unused-role": _analyzer(
            "unused-role",
            "UnusedIAMRole",
            f"arn:aws:iam::{ACCOUNT}:role/old-batch",
            "AWS::IAM::Role",
            severity=Severity.of(Label.LOW),
        ),
        "access-analyzer-unused-key": _analyzer(
            "unused-key", "UnusedIAMUserAccessKey", USER, "AWS::IAM::User"
        ),
        "access-analyzer-unused-password": _analyzer(
            "unused-password", "UnusedIAMUserPassword", USER, "AWS::IAM::User"
        ),
        "macie-sensitive-data": _macie(
            "sensitive-data",
            "SensitiveData:S3Object/Personal",
            Subject(id=f"{BUCKET}/2026/november.csv", name="november.csv", kind="AWS::S3::Object"),
            finding_class=FindingClass.EXPOSURE,
        ),
        "macie-block-disabled": _macie(
            "block-disabled",
            "Policy:IAMUser/S3BlockPublicAccessDisabled",
            _arn(BUCKET, "AWS::S3::Bucket"),
        ),
        "macie-bucket-public": _macie(
            "bucket-public",
            "Policy:IAMUser/S3BucketPublic",
            _arn(BUCKET, "AWS::S3::Bucket"),
            finding_class=FindingClass.EXPOSURE,
            severity=Severity.of(Label.HIGH),
        ),
        "health-exposed-credentials": _threat(
            "exposed-credentials",
            Source.HEALTH,
            "AWS_RISK_CREDENTIALS_EXPOSED",
            Subject(id="AKIAEXAMPLE", name="AKIAEXAMPLE", kind="AWS::IAM::AccessKey"),
            severity=Severity.of(Label.CRITICAL),
        ),
        "health-abuse": _threat(
            "abuse",
            Source.HEALTH,
            "AWS_ABUSE_DOS_REPORT",
            INSTANCE,
            severity=Severity.of(Label.HIGH),
        ),
        "network-firewall-anomaly": _threat(
            "firewall-anomaly",
            Source.NETWORK_FIREWALL,
            "SURICATA STREAM Packet with invalid ack",
            Subject(id="10.20.0.7", name="10.20.0.7"),
            severity=Severity.of(Label.LOW),
            record={
                "firewall_name": "edge",
                "event": {"src_ip": "198.51.100.9", "dest_ip": "10.20.0.7"},
            },
        ),
        "cloudwatch-sign-in-alarm": _threat(
            "sign-in-alarm",
            Source.CLOUDWATCH,
            "alarm:ConsoleSignInFailures",
            _arn(
                f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:ConsoleSignInFailures",
                "AWS::CloudWatch::Alarm",
            ),
        ),
        "security-ir-case": _threat(
            "case",
            Source.INCIDENT_RESPONSE,
            "Case Updated",
            _arn(
                f"arn:aws:security-ir:{REGION}:{ACCOUNT}:case/0123456789", "AWS::SecurityIR::Case"
            ),
            severity=Severity.of(Label.HIGH),
        ),
        "guardduty-anomalous-behaviour": _guardduty(
            "anomalous-behaviour",
            "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
            Subject(id="AKIAEXAMPLE", name="AKIAEXAMPLE", kind="AWS::IAM::AccessKey"),
            severity=Severity.of(Label.MEDIUM),
            principal=f"arn:aws:iam::{ACCOUNT}:user/alice",
        ),
        "guardduty-crypto-mining": _guardduty(
            "crypto-mining",
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            replace(INSTANCE, kind="AWS::EC2::Instance"),
            severity=Severity.of(Label.HIGH),
        ),
        "guardduty-command-and-control": _guardduty(
            "command-and-control",
            "Backdoor:EC2/C&CActivity.B!DNS",
            replace(INSTANCE, kind="AWS::EC2::Instance"),
            severity=Severity.of(Label.HIGH),
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
