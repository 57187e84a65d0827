"""How bad an AWS Health event is, and whether it speaks of a threat. Tables; unlisted is threat.

Type codes: Health user guide, "AWS Health concepts" (event type codes and categories) and
"Planned lifecycle events"; codes of the services RISK, ABUSE and SECURITY never become posture.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.severity import Label, Severity
from triage.domain.ticket import FindingClass
from triage.intake.fields import Fields
from triage.intake.severities import UNSTATED

HOSTILE = ("RISK", "ABUSE", "SECURITY")
EXPOSED: Mapping[str, Label] = {
    "AWS_RISK_CREDENTIALS_EXPOSED": Label.CRITICAL,
    "AWS_RISK_CREDENTIALS_EXPOSURE_SUSPECTED": Label.CRITICAL,
    "AWS_RISK_IAM_QUARANTINE": Label.CRITICAL,
}
SERVICES: Mapping[str, Label] = {
    "RISK": Label.HIGH,
    "ABUSE": Label.HIGH,
    "SECURITY": Label.MEDIUM,
}
OPERATIONAL = (
    "_API_ISSUE",
    "_ATTACHMENT_ISSUE",
    "_CONNECTIVITY_ISSUE",
    "_DRIVE_PERFORMANCE_DEGRADED",
    "_LIMIT_REACHED",
    "_MAINTENANCE_COMPLETE",
    "_MAINTENANCE_EXTENSION",
    "_MAINTENANCE_IN_PROGRESS",
    "_MAINTENANCE_NOTIFICATION",
    "_MAINTENANCE_SCHEDULED",
    "_MAINTENANCE_RESCHEDULED",
    "_OPERATIONAL_ISSUE",
    "_OPERATIONAL_NOTIFICATION",
    "_PLANNED_LIFECYCLE_EVENT",
    "_REBOOT_FLEXIBLE_MAINTENANCE_SCHEDULED",
    "_REDUNDANCY_LOSS",
    "_RENEWAL_STATE_CHANGE",
    "_RETIREMENT_SCHEDULED",
    "_UPDATE_AVAILABLE",
    "_VOLUME_LOST",
)
"""Endings of codes that say how a resource or service is doing."""
CATEGORIES: Mapping[str, Label] = {
    "issue": Label.MEDIUM,
    "scheduledchange": Label.LOW,
    "accountnotification": Label.LOW,
    "investigation": Label.MEDIUM,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """What the tables say of one event."""

    finding_class: FindingClass
    severity: Severity


def judge(event: Fields, type_: str, *, abuse: bool) -> Judged:
    """Class and severity of an event of type code `type_`; `abuse` when it came as a report."""
    service = _hostile(event, type_, abuse=abuse)
    if service:
        worst = EXPOSED.get(type_, SERVICES[service])
        return Judged(finding_class=FindingClass.THREAT, severity=Severity.of(worst))
    category = event.text("eventTypeCategory").lower()
    if type_.endswith(OPERATIONAL) or category == "scheduledchange":
        label = CATEGORIES.get(category, Label.MEDIUM)
        return Judged(finding_class=FindingClass.POSTURE, severity=Severity.of(label))
    return Judged(finding_class=FindingClass.THREAT, severity=UNSTATED)


def _hostile(event: Fields, type_: str, *, abuse: bool) -> str:
    """Which hostile service it comes from, by its name, its code or its detail-type."""
    named = event.text("service").upper()
    by_code = (s for s in HOSTILE if s == named or type_.startswith(f"AWS_{s}_"))
    return next(by_code, "ABUSE" if abuse else "")
