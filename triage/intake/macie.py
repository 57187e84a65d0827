"""Macie findings: over EventBridge, bare as GetFindings gives them, and told in ASFF.

Shapes: Macie user guide, "EventBridge event schema for findings" and "Security Hub integration";
Macie API reference, "Findings - Describe". Policy findings recur under one id (`count`,
`updatedAt`), sensitive-data findings never do.
"""

from dataclasses import replace

from triage.domain.json import Record
from triage.domain.severity import Label, Severity
from triage.domain.ticket import Format, Source, SourceStatus, Subject, Ticket
from triage.intake import arn, classes, identity, severities
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.guardduty import count_of, subject
from triage.intake.incomplete import Incomplete, placed

KIND = "a Macie finding"
PRODUCT = "aws/macie"
SENSITIVE = "SensitiveData:"
SCORES = {1: Label.LOW, 2: Label.MEDIUM, 3: Label.HIGH}
"""severity.score (API reference, Severity); its description says the same in a word."""
BUCKET, OBJECT = "AWS::S3::Bucket", "AWS::S3::Object"
IDENTITIES = ("assumedRole", "federatedUser", "iamUser", "root", "awsAccount")
"""The members of policyDetails.actor.userIdentity that may name who changed the bucket."""


def is_finding(record: Fields) -> bool:
    """Know a bare finding by what only Macie writes together."""
    known = record.text("type").startswith((SENSITIVE, "Policy:IAMUser/S3"))
    return record.has("resourcesAffected") and (known or record.has("category"))


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one finding. Raises Unreadable without an id, or without both account and type."""
    finding = Fields(record)
    finding_id = finding.text("id")
    type_ = finding.text("type")
    account = finding.text("accountId", f"{OWNER}.accountId", f"{OWNER}.id") or delivery.account()
    if not finding_id:
        raise Incomplete(KIND, "an id")
    placed(KIND, type_, account)
    told = finding.time("updatedAt", "createdAt")
    return Ticket(
        key=identity.macie(finding_id),
        source=Source.MACIE,
        format=Format.NATIVE,
        type=type_,
        finding_class=classes.of_macie(type_),
        severity=severity_of(finding),
        account=account,
        region=region_of(finding.text("region"), delivery.region()),
        subject=subject_of(finding, type_),
        title=finding.text("title", "description"),
        occurred=delivery.or_now(finding.time("createdAt"), told),
        version=delivery.or_now(told),
        count=count_of(finding),
        status=SourceStatus.SUPPRESSED if finding.flag("archived") else SourceStatus.OPEN,
        sample=finding.flag("sample"),
        principal=_principal(finding),
        native_id=finding_id,
        product=PRODUCT,
        record=record,
        body=delivery.body,
    )


OWNER = "resourcesAffected.s3Bucket.owner"


def severity_of(finding: Fields) -> Severity:
    """Take the word, else the score of 1 to 3; medium when it states neither."""
    worded = severities.of_word(finding.raw("severity.description") or finding.raw("severity"))
    label = SCORES.get(int(finding.number("severity.score", "severity") or 0))
    return worded or (severities.UNSTATED if label is None else Severity.of(label))


def subject_of(finding: Fields, type_: str) -> Subject:
    """Name the object that holds the data, else the bucket; by its ARN wherever that is certain."""
    affected = finding.within("resourcesAffected")
    bucket = _bucket(affected.within("s3Bucket"), finding.text("partition"))
    key = affected.text("s3Object.key")
    if not (type_.startswith(SENSITIVE) and key):
        return subject(bucket, BUCKET)
    holder = bucket or affected.text("s3Object.bucketArn")
    return subject(f"{holder}/{key}" if holder else affected.text("s3Object.path"), OBJECT)


def _bucket(bucket: Fields, partition: str) -> str:
    name = bucket.text("name")
    built = f"arn:{partition}:s3:::{name}" if partition and name else name
    return bucket.text("arn") or built


def _principal(finding: Fields) -> str | None:
    """Who made the bucket what it is, where a policy finding tells (PolicyDetails, actor)."""
    who = finding.within("policyDetails.actor.userIdentity")
    found = [who.text(f"{kind}.arn") for kind in IDENTITIES]
    return next((one for one in found if one), None)


def retold(ticket: Ticket, finding: Fields, native_type: str) -> Ticket:
    """The same concern as the native finding, told in ASFF: its Id is Macie's own."""
    type_ = native_type or ticket.type
    finding_id = arn.short(ticket.native_id)
    sensitive = _object(finding) if type_.startswith(SENSITIVE) else ""
    return replace(
        ticket,
        key=identity.macie(finding_id) if finding_id else ticket.key,
        source=Source.MACIE,
        type=type_,
        finding_class=classes.of_macie(type_),
        subject=subject(sensitive, OBJECT) if sensitive else ticket.subject,
        sample=ticket.sample or finding.flag("Sample"),
        native_id=finding_id,
    )


def _object(finding: Fields) -> str:
    """Find the object among the resources; the bucket comes first."""
    objects = [one for one in finding.each("Resources") if one.text("Type") == "AwsS3Object"]
    return next((one.text("Id") for one in objects), "")
