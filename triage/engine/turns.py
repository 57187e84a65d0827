"""Turns of lookouts: those that are due are taken by lease and worked on side by side."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeVar

from triage.domain.lookout import Lookout, Progress
from triage.engine.together import raise_all, side_by_side
from triage.ports.clock import Clock
from triage.ports.watermarks import Watermarks

Result = TypeVar("Result")


@dataclass(frozen=True, slots=True, kw_only=True)
class Turns:
    """Who takes turns at what, how many at once; `part` is what its errors are told under."""

    watermarks: Watermarks
    clock: Clock
    owner: str
    at_once: int
    lease_seconds: float
    part: str

    def take(
        self, among: Sequence[Lookout], turn: Callable[[Progress], Result]
    ) -> Sequence[Result]:
        """Give the longest due of these their turn; raises, after all, what went wrong in any."""
        claimed = self.watermarks.claim(
            now=self.clock.now(),
            owner=self.owner,
            at_most=self.at_once,
            lease_seconds=self.lease_seconds,
            among=among,
        )
        done = side_by_side(turn, claimed, threads=self.at_once)
        raise_all(self.part, done.errors)
        return done.results
