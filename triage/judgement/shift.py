"""Has the stream of scores moved? The population stability index, in tenths of the reference."""

import math
from bisect import bisect_right
from collections.abc import Sequence

BINS = 10
MOVED = 0.25
SMOOTHING = 0.5


def edges(reference: Sequence[float], bins: int = BINS) -> tuple[float, ...]:
    """Inner borders of bins that hold equal shares of the reference; ties make fewer bins."""
    ordered = sorted(reference)
    inner = (ordered[len(ordered) * step // bins] for step in range(1, bins))
    return tuple(sorted(set(inner))) if ordered else ()


def stability(reference: Sequence[float], recent: Sequence[float]) -> float:
    """Sum over bins of (p - q) ln(p / q), counts smoothed by a half; above 0.25 it has moved.

    0 without scores on either side: no evidence of a shift is not a shift.
    """
    if not reference or not recent:
        return 0.0
    borders = edges(reference)
    before, now = _shares(reference, borders), _shares(recent, borders)
    return math.fsum((p - q) * math.log(p / q) for p, q in zip(now, before, strict=True))


def _shares(scores: Sequence[float], borders: Sequence[float]) -> list[float]:
    counts = [SMOOTHING] * (len(borders) + 1)
    for score in scores:
        counts[bisect_right(borders, score)] += 1
    total = math.fsum(counts)
    return [count / total for count in counts]
