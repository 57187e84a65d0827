"""Where OCSF findings say what, in the versions and by the vendors we have met.

https://schema.ocsf.io (0.x and 1.0 have `finding` and `cloud.account_uid`, 1.1 and later
`finding_info` and `cloud.account.uid`); Security Hub user guide, "OCSF findings in Security Hub"
and the AWS extension to OCSF, which adds `uid_alt`, a resource's ARN.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.domain.ticket import Subject
from triage.intake import arn
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields, as_number, folded
from triage.intake.resources import cloudformation_type
from triage.intake.subjects import called

CLASSES: Mapping[str, int] = {
    "securityfinding": 2001,
    "vulnerabilityfinding": 2002,
    "compliancefinding": 2003,
    "detectionfinding": 2004,
    "incidentfinding": 2005,
    "datasecurityfinding": 2006,
    "applicationsecurityposturefinding": 2007,
    "iamanalysisfinding": 2008,
}
FINDINGS = range(2001, 2100)
"""The class ids of OCSF's category 2."""
PER_TYPE = 100
"""type_uid is class_uid x 100 + activity_id."""
HUB_PRODUCT = re.compile(r":securityhub:[^:]*:[^:]*:product(?:v2)?/(?P<product>.+)$")
AWS_VENDORS = frozenset({"aws", "amazon", "amazon web services"})
AWS = "aws/"
VENDOR_WORDS = re.compile(r"^(?:amazon|aws|iam)\s+", re.IGNORECASE)
AWS_PRODUCTS: Mapping[str, str] = {
    "guardduty": "aws/guardduty",
    "inspector": "aws/inspector",
    "macie": "aws/macie",
    "access analyzer": "aws/access-analyzer",
    "security hub": "aws/securityhub",
    "security hub cspm": "aws/securityhub",
}
"""Product names without the vendor's, for records that carry no product ARN."""
PRODUCTS: Mapping[str, str] = {"prowler": "prowler/prowler"}
"""Products that changed their vendor's name: Prowler/ProwlerPro, Prowler."""
INFO = ("finding_info", "finding")
IDS = ("ticket.uid", "metadata.uid")
"""What names a finding that has no finding_info.uid: incidents have none."""
ACCOUNT_KIND = "AWS::::Account"
OBJECT_KIND, BUCKET_KIND = "AWS::S3::Object", "AWS::S3::Bucket"
ACCOUNTS = (
    "cloud.account.uid",
    "cloud.account_uid",
    "cloud.project_uid",
    "unmapped.provider_uid",
    "unmapped.account_uid",
)
OWNERS = ("owner.account.uid", "account.uid", "account_uid")
"""Whose a resource is, from the resource."""
ELSEWHERE = (
    "databucket.uid",
    "databucket.name",
    "device.uid",
    "device.hostname",
    "device.name",
    "device.ip",
)
"""What a finding without resources is about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One finding with the facts that its identity rests on.

    `product` is `vendor/product` as Security Hub's product ARNs have it, `uid` the vendor's id of
    the finding, `resource` the first resource as it stands. Anything not said is "".
    """

    finding: Fields
    class_uid: int
    product: str
    uid: str
    account: str
    region: str | None
    resource: Fields
    subject: Subject

    def info(self, *names: str) -> str:
        return _info(self.finding, *names)

    def types(self) -> list[str]:
        """What the finding calls its kind, in several taxonomies; an incident has its findings'."""
        listed = self.finding.each("finding_info_list")[:1]
        told = (self.finding.within(part) for part in INFO)
        return next((types for info in (*told, *listed) if (types := info.texts("types"))), [])

    def time(self, *names: str) -> datetime | None:
        """Find the first of these times of the finding, each as text or as a number."""
        spelt = (f"{part}.{name}{end}" for name in names for part in INFO for end in ("_dt", ""))
        return self.finding.time(*spelt)


