"""An interval that may be looked at every day: a betting confidence sequence.

Waudby-Smith and Ramdas, JRSS B 86 (2024) 1-27, https://arxiv.org/abs/2010.09686: for each
possible mean m, bet against it; a mean against which wealth ever reached 1/delta is excluded,
for good. By Ville's inequality the true one survives for ever with probability 1 - delta.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

HALVINGS = 40
BETS = (0.05, 0.1, 0.2, 0.35, 0.5, 0.7, 0.9)
"""Fractions of the largest bet that cannot lose more than everything."""
Gain = Callable[[float, float], float]


@dataclass(frozen=True, slots=True, kw_only=True)
class Interval:
    """Both ends of a rate, 0-1."""

    low: float
    high: float


def interval(values: Iterable[float], delta: float, largest: float = 1.0) -> Interval:
    """Enclose the mean of `values`, each within 0 and `largest`, at every moment at once.

    With unequal sampling give y/q for a sampled close and 0 for another; `largest` is then one
    over the least rate. A mean is at most 1. Half of delta goes to each side.
    """
    seen = tuple(values)
    if any(not 0 <= value <= largest for value in seen):
        raise ValueError(f"a value lies outside 0 and {largest}")

    def above(value: float, mean: float) -> float:
        return (value - mean) / mean

    def below(value: float, mean: float) -> float:
        return (mean - value) / (largest - mean) if mean < largest else (mean - value) * 1e9

    # Wealth against too low a mean falls as the mean grows, and the other way round: so the
    # means that survive lie between two borders, and each is bisected to the outside.
    low = _border(0.0, 1.0, lambda mean: _ruined(seen, mean, delta / 2, above))
    high = _border(1.0, 0.0, lambda mean: _ruined(seen, mean, delta / 2, below))
    return Interval(low=low, high=high) if low <= high else Interval(low=0.0, high=1.0)


def _border(excluded: float, kept: float, out: Callable[[float], bool]) -> float:
    """The last mean that is excluded on the way from one end; that end when none is."""
    for _ in range(HALVINGS):
        middle = (excluded + kept) / 2
        if out(middle):
            excluded = middle
        else:
            kept = middle
    return excluded


def _ruined(values: tuple[float, ...], mean: float, delta: float, gain: Gain) -> bool:
    """Did betting that the mean is not this one ever multiply the stake by 1/delta?"""
    wealth = [1.0] * len(BETS)
    for value in values:
        won = gain(value, mean)
        wealth = [before * (1 + bet * won) for before, bet in zip(wealth, BETS, strict=True)]
        if sum(wealth) >= len(BETS) / delta:
            return True
    return False
