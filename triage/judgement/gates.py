"""Where to cut: thresholds below which a score may close, each with a finite-sample promise.

A score is closed when it lies strictly below the threshold. Closing nothing is -inf.
"""

import math
from bisect import bisect_left, bisect_right
from collections.abc import Sequence
from dataclasses import dataclass

from triage.judgement.bounds import at_most, lower, upper
from triage.judgement.promise import Promise

NOTHING = -math.inf
RUNGS = 200
FIRST_RUNG = 1.6
FIRST_SHARE = 0.1
"""The first rung closes at least this share: the very lowest scores are few, and a handful of
attacks that look like nothing at all would end the climb where it starts."""
CLEANER = 0.5
"""The closed pool has to be at least twice as clean as the queue, or the claim is empty."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """Scores that people's verdicts stand beside, sorted: of everything, and of what was real."""

    scores: tuple[float, ...]
    real: tuple[float, ...]

    @classmethod
    def of(cls, scores: Sequence[float], real: Sequence[bool]) -> "Judged":
        """Sort them once. Raises ValueError for a score that is not a number."""
        if any(math.isnan(score) for score in scores):
            raise ValueError("a score is not a number")
        attacks = [score for score, attack in zip(scores, real, strict=True) if attack]
        return cls(scores=tuple(sorted(scores)), real=tuple(sorted(attacks)))

    def closed(self, threshold: float) -> int:
        """How many a threshold would close."""
        return bisect_left(self.scores, threshold)

    def missed(self, threshold: float) -> int:
        """How many of those are real."""
        return bisect_left(self.real, threshold)


@dataclass(frozen=True, slots=True, kw_only=True)
class Cut:
    """A threshold, with what it would have done to the evidence it comes from.

    `why_not` says why nothing may close; then the threshold closes nothing.
    """

    threshold: float
    closed: int = 0
    closed_real: int = 0
    real: int = 0
    missed: int = 0
    why_not: str = ""


def missed_threshold(real: Sequence[float], beta: float, delta: float) -> float:
    """Cut so that at most `beta` of attacks lie below, with confidence 1 - delta (PAC).

    `real` are the sorted scores of n labelled attacks; the cut is their k-th smallest, k the
    largest with P(Bin(n, beta) <= k - 1) <= delta. It holds for any score, ties included.
    """
    rank = 0
    while rank < len(real) and at_most(rank, len(real), beta) <= delta:
        rank += 1
    return real[rank - 1] if rank else NOTHING


def ladder(training: Sequence[float], calibration: int, promise: Promise) -> tuple[float, ...]:
    """Rungs of growing thresholds, from *training* scores: fixed before any calibration label.

    The first closes about 1.6 times the least evidence among `calibration` expected tickets, and
    no less than a tenth of them; the last closes about everything.
    """
    ordered = sorted(training)
    start = FIRST_RUNG * promise.closed_needed / calibration if calibration else 1.0
    start = max(start, FIRST_SHARE)
    if start >= 1 or not ordered:
        return ()
    shares = (start + (1 - start) * step / RUNGS for step in range(RUNGS))
    return tuple(sorted({ordered[int(share * len(ordered))] for share in shares}))


def closed_threshold(judged: Judged, rungs: Sequence[float], alpha: float, delta: float) -> float:
    """Climb while each rung shows at most `alpha` real among what it closes (Learn-then-Test).

    Fixed-sequence testing: the first rung that fails ends it, so no rung costs extra confidence
    and nothing need be monotone (Angelopoulos and others, 2021, https://arxiv.org/abs/2110.01052).
    """
    reached = NOTHING
    for rung in rungs:
        if at_most(judged.missed(rung), judged.closed(rung), alpha) > delta:
            break
        reached = rung
    return reached


def cut(
    judged: Judged, rungs: Sequence[float], promise: Promise, pooled: Sequence[float] | None = None
) -> Cut:
    """Both gates: the highest rung that neither forbids, or nothing and why.

    The lower of the two thresholds is rounded down to a rung: missing fewer attacks is safe, but
    that the closed pool is clean was shown at rungs, and is no matter of course below them.

    `judged` is one rule and tier; `pooled` the sorted scores of labelled attacks over its risk
    class, where one rule has too few (default: its own).
    """
    real = judged.real if pooled is None else tuple(pooled)
    missed = missed_threshold(real, promise.beta, promise.delta_missed)
    closed = closed_threshold(judged, rungs, promise.alpha, promise.delta_closed)
    threshold = _rung(rungs, min(missed, closed))
    found = Cut(
        threshold=threshold,
        closed=judged.closed(threshold),
        closed_real=judged.missed(threshold),
        real=len(real),
        missed=bisect_left(real, threshold),
    )
    why_not = _why_not(found, judged, promise)
    return found if not why_not else Cut(threshold=NOTHING, real=len(real), why_not=why_not)


def _rung(rungs: Sequence[float], threshold: float) -> float:
    place = bisect_right(rungs, threshold)
    return rungs[place - 1] if place else NOTHING


def _why_not(found: Cut, judged: Judged, promise: Promise) -> str:
    if found.real < promise.real_needed:
        return f"{found.real} of {promise.real_needed} labelled attacks"
    if found.closed < promise.closed_needed:  # nothing at all included
        return f"{found.closed} of {promise.closed_needed} labelled tickets that would close"
    dirtiest = upper(found.closed_real, found.closed, promise.delta_closed)
    queue = lower(len(judged.real), len(judged.scores), promise.delta_closed)
    if dirtiest > CLEANER * queue:
        return f"the closed pool ({dirtiest:.2%}) is not twice as clean as the queue ({queue:.2%})"
    return ""
