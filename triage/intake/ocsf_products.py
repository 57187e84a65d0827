"""What some products' findings are called outside OCSF: product to native identity, a table.

A product that is not here keeps its own names: the finding's (account, id, product).
"""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from triage.domain.ticket import CanonicalKey, FindingClass, Source
from triage.intake import arn, classes, identity, inspector
from triage.intake.ocsf_told import ACCOUNT_KIND, Told
from triage.intake.securityhub import CONTROL_GENERATOR, native_type

TYPE_OF_GUARDDUTY = re.compile(r"^\w+:\w+/\S+$")
CONTROL_FINDING = re.compile(r"security-control/(?P<control>[^/]+)/finding/")
EXPOSED = "exposure"
VULNERABLE = (
    ("affected_packages", inspector.PACKAGE),
    ("affected_code", inspector.CODE),
)
"""Which part of an OCSF vulnerability only one type of Inspector's has."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Product:
    """How one product's findings are known natively.

    Each function may pass: `type` by "", `key` and `finding_class` by None; then OCSF's own say
    stands. `key` and `finding_class` receive the type that was found.
    """

    source: Source
    type: Callable[[Told], str]
    key: Callable[[Told, str], CanonicalKey | None]
    finding_class: Callable[[Told, str], FindingClass | None]


def product_of(told: Told) -> Product:
    """The product's row; a part of a product ("aws/securityhub-coverage") has its row too."""
    name = told.product
    found = (row for key, row in PRODUCTS.items() if name == key or name.startswith(f"{key}-"))
    return next(found, OTHER)


def _pass(*_: object) -> None:
    return None


def _unsaid(_told: Told) -> str:
    return ""


# --- GuardDuty ------------------------------------------------------------------------------------


def _guardduty_type(told: Told) -> str:
    """`types` holds words of other taxonomies too: Threats beside AttackSequence:EC2/..."""
    types = told.types()
    return next(filter(TYPE_OF_GUARDDUTY.match, types), "") or native_type(types)


def _guardduty_key(told: Told, _type: str) -> CanonicalKey | None:
    finding_id = arn.short(told.uid) if arn.is_arn(told.uid) else told.info("uid_alt", "uid")
    return identity.guardduty(finding_id) if finding_id else None


def _threat(_told: Told, _type: str) -> FindingClass:
    return FindingClass.THREAT


# --- Inspector ------------------------------------------------------------------------------------


def _inspector_type(told: Told) -> str:
    vulnerability = next(iter(told.finding.each("vulnerabilities")), None)
    parts = (t for part, t in VULNERABLE if vulnerability and vulnerability.each(part))
    return inspector.native_type(told.types()) or next(parts, "")


def _inspector_key(told: Told, _type: str) -> CanonicalKey | None:
    return identity.inspector(told.uid) if inspector.is_finding_arn(told.uid) else None


def _inspector_class(_told: Told, type_: str) -> FindingClass | None:
    return classes.INSPECTOR.get(type_)


# --- Macie, Access Analyzer -----------------------------------------------------------------------


def _with_colon(told: Told) -> str:
    """`SensitiveData:S3Object/Personal` stands among words of other taxonomies."""
    return next((type_ for type_ in told.types() if ":" in type_), "")


def _macie_key(told: Told, _type: str) -> CanonicalKey | None:
    finding_id = told.info("uid")
    return identity.macie(arn.short(finding_id)) if finding_id else None


def _macie_class(_told: Told, type_: str) -> FindingClass:
    return classes.of_macie(type_)


def _by_product(told: Told, _type: str) -> FindingClass | None:
    return classes.PRODUCTS.get(told.product)


# --- Security Hub's controls ----------------------------------------------------------------------


def _control(told: Told) -> str:
    by_id = CONTROL_FINDING.search(told.uid)
    generator = CONTROL_GENERATOR.search(told.finding.text("metadata.product.feature.uid"))
    return (
        told.finding.text("compliance.control")
        or (by_id["control"] if by_id else "")
        or (generator["control"] if generator else "")
    )


def _control_key(told: Told, type_: str) -> CanonicalKey | None:
    resource = _as_asff_names_it(told)
    if not (resource and type_ and type_ == _control(told)):
        return None
    return identity.control(told.account, told.region, type_, resource)


def _as_asff_names_it(told: Told) -> str:
    """ASFF's Resources.Id is the ARN where there is one, and AWS::::Account:... for accounts."""
    other = told.resource.text("uid_alt")
    on_account = told.subject.kind == ACCOUNT_KIND
    return other if arn.is_arn(other) and not on_account else told.subject.id


def _control_class(told: Told, _type: str) -> FindingClass | None:
    """Exposure findings say in `types` what they are; controls go by their table."""
    exposed = any(type_.lower().startswith(EXPOSED) for type_ in told.types())
    return FindingClass.EXPOSURE if exposed and not _control(told) else None


# --- Prowler --------------------------------------------------------------------------------------


def _check(told: Told) -> str:
    """Version 3 (OCSF 1.0) names the check as the product's feature, later ones as event_code."""
    return told.finding.text("metadata.event_code", "metadata.product.feature.uid")


def _prowler_key(told: Told, type_: str) -> CanonicalKey | None:
    resource = told.resource.text("uid")
    if not (resource and type_ and type_ == _check(told)):
        return None
    return identity.prowler(told.account, told.region, type_, resource)


def _prowler_class(_told: Told, type_: str) -> FindingClass:
    return classes.of_prowler(type_)


OTHER = Product(source=Source.OCSF, type=_unsaid, key=_pass, finding_class=_pass)
PRODUCTS: Mapping[str, Product] = {
    "aws/guardduty": Product(
        source=Source.GUARDDUTY, type=_guardduty_type, key=_guardduty_key, finding_class=_threat
    ),
    "aws/inspector": Product(
        source=Source.INSPECTOR,
        type=_inspector_type,
        key=_inspector_key,
        finding_class=_inspector_class,
    ),
    "aws/macie": Product(
        source=Source.MACIE, type=_with_colon, key=_macie_key, finding_class=_macie_class
    ),
    "aws/access-analyzer": Product(
        source=Source.ACCESS_ANALYZER, type=_unsaid, key=_pass, finding_class=_by_product
    ),
    "aws/securityhub": Product(
        source=Source.SECURITYHUB, type=_control, key=_control_key, finding_class=_control_class
    ),
    "prowler/prowler": Product(
        source=Source.OCSF, type=_check, key=_prowler_key, finding_class=_prowler_class
    ),
}
