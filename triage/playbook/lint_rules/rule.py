"""What one lint rule is."""

from dataclasses import dataclass
from enum import StrEnum

from triage.playbook.problem import Severity


class Of(StrEnum):
    """What the samples of a rule are parts of."""

    SECTION = "section"
    """Top-level parts of a playbook; they replace those of the sample in `sample.py`."""
    TEXT = "text"
    """A whole file."""
    SET = "set"
    """A playbook that stands beside the sample."""
    SIGNATURES = "signatures"
    """A file of signatures."""


@dataclass(frozen=True, slots=True, kw_only=True)
class LintRule:
    """One thing lint looks for.

    `says` is the finding in a sentence, `why` what goes wrong without it, `instead` what to do.
    `wrong` shows what is found and `right` what is not; a test holds both against lint.
    """

    says: str
    why: str
    instead: str
    wrong: str
    right: str
    severity: Severity = Severity.ERROR
    of: Of = Of.SECTION
