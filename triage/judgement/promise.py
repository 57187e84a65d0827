"""What a licence promises: two risks bounded together, at one joint confidence."""

import math
from dataclasses import dataclass

from triage.judgement.bounds import evidence_needed

FIRST_LOOK_MARGIN = 1.25
"""The first look waits for this many times the least evidence, so that one is rarely wasted."""
NEXT_LOOK = 1.5


@dataclass(frozen=True, slots=True, kw_only=True)
class Promise:
    """At most `alpha` of what is closed is real and at most `beta` of what is real is closed.

    Both hold together with confidence 1 - `delta`; `missed_share` of delta goes to the second.
    The numbers are fixed before any label is seen. Raises ValueError outside 0 to 1.
    """

    alpha: float
    beta: float
    delta: float
    missed_share: float = 0.5

    def __post_init__(self) -> None:
        for name in ("alpha", "beta", "delta", "missed_share"):
            if not 0 < getattr(self, name) < 1:
                raise ValueError(f"{name} {getattr(self, name)} is not between 0 and 1")

    @property
    def delta_closed(self) -> float:
        """The part of delta that the closed pool's cleanliness may spend."""
        return self.delta * (1 - self.missed_share)

    @property
    def delta_missed(self) -> float:
        """The part of delta that the share of missed attacks may spend."""
        return self.delta * self.missed_share

    @property
    def closed_needed(self) -> int:
        """Labelled tickets that would close, none of them real, before anything may."""
        return evidence_needed(self.alpha, 0, self.delta_closed)

    @property
    def real_needed(self) -> int:
        """Labelled attacks, none of which would close, before anything may."""
        return evidence_needed(self.beta, 0, self.delta_missed)

    def at_look(self, look: int) -> "Promise":
        """The same promise with what the look-th look (from 1) may spend: 6 delta / (pi j)^2."""
        if look < 1:
            raise ValueError(f"look {look}: the first is 1")
        spent = self.delta * 6 / (math.pi * look) ** 2
        return Promise(
            alpha=self.alpha, beta=self.beta, delta=spent, missed_share=self.missed_share
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Looks:
    """How often the evidence has been looked at, and how much there was the last time.

    Looks are scheduled by evidence, never by calendar: a look that cannot succeed spends delta.
    """

    taken: int = 0
    real_then: int = 0

    def needed(self, promise: Promise) -> int:
        """Labelled attacks that the next look waits for."""
        if self.taken == 0:
            return math.ceil(FIRST_LOOK_MARGIN * promise.at_look(1).real_needed)
        return math.ceil(NEXT_LOOK * self.real_then)

    def due(self, promise: Promise, real: int) -> bool:
        """Is it time? `real` counts the labelled attacks of the window."""
        return real >= self.needed(promise)

    def took(self, real: int) -> "Looks":
        """One look later."""
        return Looks(taken=self.taken + 1, real_then=real)
