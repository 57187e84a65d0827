"""A close that the engine made by itself, as an audit by sampling sees it."""

from dataclasses import dataclass
from datetime import datetime

from triage.domain.case import CaseId
from triage.domain.decision import Ground
from triage.domain.severity import Label


@dataclass(frozen=True, slots=True, kw_only=True)
class Closed:
    """One close and its draw.

    `event` names the decision that closed it, `rule` what its rule means (see playbook/meaning.py)
    and `name` what people call it. It was `chosen` with probability `rate`; then a person says by
    `due` what it was. `looked` is the version of its case up to which verdicts were looked for;
    `real` is what they said, None while nobody did, and `by` who said it last.
    """

    event: str
    case: CaseId
    rule: str
    name: str
    tier: str
    ground: Ground
    severity: Label
    at: datetime
    rate: float
    chosen: bool
    due: datetime
    looked: int = 0
    real: bool | None = None
    by: str = ""

    @property
    def answered(self) -> bool:
        return self.real is not None

    def overdue(self, now: datetime) -> bool:
        """Whether it was drawn and nobody said anything in time: it counts as a miss."""
        return self.chosen and self.real is None and self.due <= now

    def missed(self, now: datetime) -> bool:
        """Whether the audit has to count it as a real ticket that was closed."""
        return self.chosen and (self.real is True or self.overdue(now))


@dataclass(frozen=True, slots=True, kw_only=True)
class Pace:
    """How many closes of one rule and tier there were: ever, and in the last week."""

    before: int = 0
    last_week: int = 0
