"""What a ticket turned out to be."""

from enum import StrEnum


class Verdict(StrEnum):
    """OCSF's incident verdicts in lower case, and ours: no longer present.

    https://schema.ocsf.io/ , Incident Finding, `verdict_id`.
    """

    FALSE_POSITIVE = "false positive"
    TRUE_POSITIVE = "true positive"
    BENIGN = "benign"
    DISREGARD = "disregard"
    SUSPICIOUS = "suspicious"
    SECURITY_RISK = "security risk"
    DUPLICATE = "duplicate"
    TEST = "test"
    INSUFFICIENT_DATA = "insufficient data"
    NO_LONGER_PRESENT = "no longer present"


CLOSING = frozenset(
    {
        Verdict.FALSE_POSITIVE,
        Verdict.BENIGN,
        Verdict.DISREGARD,
        Verdict.DUPLICATE,
        Verdict.TEST,
        Verdict.NO_LONGER_PRESENT,
    }
)
"""What a playbook may close a ticket as."""
