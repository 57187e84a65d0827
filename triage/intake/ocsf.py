"""Findings in the Open Cybersecurity Schema Framework: Security Hub V2's and other vendors'.

Shapes: Security Hub user guide, "EventBridge event formats" (Findings Imported V2) and "OCSF
findings in Security Hub"; https://schema.ocsf.io, category Findings; Prowler's documentation,
"Reporting". Every field but the identity may be missing or wear an older name: then less is known.
"""

from datetime import datetime

from triage.domain.json import Record
from triage.domain.severity import Severity
from triage.domain.ticket import CanonicalKey, FindingClass, Format, Source, Ticket
from triage.intake import arn, classes, identity
from triage.intake.delivery import Delivery
from triage.intake.fields import Fields
from triage.intake.guardduty import CRITICAL_FLOOR, count_of, principal_of
from triage.intake.incomplete import Incomplete, placed
from triage.intake.ocsf_products import product_of
from triage.intake.ocsf_scales import severity_of, status_of
from triage.intake.ocsf_told import FINDINGS, HUB_PRODUCT, Told, class_of, product_uid, told_of
from triage.intake.signs import SEQUENCE_PREFIX, is_intelligence_type, is_sample_title

KIND = "an OCSF finding"
PARTS = ("metadata", "finding_info", "finding")
UNCLASSED = {"metadata", "finding_info"}
"""What a record must have to be taken for a finding when it names no class."""
TYPES = ("metadata.event_code", "compliance.control")
ANALYTICS = ("analytic.uid", "analytic.name")


def is_finding(record: Fields) -> bool:
    """Whether a bare record is an OCSF finding: of category 2, or of no class but told like one."""
    parts = {name for name in PARTS if isinstance(record.raw(name), dict)}
    class_uid = class_of(record)
    return bool(parts) if class_uid in FINDINGS else not class_uid and parts >= UNCLASSED


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one finding. Raises Unreadable without an identity, or without account and type."""
    told = told_of(Fields(record), delivery)
    product = product_of(told)
    type_ = product.type(told) or _type(told)
    placed(KIND, type_, told.account)
    finding_class = product.finding_class(told, type_) or _class(told, type_)
    title = told.info("title", "desc") or told.finding.text("message", "desc")
    told_at = _told_at(told)
    return Ticket(
        key=product.key(told, type_) or _key(told, type_),
        source=product.source,
        format=Format.OCSF,
        type=type_,
        finding_class=finding_class,
        severity=_severity(told, type_),
        account=told.account,
        region=told.region,
        subject=told.subject,
        title=title,
        occurred=delivery.or_now(_occurred(told, finding_class), told_at),
        version=delivery.or_now(told_at),
        count=count_of(told.finding),
        status=status_of(told.finding, told.class_uid),
        sample=is_sample_title(title),
        principal=_principal(told, product.source),
        native_id=told.uid,
        product=told.product,
        in_attack_sequence=type_.startswith(SEQUENCE_PREFIX),
        threat_intelligence=_has_intelligence(told, type_, product.source),
        record=record,
        body=delivery.body,
    )


def _type(told: Told) -> str:
    """What the vendor calls this kind of finding, from the most exact name to the vaguest."""
    types = next(iter(told.types()), "")
    weakness = next(iter(told.finding.each("vulnerabilities")), Fields({})).text("cve.uid")
    exact = told.finding.text(*TYPES) or types or told.info(*ANALYTICS)
    return exact or weakness or told.info("title") or told.finding.text("class_name")


def _class(told: Told, type_: str) -> FindingClass:
    about_now = any(told.finding.raw(name) for name in ("compliance", "vulnerabilities"))
    return classes.of_ocsf(told.class_uid, type_, about_now=about_now)


def _key(told: Told, type_: str) -> CanonicalKey:
    """Security Hub's own pair where it knows the product, so that ASFF's copy joins."""
    name = told.uid or (type_ if told.subject.id else "")
    if not name:
        raise Incomplete(KIND, "a finding_info.uid, or a type and a resource")
    product = product_uid(told.finding)
    if told.uid and HUB_PRODUCT.search(product):
        return identity.asff(product.replace(":productv2/", ":product/", 1), told.uid)
    # Some vendors write the rule's id there: the resource keeps two findings of one rule apart.
    return identity.ocsf(told.product, told.account, name, told.subject.id)


def _severity(told: Told, type_: str) -> Severity:
    stated = severity_of(told.finding)
    return max(stated, CRITICAL_FLOOR) if type_.startswith(SEQUENCE_PREFIX) else stated


def _told_at(told: Told) -> datetime | None:
    """When this telling was written: the later of the finding's change and the event's time."""
    times = (
        told.time("modified_time"),
        told.finding.time("time_dt", "time", "event_time"),
        told.finding.time("metadata.modified_time_dt", "metadata.modified_time"),
    )
    written = [time for time in times if time is not None]
    return max(written, default=told.time("created_time", "last_seen_time", "first_seen_time"))


def _occurred(told: Told, finding_class: FindingClass) -> datetime | None:
    """For a threat when last, else since when: what look-ups are made around."""
    first, last = ("first_seen_time", "created_time"), ("last_seen_time",)
    threat = finding_class is FindingClass.THREAT
    return told.time(*((*last, *first) if threat else (*first, *last)))


def _principal(told: Told, source: Source) -> str | None:
    """Who acted. GuardDuty keeps its accessKeyDetails under the resource's `data`."""
    key = told.resource.within("data")
    if source is Source.GUARDDUTY and (found := principal_of(key, told.account, told.uid)):
        return found
    actors = [*told.finding.each("evidences"), told.finding]
    named = (actor.text("actor.user.uid", "actor.user.uid_alt") for actor in actors)
    return next(filter(arn.is_arn, named), None)


def _has_intelligence(told: Told, type_: str, source: Source) -> bool:
    by_type = source is Source.GUARDDUTY and is_intelligence_type(type_)
    return by_type or bool(told.finding.each("osint"))
