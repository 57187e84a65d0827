"""The log of every event there is, in the order in which it was anchored."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.head import Head, SignedHead


@dataclass(frozen=True, slots=True, kw_only=True)
class Cursor:
    """How far a look for events that are not anchored yet has come: a moment of change, a case."""

    changed: datetime | None = None
    case: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Appended:
    """How many events a step anchored, and where the next one begins.

    `lap` is true when the look had come to the newest case: what is not anchored by then happened
    meanwhile, or was written with a time that had passed already.
    """

    count: int
    cursor: Cursor
    lap: bool


class LeafLog(Protocol):
    """Appended to by one holder of a lease at a time; never changed."""

    def held(self, *, now: datetime, owner: str, lease_seconds: float) -> bool:
        """Take or keep the lease; False while somebody else has it."""

    def append(self, cursor: Cursor, *, now: datetime, owner: str, at_most: int) -> Appended:
        """Look at cases from `cursor` on, oldest change first, and append their new events.

        At most `at_most` cases and events. Nothing is appended when the lease is another's by now.
        An event that cannot be read is anchored as it is.
        """

    def head(self, at: datetime) -> Head:
        """Return the whole log as it stands, at this moment."""

    def root(self, size: int) -> str | None:
        """Return the tree's hash over the first `size` leaves; None when they are not there."""

    def exported(self) -> SignedHead | None:
        """Return the last head that was noted as exported."""

    def note(self, signed: SignedHead, place: str) -> None:
        """Note that a head was exported. A size that was noted before stays as it is."""
