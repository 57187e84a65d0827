"""How far each lookout has come, so that the next cycle goes on from there."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.lookout import Lookout, Progress


class Watermarks(Protocol):
    """One row a lookout, claimed by lease, so that many workers make one cycle."""

    def ensure(self, lookouts: Sequence[Lookout], *, due: datetime) -> None:
        """Add those that are not there yet, due at `due`; the others stay as they are."""

    def claim(
        self,
        *,
        now: datetime,
        owner: str,
        at_most: int,
        lease_seconds: float,
        among: Sequence[Lookout],
    ) -> Sequence[Progress]:
        """Take lookouts that are due and free, the longest due first, so that all get a turn."""

    def keep(self, progress: Progress, *, owner: str) -> bool:
        """Write down where it stands and give it back. False, and nothing, if `owner` lost it."""

    def hasten(self, lookouts: Sequence[Lookout], *, due: datetime) -> None:
        """Have these due at `due` unless they are due before."""

    def all(self) -> Sequence[Progress]:
        """Where every lookout stands, in order."""
