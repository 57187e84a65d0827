"""What the sampled closes say of all closes: an honest estimate and an exact bound.

Horvitz and Thompson, JASA 47 (1952) 663-685: weighting each found miss by one over its chance of
being found estimates all misses without bias. Reopened tickets are never counted: who reopens
what is not a random sample.
"""

import math
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from triage.judgement.bounds import upper


@dataclass(frozen=True, slots=True, kw_only=True)
class Audited:
    """One close: the chance it had of being drawn, whether it was, and what a person found.

    `real` is None while nobody has answered; `overdue` says that the time to answer has passed.
    """

    rate: float
    chosen: bool
    real: bool | None = None
    overdue: bool = False

    @property
    def counts(self) -> bool:
        """It was drawn, and either answered or left too long."""
        return self.chosen and (self.real is not None or self.overdue)

    @property
    def missed(self) -> bool:
        """A person said it was real; left unanswered past its time, it counts as a miss."""
        return self.counts and self.real is not False


@dataclass(frozen=True, slots=True, kw_only=True)
class Findings:
    """Shares of what was closed (0-1) and numbers of tickets; `frozen` holds up any promotion."""

    closed: int
    sampled: int
    missed_estimate: float
    closed_real_estimate: float
    closed_real_upper: float
    missed_share_estimate: float | None
    missed_share_upper: float | None
    frozen: bool


def audit(closes: Sequence[Audited], found_by_people: int, delta: float) -> Findings:
    """Judge all closes of a window by its sample, at confidence 1 - delta.

    `found_by_people` are the real tickets that were not closed. The bound is the sum over strata
    of equal rate of N_h/N times Clopper-Pearson at delta over the number of strata. Samples that
    still have time to be answered are taken to resemble the answered ones of their stratum.
    """
    strata = [_stratum(closes, rate) for rate in sorted({close.rate for close in closes})]
    missed = math.fsum(stratum.missed_estimate for stratum in strata)
    bound = _bound(strata, delta)
    return Findings(
        closed=len(closes),
        sampled=sum(stratum.answered for stratum in strata),
        missed_estimate=missed,
        closed_real_estimate=missed / len(closes) if closes else 0.0,
        closed_real_upper=bound,
        missed_share_estimate=_part(missed, found_by_people),
        missed_share_upper=_part(bound * len(closes), found_by_people),
        frozen=any(close.chosen and close.real is None and close.overdue for close in closes),
    )


def _part(missed: float, found: float) -> float | None:
    return missed / (missed + found) if missed + found else None


@dataclass(frozen=True, slots=True, kw_only=True)
class _Stratum:
    """Closes drawn at one rate."""

    rate: float
    closed: int
    chosen: int
    answered: int
    missed: int

    @property
    def missed_estimate(self) -> float:
        """1/rate for each miss, and as many again as there are samples without an answer yet."""
        return self.missed / self.rate * self.chosen / self.answered if self.answered else 0.0


def _stratum(closes: Iterable[Audited], rate: float) -> _Stratum:
    of_rate = [close for close in closes if close.rate == rate]
    return _Stratum(
        rate=rate,
        closed=len(of_rate),
        chosen=sum(close.chosen for close in of_rate),
        answered=sum(close.counts for close in of_rate),
        missed=sum(close.missed for close in of_rate),
    )


def _bound(strata: Sequence[_Stratum], delta: float) -> float:
    closed = sum(stratum.closed for stratum in strata)
    shares = (
        stratum.closed * upper(stratum.missed, stratum.answered, delta / len(strata)) / closed
        for stratum in strata
    )
    return min(1.0, math.fsum(shares)) if closed else 1.0
