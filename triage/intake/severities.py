"""Vendors' severities on one scale. What is missing or unreadable is medium, never low."""

import math

from triage.domain.severity import Label, Severity
from triage.intake.fields import Fields, as_number, as_text

UNSTATED = Severity.of(Label.MEDIUM)
WORDS = {
    "informational": Label.INFORMATIONAL,
    "info": Label.INFORMATIONAL,
    "low": Label.LOW,
    "medium": Label.MEDIUM,
    "moderate": Label.MEDIUM,
    "high": Label.HIGH,
    "critical": Label.CRITICAL,
}
GUARDDUTY_SCALE = 10
HUNDRED = 100


def of_word(value: object) -> Severity | None:
    """Read a label in any casing; None when it is not one."""
    label = WORDS.get(as_text(value).lower())
    return None if label is None else Severity.of(label)


def of_number(value: object, *, scale: int = 1) -> Severity | None:
    """Scale a number to 0-100; beyond the end counts as the end, below zero as unreadable."""
    number = as_number(value)
    if number is None or number < 0:
        return None
    return Severity(min(math.floor(round(min(number, HUNDRED) * scale, 6)), HUNDRED))


def guardduty(value: object) -> Severity:
    """1.0-10.0 to 0-100: 4 medium, 7 high, 9 critical (GuardDuty user guide, severity levels)."""
    return of_number(value, scale=GUARDDUTY_SCALE) or of_word(value) or UNSTATED


def asff(finding: Fields, *, native_scale: int) -> Severity:
    """Label, else Normalized, else what the product itself wrote (ASFF syntax, Severity).

    Label outranks the deprecated number; a number of the same band makes it finer.
    """
    paths = ("Severity", "FindingProviderFields.Severity")
    stated = [found for path in paths if (found := finding.within(path)).record]
    said = (severity for one in stated if (severity := _stated(one, native_scale)) is not None)
    return next(said, of_word(finding.raw("Severity")) or UNSTATED)


def _stated(severity: Fields, native_scale: int) -> Severity | None:
    label = of_word(severity.raw("Label"))
    number = of_number(severity.raw("Normalized"))
    if label and number and number.label is label.label:
        return number
    return next(
        (found for found in (label, number, *_native(severity, native_scale)) if found is not None),
        None,
    )


def _native(severity: Fields, scale: int) -> tuple[Severity | None, ...]:
    original, product = severity.raw("Original"), severity.raw("Product")
    return (
        of_word(original),
        of_number(original, scale=scale),
        of_number(product, scale=scale),
    )
