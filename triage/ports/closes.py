"""The register of closes that the engine made by itself; what a settlement writes along."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.closed import Closed, Pace
from triage.domain.decision import Ground


class Closes(Protocol):
    """Closes are entered in the transaction of the decision that made them (Written.closed)."""

    def pace(
        self, rule: str, tier: str, *, ground: Ground, since: datetime | None, week: datetime
    ) -> Pace:
        """Count those of a rule and tier from `since` on (None: all), and those since `week`.

        On one ground: what a rule can prove of one type says nothing of what it is licensed to
        close of another.
        """

    def unseen(self, *, at_most: int) -> Sequence[Closed]:
        """Those whose case moved on since it was looked at, drawn or not, oldest first."""

    def looked(self, closed: Closed) -> None:
        """Keep what a look at its case's verdicts found: `looked`, `real`, `by`, `severity`."""

    def waiting(self, *, at_most: int) -> Sequence[Closed]:
        """Those drawn that nobody said anything about as of the last look, soonest due first."""

    def since(
        self, at: datetime, *, rule: str | None = None, tier: str | None = None
    ) -> Sequence[Closed]:
        """All since a moment, oldest first; of one rule and tier, or of all."""
