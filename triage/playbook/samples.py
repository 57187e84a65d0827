"""Sample tickets that ship with the language: what `like:` in a playbook's test names."""

from collections.abc import Callable, Mapping
from dataclasses import replace
from types import MappingProxyType
from typing import Any

from triage.domain.severity import Label, Severity
from triage.domain.ticket import (
    FindingClass,
    Format,
    Source,
    SourceStatus,
    Subject,
    Ticket,
)
from triage.playbook import samples_identity, samples_threats
from triage.playbook.samples_shapes import (
    ACCOUNT,
    BUCKET,
    GROUP,
    INSTANCE,
    OPEN,
    REGION,
    USER,
    a_ticket,
    account_control_ticket,
    control_ticket,
    guardduty_ticket,
    inspector_ticket,
    named,
    stack_ticket,
)

SAMPLES: Mapping[str, Ticket] = MappingProxyType(
    {
        **samples_identity.SAMPLES,
        **samples_threats.SAMPLES,
        "securityhub-s3.8": a_ticket("s3.8", "S3.8", named(BUCKET, "AwsS3Bucket")),
        "securityhub-s3.2": a_ticket(
            "s3.2",
            "S3.2",
            named(BUCKET, "AwsS3Bucket"),
            finding_class=FindingClass.EXPOSURE,
            severity=Severity.of(Label.HIGH),
        ),
        "securityhub-ec2.19": a_ticket(
            "ec2.19",
            "EC2.19",
            named(GROUP, "AwsEc2SecurityGroup"),
            finding_class=FindingClass.EXPOSURE,
            severity=Severity.of(Label.HIGH),
        ),
        "securityhub-iam.3": a_ticket("iam.3", "IAM.3", named(USER, "AwsIamUser")),
        "securityhub-ec2.1": control_ticket(
            "EC2.1",
            f"arn:aws:ec2:{REGION}:{ACCOUNT}:snapshot/snap-0a1b2c3d",
            "AwsEc2Snapshot",
            **OPEN,
        ),
        "securityhub-ec2.3": control_ticket(
            "EC2.3", f"arn:aws:ec2:{REGION}:{ACCOUNT}:volume/vol-0a1b2c3d", "AwsEc2Volume"
        ),
        "securityhub-ec2.8": control_ticket(
            "EC2.8", f"arn:aws:ec2:{REGION}:{ACCOUNT}:instance/{INSTANCE.id}", "AwsEc2Instance"
        ),
        "securityhub-rds.2": control_ticket(
            "RDS.2", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders", "AwsRdsDbInstance", **OPEN
        ),
        "securityhub-rds.3": control_ticket(
            "RDS.3", f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders", "AwsRdsDbInstance"
        ),
        "securityhub-kms.3": control_ticket(
            "KMS.3",
            f"arn:aws:kms:{REGION}:{ACCOUNT}:key/1a2b3c4d-0000-4000-8000-000000000001",
            "AwsKmsKey",
        ),
        "securityhub-lambda.1": control_ticket(
            "Lambda.1",
            f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize",
            "AwsLambdaFunction",
            **OPEN,
        ),
        "securityhub-guardduty.1": account_control_ticket("GuardDuty.1"),
        "securityhub-config.1": account_control_ticket("Config.1"),
        "securityhub-cloudtrail.1": account_control_ticket("CloudTrail.1"),
        "securityhub-cloudtrail.4": control_ticket(
            "CloudTrail.4",
            f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main",
            "AwsCloudTrailTrail",
        ),
        "inspector-package": inspector_ticket("package", "PACKAGE_VULNERABILITY"),
        "cloudformation-drift": stack_ticket(
            "drift", "CloudFormation Drift Detection Status Change"
        ),
        "cloudformation-failed": stack_ticket("failed", "CloudFormation Stack Status Change"),
        "config-restricted-ssh": a_ticket(
            "restricted-ssh",
            "restricted-ssh",
            Subject(id="sg-0a1b2c3d", name="sg-0a1b2c3d", kind="AWS::EC2::SecurityGroup"),
            source=Source.CONFIG,
            format=Format.NATIVE,
            finding_class=FindingClass.EXPOSURE,
        ),
        "guardduty-port-probe": guardduty_ticket(
            "port-probe",
            "Recon:EC2/PortProbeUnprotectedPort",
            INSTANCE,
            severity=Severity.of(Label.LOW),
        ),
        "guardduty-ssh-brute-force": guardduty_ticket(
            "ssh-brute-force",
            "UnauthorizedAccess:EC2/SSHBruteForce",
            INSTANCE,
            severity=Severity.of(Label.LOW),
        ),
        "guardduty-sample": guardduty_ticket(
            "sample", "Recon:EC2/Portscan", INSTANCE, sample=True, title="[SAMPLE] Port scan"
        ),
        "guardduty-exfiltration": guardduty_ticket(
            "exfiltration",
            "UnauthorizedAccess:IAMUser/InstanceCredentialExfiltration.OutsideAWS",
            Subject(id="ASIAEXAMPLE", name="ASIAEXAMPLE", kind="AccessKey"),
            severity=Severity.of(Label.HIGH),
        ),
        "cloudtrail-console-login": a_ticket(
            "console-login",
            "signin:ConsoleLogin",
            named(f"arn:aws:iam::{ACCOUNT}:user/alice", "IAMUser"),
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
        "report": a_ticket(
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
    subject = named(arn, ticket.subject.kind) if arn else ticket.subject
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