def told_of(finding: Fields, delivery: Delivery) -> Told:
    """Gather what a finding says of itself; the delivery speaks only for AWS."""
    resource = _resource(finding)
    subject = _subject(finding, resource)
    uid = _info(finding, "uid") or finding.text(*IDS)
    product = _product(finding)
    provider = finding.text("cloud.provider").lower()
    # Other vendors' findings are delivered by whoever integrates them, not by whom they concern.
    on_aws = provider in AWS_VENDORS or (not provider and product.startswith(AWS))
    account = _account(finding, resource, subject.id, uid)
    region = region_of(
        finding.text("cloud.region"),
        resource.text("region"),
        arn.region(uid),
        *_arn_region(finding),
    )
    return Told(
        finding=finding,
        class_uid=class_of(finding),
        product=product,
        uid=uid,
        account=account or (delivery.account() if on_aws else ""),
        region=region or (region_of(delivery.region()) if on_aws else None),
        resource=resource,
        subject=subject,
    )


def class_of(finding: Fields) -> int:
    """The class by its id, its name or its type; 0 when none says."""
    stated = as_number(finding.raw("class_uid"))
    named = CLASSES.get(folded(finding.text("class_name").replace(" ", "")))
    by_type = (as_number(finding.raw("type_uid")) or 0) // PER_TYPE
    return int(stated or named or by_type)


def product_uid(finding: Fields) -> str:
    """The product's ARN at Security Hub, or whatever its vendor calls it."""
    return finding.text("metadata.product.uid", "metadata.product_uid")


def _info(finding: Fields, *names: str) -> str:
    return finding.text(*(f"{part}.{name}" for name in names for part in INFO))


def _product(finding: Fields) -> str:
    at_hub = HUB_PRODUCT.search(product_uid(finding))
    if at_hub:
        return at_hub["product"]
    product = finding.within("metadata.product")
    name, vendor = product.text("name"), product.text("vendor_name").lower()
    if vendor in AWS_VENDORS or VENDOR_WORDS.match(name):
        short = VENDOR_WORDS.sub("", VENDOR_WORDS.sub("", name)).lower()
        return AWS_PRODUCTS.get(short, f"{AWS}{short}")
    own = "/".join(part for part in (vendor or name.lower(), name.lower()) if part)
    return PRODUCTS.get(name.lower(), own)


def _resource(finding: Fields) -> Fields:
    listed = finding.each("resources") or finding.each("resource")
    return next(iter(listed), Fields({}))


def _subject(finding: Fields, resource: Fields) -> Subject:
    kind = cloudformation_type(resource.text("type"))
    id_ = _resource_id(finding, resource, kind) or finding.text(*ELSEWHERE)
    return called(id_, kind)


def _resource_id(finding: Fields, resource: Fields, kind: str) -> str:
    """The ARN where one is given for this very resource, else what the record calls it."""
    uid, other = resource.text("uid"), resource.text("uid_alt")
    if kind == ACCOUNT_KIND and uid.isdigit():
        return f"{ACCOUNT_KIND}:{uid}"
    if kind == OBJECT_KIND and not arn.is_arn(uid) and (bucket := _bucket(finding)):
        return f"{bucket}/{uid}"
    # An access key's uid_alt may name its user: another thing than the subject.
    same = not uid or arn.short(other) == arn.short(uid)
    return other if arn.is_arn(other) and same else uid or resource.text("name", "hostname", "ip")


def _bucket(finding: Fields) -> str:
    buckets = [r for r in finding.each("resources") if r.text("type") == BUCKET_KIND]
    named = [bucket.text("uid_alt", "uid") for bucket in buckets]
    return next((one for one in (*named, finding.text("databucket.uid")) if arn.is_arn(one)), "")


def _account(finding: Fields, resource: Fields, subject: str, uid: str) -> str:
    return (
        finding.text(*ACCOUNTS)
        or resource.text(*OWNERS)
        or arn.account(subject)
        or arn.account(uid)
    )


def _arn_region(finding: Fields) -> tuple[str, ...]:
    return (arn.region(product_uid(finding)),)
