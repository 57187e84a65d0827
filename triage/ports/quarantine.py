"""What could not be read, kept byte for byte."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Quarantined:
    """One unreadable record: `body` is exactly what arrived."""

    id: str
    reason: str
    received: datetime
    size: int
    replayed: datetime | None = None


class Quarantine(Protocol):
    """Unreadable input. Filled by CaseStore.receive; emptied only by retention."""

    def list(self, *, at_most: int = 50, waiting: bool = True) -> Sequence[Quarantined]:
        """List entries, newest first; `waiting` leaves out those already replayed."""

    def show(self, entry_id: str) -> tuple[Quarantined, bytes]:
        """Return one entry (an unambiguous beginning of its id will do) and its exact bytes.

        Raises NoSuchEntry.
        """

    def replayed(self, entry_id: str, *, at: datetime) -> None:
        """Note that its bytes were put back on the queue."""

    def count(self) -> int:
        """How many entries wait."""
