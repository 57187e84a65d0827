"""Sample tickets about identities, data and threats."""

from collections.abc import Mapping
from dataclasses import replace
from types import MappingProxyType

from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Source, Subject, Ticket
from triage.playbook.samples_shapes import (
    ACCOUNT,
    BUCKET,
    INSTANCE,
    REGION,
    USER,
    analyzer_ticket,
    guardduty_ticket,
    macie_ticket,
    named,
    threat_ticket,
)

SAMPLES: Mapping[str, Ticket] = MappingProxyType(
    {
        "cloudtrail-attach-user-policy": threat_ticket(
            "attach-user-policy",
            Source.CLOUDTRAIL,
            "iam:AttachUserPolicy",
            named(f"arn:aws:iam::{ACCOUNT}:user/alice", "AWS::IAM::User"),
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
        "access-analyzer-external": analyzer_ticket(
            "external",
            "ExternalAccess:AWS::S3::Bucket",
            BUCKET,
            "AWS::S3::Bucket",
            finding_class=FindingClass.EXPOSURE,
        ),
        "access-analyzer-unused-role": analyzer_ticket(
            "unused-role",
            "UnusedIAMRole",
            f"arn:aws:iam::{ACCOUNT}:role/old-batch",
            "AWS::IAM::Role",
            severity=Severity.of(Label.LOW),
        ),
        "access-analyzer-unused-key": analyzer_ticket(
            "unused-key", "UnusedIAMUserAccessKey", USER, "AWS::IAM::User"
        ),
        "access-analyzer-unused-password": analyzer_ticket(
            "unused-password", "UnusedIAMUserPassword", USER, "AWS::IAM::User"
        ),
        "macie-sensitive-data": macie_ticket(
            "sensitive-data",
            "SensitiveData:S3Object/Personal",
            Subject(id=f"{BUCKET}/2026/november.csv", name="november.csv", kind="AWS::S3::Object"),
            finding_class=FindingClass.EXPOSURE,
        ),
        "macie-block-disabled": macie_ticket(
            "block-disabled",
            "Policy:IAMUser/S3BlockPublicAccessDisabled",
            named(BUCKET, "AWS::S3::Bucket"),
        ),
        "macie-bucket-public": macie_ticket(
            "bucket-public",
            "Policy:IAMUser/S3BucketPublic",
            named(BUCKET, "AWS::S3::Bucket"),
            finding_class=FindingClass.EXPOSURE,
            severity=Severity.of(Label.HIGH),
        ),
        "health-exposed-credentials": threat_ticket(
            "exposed-credentials",
            Source.HEALTH,
            "AWS_RISK_CREDENTIALS_EXPOSED",
            Subject(id="AKIAEXAMPLE", name="AKIAEXAMPLE", kind="AWS::IAM::AccessKey"),
            severity=Severity.of(Label.CRITICAL),
        ),
        "health-abuse": threat_ticket(
            "abuse",
            Source.HEALTH,
            "AWS_ABUSE_DOS_REPORT",
            INSTANCE,
            severity=Severity.of(Label.HIGH),
        ),
        "network-firewall-anomaly": threat_ticket(
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
        "cloudwatch-sign-in-alarm": threat_ticket(
            "sign-in-alarm",
            Source.CLOUDWATCH,
            "alarm:ConsoleSignInFailures",
            named(
                f"arn:aws:cloudwatch:{REGION}:{ACCOUNT}:alarm:ConsoleSignInFailures",
                "AWS::CloudWatch::Alarm",
            ),
        ),
        "security-ir-case": threat_ticket(
            "case",
            Source.INCIDENT_RESPONSE,
            "Case Updated",
            named(
                f"arn:aws:security-ir:{REGION}:{ACCOUNT}:case/0123456789", "AWS::SecurityIR::Case"
            ),
            severity=Severity.of(Label.HIGH),
        ),
        "guardduty-anomalous-behaviour": guardduty_ticket(
            "anomalous-behaviour",
            "UnauthorizedAccess:IAMUser/ConsoleLoginSuccess.B",
            Subject(id="AKIAEXAMPLE", name="AKIAEXAMPLE", kind="AWS::IAM::AccessKey"),
            severity=Severity.of(Label.MEDIUM),
            principal=f"arn:aws:iam::{ACCOUNT}:user/alice",
        ),
        "guardduty-crypto-mining": guardduty_ticket(
            "crypto-mining",
            "CryptoCurrency:EC2/BitcoinTool.B!DNS",
            replace(INSTANCE, kind="AWS::EC2::Instance"),
            severity=Severity.of(Label.HIGH),
        ),
        "guardduty-command-and-control": guardduty_ticket(
            "command-and-control",
            "Backdoor:EC2/C&CActivity.B!DNS",
            replace(INSTANCE, kind="AWS::EC2::Instance"),
            severity=Severity.of(Label.HIGH),
        ),
    }
)
