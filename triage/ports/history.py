"""What was decided and said before, for reading alone."""

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.case import CaseId


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One case: the exact bytes of its events, in their order, and their hashes in its chain."""

    case: CaseId
    events: tuple[bytes, ...]
    hashes: tuple[str, ...]


class History(Protocol):
    """Cases that changed since a moment. Nothing here writes, and no method needs to be able to."""

    def count(self, since: datetime) -> int:
        """How many cases changed since then."""

    def pages(self, since: datetime, start: str = "") -> Iterator[Sequence[Past]]:
        """Give those whose id begins with `start`, by id, a bounded number in memory at a time.

        Each page is of one moment. Whatever begins each id once, covers every case once.
        """

    def telling(self, since: datetime, part: bytes) -> Iterator[Past]:
        """Give those of which some event has `part` in its bytes, in no order, a few at a time."""

    def bodies(self, names: Collection[str]) -> Mapping[str, bytes]:
        """The stored bytes by their hash; those that are gone are left out."""

    def gone(self, names: Collection[str]) -> frozenset[str]:
        """Of these hashes those under which nothing is stored any more."""
