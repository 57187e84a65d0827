"""What a source's desk is, and what it brings back."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions.question import Asking

OPEN, SUPPRESSED, RESOLVED = "open", "suppressed", "resolved"


@dataclass(frozen=True, slots=True)
class Said:
    """What a source says of one of its findings; `began` is when it first happened, "" untold."""

    status: str
    severity: int
    sample: bool
    updated: str
    began: str = ""
    in_attack_sequence: bool = False
    threat_intelligence: bool = False


@dataclass(frozen=True, slots=True)
class Desk:
    """How one source is asked, and how its answer is read; None is "that is not this finding"."""

    read: Callable[[Asking], Read]
    said: Callable[[Ticket, Mapping[str, Any]], Said | None]
