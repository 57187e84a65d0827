"""Findings in AWS Security Finding Format, of any product.

Shapes: Security Hub user guide, "ASFF syntax" and "Event formats"; GuardDuty user guide,
"Security Hub integration".
"""

import re
from dataclasses import replace
from datetime import datetime

from triage.domain.json import Record
from triage.domain.ticket import (
    CanonicalKey,
    FindingClass,
    Format,
    Source,
    SourceStatus,
    Subject,
    Ticket,
)
from triage.intake import arn, classes, identity, products, severities
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.guardduty import CRITICAL_FLOOR, principal_of
from triage.intake.incomplete import Incomplete, placed
from triage.intake.resources import cloudformation_type
from triage.intake.signs import SEQUENCE_PREFIX, is_intelligence_type, is_sample_title
from triage.intake.subjects import called

CONTROL_GENERATOR = re.compile(r"(?:^|/)(?P<control>(?:PCI\.)?[A-Z][A-Za-z0-9]*\.\d+)$")
"""The control id at the end of Security Hub's own GeneratorIds.

Ids of services only (S3.8, PCI.S3.1): a bare CIS number means another thing in every edition, so
there the whole GeneratorId stays the type.
"""
PRODUCT = re.compile(r":product/(?P<product>.+)$")
KIND = "a Security Hub finding"
SECURITYHUB, GUARDDUTY, PROWLER = "aws/securityhub", "aws/guardduty", "prowler/prowler"
KEY_DETAILS = "Details.AwsIamAccessKey"
SAMPLE_FIELD = "aws/guardduty/service/additionalInfo/sample"
STATES = (
    ("Workflow.Status", "SUPPRESSED", SourceStatus.SUPPRESSED),
    ("Workflow.Status", "RESOLVED", SourceStatus.RESOLVED),
    ("RecordState", "ARCHIVED", SourceStatus.RESOLVED),
    ("Compliance.Status", "PASSED", SourceStatus.RESOLVED),
)
"""Read from the top. Suppressed says that somebody chose not to look, and outranks the rest."""


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one finding. Raises Unreadable without any identity, or without account and type."""
    finding = Fields(record)
    ticket = _common(finding, delivery)
    if ticket.product == GUARDDUTY:
        return _as_guardduty(ticket, finding)
    return products.retold(ticket, finding, native_type(_types(finding)))


def _common(finding: Fields, delivery: Delivery) -> Ticket:
    product = product_of(finding)
    type_ = type_of(finding, product)
    subject = _subject(finding)
    account = _account(finding, subject) or delivery.account()
    placed(KIND, type_, account)
    region = _region(finding, delivery)
    return Ticket(
        key=_key(finding, product, type_, account, region),
        source=Source.SECURITYHUB,
        format=Format.ASFF,
        type=type_,
        finding_class=classes.of_asff(
            type_,
            product,
            has_compliance=bool(finding.within("Compliance").record),
            generator=finding.text("GeneratorId"),
        ),
        severity=severities.asff(finding, native_scale=10 if product == GUARDDUTY else 1),
        account=account,
        region=region,
        subject=subject,
        title=finding.text("Title", "Description"),
        occurred=delivery.or_now(_observed(finding), _told(finding)),
        version=delivery.or_now(_told(finding)),
        status=_status(finding),
        sample=finding.flag("Sample"),
        native_id=finding.text("Id"),
        product=product,
        threat_intelligence=bool(finding.each("ThreatIntelIndicators")),
        record=finding.record,
        body=delivery.body,
    )


def product_of(finding: Fields) -> str:
    """Name the product as its ARN does, `aws/guardduty`; the finding's own ARN tells otherwise."""
    named = PRODUCT.search(finding.text("ProductArn"))
    if named:
        return named["product"]
    service = arn.parts(finding.text("Id"))[2]
    return f"aws/{service}" if service else ""


def type_of(finding: Fields, product: str) -> str:
    """SecurityControlId, else ProductFields.ControlId, else what the GeneratorId says."""
    stated = finding.text("Compliance.SecurityControlId") or finding.within("ProductFields").text(
        "ControlId"
    )
    generator = finding.text("GeneratorId")
    control = CONTROL_GENERATOR.search(generator) if product == SECURITYHUB else None
    return stated or (control["control"] if control else generator) or _first_type(finding)


