"""Something to do outside the database, recorded before it is done."""

from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum

from triage.domain.case import CaseId
from triage.domain.json import Record


class EffectStatus(StrEnum):
    """Where an effect stands."""

    INTENDED = "intended"
    DONE = "done"
    ABANDONED = "abandoned"


@dataclass(frozen=True, slots=True, kw_only=True)
class Effect:
    """An intent. `id` is also the idempotency key that its receiver sees.

    `until` is how long it is in the hands of whoever claimed it; None when it was never claimed.
    """

    id: str
    case: CaseId
    kind: str
    data: Record
    due: datetime
    attempts: int = 0
    status: EffectStatus = EffectStatus.INTENDED
    outcome: str = ""
    until: datetime | None = field(default=None, compare=False)


EXPIRE = "expire"
"""The kind of a timer that ends a block. It waits for nobody: every other one waits for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Timer:
    """A row with a due time: it survives restarts and fires once."""

    id: str
    case: CaseId
    kind: str
    due: datetime
    data: Record
