"""An alarm that restarts: e-Shiryaev-Roberts on the verdicts of sampled closes.

Shin, Ramdas and Rinaldo, "E-detectors", NEJSDS 2 (2024), https://arxiv.org/abs/2203.03532: each
sample starts another bet that closes are dirtier than promised, R = (1 + R) * (1 + l (y - a)), so
clean months never bankrupt it as they would one life-long bet. While the promise holds, the mean
time to a false alarm is at least the alarm level, in samples.
"""

import math
from collections.abc import Iterable
from dataclasses import dataclass

ALARM = 50_000.0
HELD_MIN = 0.003
"""No pool is held to less. With both, two misses in a row do not ring it: they begin a watch."""
BETS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7)
"""Bets in units of 1/a: each below 1, so that a clean sample never loses everything."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Monitor:
    """The state of one alarm, to be stored: one number a bet."""

    promised: float
    evidence: tuple[float, ...] = (0.0,) * len(BETS)
    samples: int = 0
    level: float = ALARM

    def __post_init__(self) -> None:
        if not 0 < self.promised < 1:
            raise ValueError(f"a promised rate of {self.promised} is not between 0 and 1")

    @classmethod
    def over(cls, certified: float) -> "Monitor":
        """The alarm over a pool that is at most this dirty, as far as anybody knows."""
        return cls(promised=max(certified, HELD_MIN))

    @property
    def value(self) -> float:
        """The mean over bets."""
        return math.fsum(self.evidence) / len(self.evidence)

    @property
    def alarmed(self) -> bool:
        return self.value >= self.level

    def saw(self, real: bool) -> "Monitor":  # noqa: FBT001 - the one thing it sees
        """One more sampled verdict (an unanswered one, past its time, is real)."""
        gain = float(real) / self.promised - 1
        evidence = tuple(
            (1 + before) * max(0.0, 1 + bet * gain)
            for before, bet in zip(self.evidence, BETS, strict=True)
        )
        return Monitor(
            promised=self.promised, evidence=evidence, samples=self.samples + 1, level=self.level
        )

    def saw_all(self, verdicts: Iterable[bool]) -> "Monitor":
        """Several, in order, up to the alarm."""
        now = self
        for real in verdicts:
            if now.alarmed:
                break
            now = now.saw(real)
        return now
