"""GuardDuty findings: EventBridge's lowerCamel, the API's PascalCase and what people made of them.

Shapes: GuardDuty user guide, "Finding details"; API reference, Finding.
"""

import re
from datetime import datetime

from triage.domain.json import Record
from triage.domain.severity import FLOORS, Severity
from triage.domain.ticket import (
    FindingClass,
    Format,
    Source,
    SourceStatus,
    Subject,
    Ticket,
)
from triage.intake import arn, identity, severities
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete, placed
from triage.intake.signs import SEQUENCE_PREFIX, is_intelligence_type, is_sample_title
from triage.intake.subjects import called

CRITICAL_FLOOR = Severity(FLOORS[0][0])
KIND = "a GuardDuty finding"
COUNT_MAX = 1_000_000_000
SAID_IN_TEXT = {
    "sample": re.compile(r'"sample"\s*:\s*true'),
    "intelligence": re.compile(r'"threatListNames?"\s*:\s*[\["]'),
}
"""`additionalInfo.value` is JSON written into a string; only these two facts are looked for."""

SUBJECTS: dict[str, tuple[tuple[str, str], ...]] = {
    "accesskey": (
        ("accessKeyDetails.accessKeyId", "AWS::IAM::AccessKey"),
        ("accessKeyDetails.principalId", "AWS::IAM::User"),
        ("accessKeyDetails.userName", "AWS::IAM::User"),
    ),
    "instance": (("instanceDetails.instanceId", "AWS::EC2::Instance"),),
    "lambda": (
        ("lambdaDetails.functionArn", "AWS::Lambda::Function"),
        ("lambdaDetails.functionName", "AWS::Lambda::Function"),
    ),
    "rdsdbinstance": (
        ("rdsDbInstanceDetails.dbInstanceArn", "AWS::RDS::DBInstance"),
        ("rdsDbInstanceDetails.dbInstanceIdentifier", "AWS::RDS::DBInstance"),
    ),
    "rdslimitlessdb": (
        ("rdsLimitlessDbDetails.dbShardGroupArn", "AWS::RDS::DBShardGroup"),
        ("rdsLimitlessDbDetails.dbShardGroupIdentifier", "AWS::RDS::DBShardGroup"),
    ),
    "ekscluster": (
        ("eksClusterDetails.arn", "AWS::EKS::Cluster"),
        ("eksClusterDetails.name", "AWS::EKS::Cluster"),
    ),
    "ecscluster": (
        ("ecsClusterDetails.arn", "AWS::ECS::Cluster"),
        ("ecsClusterDetails.name", "AWS::ECS::Cluster"),
    ),
    "container": (
        ("ecsClusterDetails.arn", "AWS::ECS::Cluster"),
        ("eksClusterDetails.arn", "AWS::EKS::Cluster"),
        ("containerDetails.id", ""),
    ),
    "ebssnapshot": (("ebsSnapshotDetails.snapshotArn", "AWS::EC2::Snapshot"),),
    "ec2image": (("ec2ImageDetails.imageArn", "AWS::EC2::Image"),),
    "recoverypoint": (("recoveryPointDetails.recoveryPointArn", "AWS::Backup::RecoveryPoint"),),
}
"""resource.resourceType, folded, to where its id stands and which CloudFormation type that is."""
BUCKETS = frozenset({"s3bucket", "s3object"})
ANY_SUBJECT = tuple(row for rows in SUBJECTS.values() for row in rows)


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one finding. Raises Unreadable without an id, or without both account and type."""
    finding = Fields(record)
    finding_arn = finding.text("arn")
    finding_id = finding.text("id", "findingId") or arn.short(finding_arn)
    type_ = finding.text("type", "findingType")
    account = finding.text("accountId") or arn.account(finding_arn) or delivery.account()
    if not finding_id:
        raise Incomplete(KIND, "an id or ARN")
    placed(KIND, type_, account)
    subject = subject_of(finding)
    service = finding.within("service")
    sequence = type_.startswith(SEQUENCE_PREFIX)
    return Ticket(
        key=identity.guardduty(finding_id),
        source=Source.GUARDDUTY,
        format=Format.NATIVE,
        type=type_,
        finding_class=FindingClass.THREAT,
        severity=_severity(finding, sequence=sequence),
        account=account,
        region=region_of(finding.text("region"), arn.region(finding_arn), delivery.region()),
        subject=subject,
        title=finding.text("title", "description"),
        occurred=delivery.or_now(service.time("eventLastSeen", "eventFirstSeen"), _told(finding)),
        version=delivery.or_now(_told(finding)),
        count=count_of(service),
        status=SourceStatus.SUPPRESSED if service.flag("archived") else SourceStatus.OPEN,
        sample=_is_sample(finding, service),
        principal=principal_of(finding.within("resource.accessKeyDetails"), account, finding_arn),
        native_id=finding_arn or finding_id,
        product="aws/guardduty",
        in_attack_sequence=sequence or bool(finding.text("associatedAttackSequenceArn")),
        threat_intelligence=is_intelligence_type(type_) or _has_intelligence(service),
        record=record,
        body=delivery.body,
    )


def _told(finding: Fields) -> datetime | None:
    return finding.time("updatedAt", "createdAt")


def _severity(finding: Fields, *, sequence: bool) -> Severity:
    stated = severities.guardduty(finding.raw("severity"))
    return max(stated, CRITICAL_FLOOR) if sequence else stated


def count_of(service: Fields) -> int:
    """How often it happened so far, from 1 to a billion."""
    return int(min(max(service.number("count") or 1, 1), COUNT_MAX))


def _is_sample(finding: Fields, service: Fields) -> bool:
    information = service.within("additionalInfo")
    said = SAID_IN_TEXT["sample"].search(information.text("value"))
    return information.flag("sample") or said is not None or is_sample_title(finding.text("title"))


def _has_intelligence(service: Fields) -> bool:
    information = service.within("additionalInfo")
    said = SAID_IN_TEXT["intelligence"].search(information.text("value"))
    listed = information.texts("threatListName") + information.texts("threatListNames")
    return bool(listed or said or service.raw("evidence.threatIntelligenceDetails"))


def subject_of(finding: Fields) -> Subject:
    """Find what the finding is about, by its resource type."""
    resource = finding.within("resource")
    kind = resource.text("resourceType").replace("_", "").lower()
    bucket = _bucket(resource)
    if bucket.id and (not kind or kind in BUCKETS):
        return bucket
    rows = SUBJECTS.get(kind, ()) + ANY_SUBJECT
    found = ((resource.text(path), cloudformation) for path, cloudformation in rows)
    id_, cloudformation = next(((i, c) for i, c in found if i), ("", ""))
    return subject(id_, cloudformation) if id_ else _of_sequence(finding, otherwise=bucket)


def _bucket(resource: Fields) -> Subject:
    bucket = next(iter(resource.each("s3BucketDetails")), Fields({}))
    object_ = next(iter(bucket.each("s3ObjectDetails")), Fields({}))
    if resource.text("resourceType").lower() == "s3object" and object_.text("objectArn"):
        return subject(object_.text("objectArn"), "AWS::S3::Object")
    return subject(bucket.text("arn", "name"), "AWS::S3::Bucket")


def _of_sequence(finding: Fields, *, otherwise: Subject) -> Subject:
    """Give the one resource of an attack sequence; a sequence over many is its own subject."""
    resources = finding.each("service.detection.sequence.resources")
    if not resources:
        return otherwise
    only = resources[0].text("uid", "name") if len(resources) == 1 else ""
    return subject(only or finding.text("arn", "id"), "")


def subject(id_: str, kind: str) -> Subject:
    """Make a subject of what the record calls it; nothing is of no kind."""
    return called(id_, kind if id_ else "")


def principal_of(key: Fields, account: str, finding_arn: str) -> str | None:
    """Who acted, as an ARN where access key details name one; ASFF calls the same fields apart.

    https://docs.aws.amazon.com/guardduty/latest/APIReference/API_AccessKeyDetails.html
    https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_AwsIamAccessKeyDetails.html
    """
    id_, name = key.text("principalId"), key.text("userName", "principalName")
    role, _, session = id_.rpartition(":")
    named = PRINCIPALS.get(key.text("userType", "principalType"), "")
    lacking = ("{name}" in named and not name) or ("{session}" in named and not (role and session))
    if not (named and account) or lacking:
        return id_ or name or None
    partition = arn.partition(finding_arn) or "aws"
    return named.format(partition=partition, account=account, name=name, session=session)


PRINCIPALS = {
    "Root": "arn:{partition}:iam::{account}:root",
    "IAMUser": "arn:{partition}:iam::{account}:user/{name}",
    "AssumedRole": "arn:{partition}:sts::{account}:assumed-role/{name}/{session}",
    "Role": "arn:{partition}:sts::{account}:assumed-role/{name}/{session}",
}
"""userType to the ARN of who holds the key; a role without a session stays its unique id."""
