"""What a queue delivers, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.case import Case, CaseEvent
from triage.domain.ticket import Ticket


@dataclass(frozen=True, slots=True, kw_only=True)
class Message:
    """Bytes and the receipt that acknowledges them."""

    id: str
    body: bytes
    received: datetime
    receipt: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Rejected:
    """A record that is no ticket: its bytes and one sentence why.

    `foreign` when it is well-formed and means to be none, so that nothing is missed.
    """

    body: bytes
    reason: str
    foreign: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Parsed:
    """A message after reading: its tickets and rejects in order, and the bytes they name."""

    message: Message
    parts: tuple[Ticket | Rejected, ...]
    bodies: tuple[tuple[str, bytes], ...]


class Reception(StrEnum):
    """What became of one record of a message."""

    NEW = "new"
    UPDATED = "updated"
    DUPLICATE = "duplicate"
    OWN_WRITE = "own_write"
    QUARANTINED = "quarantined"


@dataclass(frozen=True, slots=True, kw_only=True)
class Admission:
    """The deduplicating stage's answer: the event to append, if any, and whether to decide."""

    reception: Reception
    event: CaseEvent | None
    due: bool
    reason: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Receipt:
    """What the store did with one record. `case` is None for quarantined ones.

    `foreign` as in Rejected.
    """

    message: str
    reception: Reception
    case: Case | None
    ticket: Ticket | None
    reason: str = ""
    foreign: bool = False
