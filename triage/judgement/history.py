"""What became of tickets like this one: verdicts before a moment, smoothed and capped."""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from functools import cached_property

from triage.domain.account import Tier

WINDOW = timedelta(days=90)
"""How far back verdicts speak: as long as a certificate lasts."""
NEVER = datetime.min.replace(tzinfo=UTC)
SMOOTHING = 5.0
SUPPORT_MIN = 20
ANALYST_SHARE_MAX = 0.5
Kind = tuple[str, Tier]


@dataclass(frozen=True, slots=True, kw_only=True)
class Past:
    """One counted verdict (see labels.py): on which kind of ticket, by whom, when.

    `real` when it says true positive.
    """

    case: str
    type: str
    tier: Tier
    analyst: str
    given: datetime
    real: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Smoothed shares of real tickets by type and tier, and over everything (0-1).

    A kind with fewer than 20 verdicts has the overall share: too few to speak for themselves. With
    fewer than 20 in all there is none, and every share is 0.
    """

    rates: Mapping[Kind, float] = field(default_factory=dict)
    overall: float = 0.0

    def rate(self, type_: str, tier: Tier) -> float:
        return self.rates.get((type_, tier), self.overall)


@dataclass(frozen=True, kw_only=True)
class Remembered:
    """Counted verdicts as somebody read them at `as_of`, and what they come to."""

    past: tuple[Past, ...] = ()
    as_of: datetime = NEVER

    @cached_property
    def history(self) -> History:
        return history(self.past, self.as_of)

    @cached_property
    def _cases(self) -> frozenset[str]:
        return frozenset(one.case for one in self.past)

    def without(self, case: str) -> "Remembered":
        """What was said of every other case: no ticket is judged by its own verdict."""
        if case not in self._cases:
            return self
        return replace(self, past=tuple(one for one in self.past if one.case != case))


def history(past: Iterable[Past], as_of: datetime) -> History:
    """What was known before `as_of`."""
    known = [one for one in past if as_of - WINDOW <= one.given < as_of]
    if len(known) < SUPPORT_MIN:
        return History()
    overall = _share(known, prior=0.0, weight=1.0)
    by_kind: dict[Kind, list[Past]] = {}
    for one in known:
        by_kind.setdefault((one.type, one.tier), []).append(one)
    rates = {
        kind: _share(_capped(ones), prior=overall, weight=SMOOTHING)
        for kind, ones in by_kind.items()
        if len(ones) >= SUPPORT_MIN
    }
    return History(rates=rates, overall=overall)


def _share(past: Iterable[Past], prior: float, weight: float) -> float:
    real = [one.real for one in past]
    return (sum(real) + weight * prior) / (len(real) + weight)


def _capped(past: list[Past]) -> list[Past]:
    """At most half of the harmless verdicts by one person: nobody alone makes a kind look clean."""
    most = int(ANALYST_SHARE_MAX * len(past))
    counted: Counter[str] = Counter()
    kept = []
    for one in sorted(past, key=lambda one: (one.given, one.case)):
        counted[one.analyst] += not one.real
        if one.real or counted[one.analyst] <= most:
            kept.append(one)
    return kept
