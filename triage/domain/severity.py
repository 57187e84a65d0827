"""How bad a ticket says it is: 0-100, in Security Hub's own bands."""

from dataclasses import dataclass
from enum import StrEnum


class Label(StrEnum):
    """Security Hub's severity labels; the bands are those of ASFF `Severity.Normalized`."""

    INFORMATIONAL = "informational"
    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"


FLOORS = (
    (90, Label.CRITICAL),
    (70, Label.HIGH),
    (40, Label.MEDIUM),
    (1, Label.LOW),
    (0, Label.INFORMATIONAL),
)
LABELS = tuple(next(one for floor, one in FLOORS if score >= floor) for score in range(101))
"""The label of each score."""
SCORES = {
    Label.INFORMATIONAL: 0,
    Label.LOW: 30,
    Label.MEDIUM: 50,
    Label.HIGH: 75,
    Label.CRITICAL: 95,
}


@dataclass(frozen=True, slots=True, order=True)
class Severity:
    """A score from 0 to 100. Raises ValueError outside."""

    score: int

    def __post_init__(self) -> None:
        if not 0 <= self.score <= 100:  # noqa: PLR2004 - the scale's own end
            msg = f"severity {self.score} is not between 0 and 100"
            raise ValueError(msg)

    @property
    def label(self) -> Label:
        return LABELS[self.score]

    @classmethod
    def of(cls, label: Label) -> "Severity":
        """Give the representative score of a label, for sources that only name one."""
        return cls(SCORES[label])
