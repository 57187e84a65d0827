"""Sample tickets of GuardDuty's other families, and of controls about kinds of their own."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass, Source, Subject, Ticket
from triage.playbook.samples_shapes import (
    ACCOUNT,
    BUCKET,
    INSTANCE,
    OPEN,
    REGION,
    control_ticket,
    guardduty_ticket,
    inspector_ticket,
    named,
    threat_ticket,
)

HIGH = Severity.of(Label.HIGH)
ALICE = f"arn:aws:iam::{ACCOUNT}:user/alice"
SERVER = Subject(id=INSTANCE.id, name=INSTANCE.name, kind="AWS::EC2::Instance")
GUARDDUTY: Mapping[str, tuple[str, Subject]] = MappingProxyType(
    {
        "bucket-read": ("Exfiltration:S3/AnomalousBehavior", named(BUCKET, "AWS::S3::Bucket")),
        "bucket-opened": (
            "Policy:S3/BucketAnonymousAccessGranted",
            named(BUCKET, "AWS::S3::Bucket"),
        ),
        "cluster": (
            "Persistence:Kubernetes/TorIPCaller",
            named(f"arn:aws:eks:{REGION}:{ACCOUNT}:cluster/shop", "AWS::EKS::Cluster"),
        ),
        "runtime": ("Execution:Runtime/ReverseShell", SERVER),
        "function": (
            "Backdoor:Lambda/C&CActivity.B",
            named(f"arn:aws:lambda:{REGION}:{ACCOUNT}:function:resize", "AWS::Lambda::Function"),
        ),
        "database": (
            "CredentialAccess:RDS/AnomalousBehavior.SuccessfulLogin",
            named(f"arn:aws:rds:{REGION}:{ACCOUNT}:db:orders", "AWS::RDS::DBInstance"),
        ),
        "malware": ("Execution:EC2/MaliciousFile", SERVER),
    }
)
"""A name, its finding type and what it is about: all high, all by the same user."""

SAMPLES: Mapping[str, Ticket] = MappingProxyType(
    {
        **{
            f"guardduty-{name}": guardduty_ticket(
                name, type_, subject, severity=HIGH, principal=ALICE
            )
            for name, (type_, subject) in GUARDDUTY.items()
        },
        "cloudtrail-stop-logging": threat_ticket(
            "stop-logging",
            Source.CLOUDTRAIL,
            "cloudtrail:StopLogging",
            named(ALICE, "AWS::IAM::User"),
            severity=HIGH,
            principal=ALICE,
        ),
        "inspector-reachable": inspector_ticket(
            "reachable", "NETWORK_REACHABILITY", finding_class=FindingClass.EXPOSURE
        ),
        "securityhub-policy": control_ticket(
            "IAM.1", f"arn:aws:iam::{ACCOUNT}:policy/wide", "AwsIamPolicy"
        ),
        "securityhub-balancer": control_ticket(
            "ELB.1",
            f"arn:aws:elasticloadbalancing:{REGION}:{ACCOUNT}:loadbalancer/app/shop/0a1b2c3d4e5f6071",
            "AwsElbv2LoadBalancer",
        ),
        "securityhub-queue": control_ticket(
            "SQS.3", f"arn:aws:sqs:{REGION}:{ACCOUNT}:orders", "AwsSqsQueue", **OPEN
        ),
    }
)
