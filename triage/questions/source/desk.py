"""The shape of a desk, and the three things a source may say of its own finding."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions.question import Asking

OPEN, SUPPRESSED, RESOLVED = "open", "suppressed", "resolved"


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of one of its findings."""

    status: str
    severity: int
    sample: bool
    updated: str


@dataclass(frozen=True, slots=True)
class Desk:
    """How one source is asked, and how its answer is read; None is "that is not this finding"."""

    read: Callable[[Asking], Read]
    said: Callable[[Ticket, Mapping[str, Any]], Said | None]
