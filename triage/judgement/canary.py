"""Injected attacks replayed through scoring: a line of its own, never pooled with real ones."""

from collections.abc import Iterable
from dataclasses import dataclass

from triage.judgement.bounds import upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """One replayed attack: which recording it is, and whether it would have been closed."""

    name: str
    closed: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class CanaryLine:
    """What the injected attacks show, about injected attacks. It is no part of a certificate."""

    injected: int
    closed: int
    closed_upper: float

    def sentence(self, delta: float) -> str:
        """Say it, and about what."""
        return (
            f"{self.closed:,} of {self.injected:,} distinct injected attacks were closed: with "
            f"{1 - delta:.0%} confidence at most {self.closed_upper:.2%} of attacks like those "
            "injected. It says nothing about others."
        )


def canary_line(canaries: Iterable[Canary], delta: float) -> CanaryLine:
    """Count distinct attacks; one that was closed in any of its replays counts as closed."""
    closed: dict[str, bool] = {}
    for canary in canaries:
        closed[canary.name] = closed.get(canary.name, False) or canary.closed
    misses = sum(closed.values())
    return CanaryLine(
        injected=len(closed), closed=misses, closed_upper=upper(misses, len(closed), delta)
    )
