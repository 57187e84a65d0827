"""Ways to choose what to close from labelled scores: ours, and what others do."""

import math
from bisect import bisect_left
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from autonomy_table import ROOT  # noqa: F401 - puts the project on the path

from triage.judgement.gates import NOTHING, Judged, cut
from triage.judgement.promise import Promise

CERTAIN = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What is fixed before any calibration label: the promise, and rungs from training scores."""

    promise: Promise
    rungs: tuple[float, ...]


def ours(judged: Judged, known: Known) -> float:
    """Both gates, exact."""
    return cut(judged, known.rungs, known.promise).threshold


def never(judged: Judged, known: Known) -> float:  # noqa: ARG001 - it looks at nothing
    """Close nothing."""
    return NOTHING


def naive(judged: Judged, known: Known) -> float:  # noqa: ARG001 - it looks at nothing
    """Close what the model calls harmless with p > 0.95."""
    return math.log((1 - CERTAIN) / CERTAIN)


def no_interval(judged: Judged, known: Known) -> float:
    """Close as much as keeps both *measured* rates within the promise."""
    best = NOTHING
    for place, score in enumerate(judged.real):
        closed = judged.closed(score)
        missed = bisect_left(judged.real, score)
        if missed > known.promise.beta * len(judged.real):
            break
        if closed and missed <= known.promise.alpha * closed and place >= missed:
            best = score
    return best


def risk_control(judged: Judged, known: Known) -> float:
    """Conformal risk control of the missed share: (missed + 1) / (n + 1) <= beta, on average.

    Angelopoulos and others, ICLR 2024, https://arxiv.org/abs/2208.02814.
    """
    rank = math.floor(known.promise.beta * (len(judged.real) + 1)) - 1
    return judged.real[rank] if 0 <= rank < len(judged.real) else NOTHING


METHODS: Mapping[str, Callable[[Judged, Known], float]] = {
    "ours": ours,
    "never": never,
    "naive p > 0.95": naive,
    "threshold without interval": no_interval,
    "conformal risk control": risk_control,
}
PROMISES: Mapping[str, tuple[bool, bool]] = {
    "ours": (True, True),
    "never": (True, True),
    "conformal risk control": (False, True),
}
"""Which of (alpha, beta) a method claims; those not listed claim nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """Shares of the whole population: closed, real among closed, closed among real."""

    coverage: float
    closed_real: float
    missed: float


def outcome(closed: int, closed_real: int, total: int, real: int) -> Outcome:
    """Shares from counts."""
    return Outcome(
        coverage=closed / total,
        closed_real=closed_real / closed if closed else 0.0,
        missed=closed_real / real if real else 0.0,
    )


def realised(threshold: float, population: Judged) -> Outcome:
    """What a threshold does to everything."""
    return outcome(
        population.closed(threshold),
        population.missed(threshold),
        len(population.scores),
        len(population.real),
    )


def line(labels: int, method: str, outcomes: Sequence[Outcome], promise: Promise) -> dict:
    """One result: means over calibrations, and how often the promise was broken."""
    repeats = len(outcomes)
    broken = sum(one.closed_real > promise.alpha or one.missed > promise.beta for one in outcomes)
    frequency = broken / repeats
    claims_alpha, claims_beta = PROMISES.get(method, (False, False))
    return {
        "labels": labels,
        "method": method,
        "coverage": round(math.fsum(one.coverage for one in outcomes) / repeats, 4),
        "for_certified": promise.alpha if claims_alpha else None,
        "fnr_certified": promise.beta if claims_beta else None,
        "for_realised": round(math.fsum(one.closed_real for one in outcomes) / repeats, 5),
        "fnr_realised": round(math.fsum(one.missed for one in outcomes) / repeats, 5),
        "violation_frequency": round(frequency, 4),
        "violation_se": round(math.sqrt(frequency * (1 - frequency) / repeats), 4),
        "closing": round(sum(one.coverage > 0 for one in outcomes) / repeats, 4),
    }