def _first_type(finding: Fields) -> str:
    return next(iter(_types(finding)), "")


def _types(finding: Fields) -> list[str]:
    return finding.texts("Types") or finding.texts("FindingProviderFields.Types")


def _subject(finding: Fields) -> Subject:
    first = next(iter(finding.each("Resources")), Fields({}))
    id_ = first.text("Id")
    return called(id_, cloudformation_type(first.text("Type")))


def _account(finding: Fields, subject: Subject) -> str:
    return (
        finding.text("AwsAccountId")
        or arn.account(subject.id)
        or arn.account(finding.text("Id"))
        or arn.account(finding.text("ProductArn"))
    )


def _region(finding: Fields, delivery: Delivery) -> str | None:
    resources = [resource.text("Region") for resource in finding.each("Resources")[:1]]
    return region_of(
        finding.text("Region"),
        *resources,
        arn.region(finding.text("ProductArn")),
        delivery.region(),
    )


def _key(
    finding: Fields, product: str, type_: str, account: str, region: str | None
) -> CanonicalKey:
    resource = next((r.text("Id") for r in finding.each("Resources")), "")
    finding_id = finding.text("Id")
    if product == PROWLER and type_ and resource:
        return identity.prowler(account, region, type_, resource)
    if product == SECURITYHUB and type_ and resource:
        return identity.control(account, region, type_, resource)
    if product == GUARDDUTY and finding_id:
        return identity.guardduty(arn.short(finding_id))
    if finding_id:
        return identity.asff(finding.text("ProductArn"), finding_id)
    raise Incomplete(KIND, "an Id, or a type and a resource to know it by")


def _observed(finding: Fields) -> datetime | None:
    """For a posture since when, for a threat when last: what look-ups are made around."""
    posture = bool(finding.within("Compliance").record)
    first, last = "FirstObservedAt", "LastObservedAt"
    return finding.time(first, last) if posture else finding.time(last, first)


def _told(finding: Fields) -> datetime | None:
    return finding.time("UpdatedAt", "CreatedAt")


def _status(finding: Fields) -> SourceStatus:
    found = (s for path, word, s in STATES if finding.text(path).upper() == word)
    return next(found, SourceStatus.OPEN)


def _as_guardduty(ticket: Ticket, finding: Fields) -> Ticket:
    """The same concern as the native finding: its type, class and key, told in ASFF."""
    type_ = native_type(_types(finding)) or ticket.type
    fields = finding.within("ProductFields").record
    key = next((d for r in finding.each("Resources") if (d := r.within(KEY_DETAILS)).record), None)
    sequence = type_.startswith(SEQUENCE_PREFIX)
    return replace(
        ticket,
        source=Source.GUARDDUTY,
        type=type_,
        finding_class=FindingClass.THREAT,
        severity=max(ticket.severity, CRITICAL_FLOOR) if sequence else ticket.severity,
        sample=ticket.sample or is_sample_title(ticket.title) or Fields(fields).flag(SAMPLE_FIELD),
        principal=principal_of(key, ticket.account, ticket.native_id) if key else None,
        in_attack_sequence=sequence or _mentions(fields, "associatedAttackSequenceArn"),
        threat_intelligence=ticket.threat_intelligence
        or is_intelligence_type(type_)
        or _mentions(fields, "threatListName", "threatIntelligenceDetails"),
    )


def native_type(types: list[str]) -> str:
    """`TTPs/Initial Access/UnauthorizedAccess:EC2-SSHBruteForce` is GuardDuty's own type again.

    The part with the colon begins it, with "-" where GuardDuty writes "/"; no resource name of
    GuardDuty's has a hyphen, so the first one after the colon is the one (integration page,
    "Types"). Some exports write the "/" again.
    """
    whole = next((t for t in types if ":" in t), "")
    before, colon, rest = whole.partition(":")
    native = rest if "/" in rest else rest.replace("-", "/", 1)
    return f"{before.rpartition('/')[2]}{colon}{native}"


def _mentions(fields: Record, *names: str) -> bool:
    return any(name in key and fields[key] for key in fields for name in names)
