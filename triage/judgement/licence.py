"""How far a rule may go in a tier: earned one step at a time, by evidence; lost at once."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage.domain.decision import Level
from triage.domain.errors import TriageError
from triage.judgement.certificate import Certificate
from triage.judgement.promise import Looks
from triage.judgement.trips import TRIPS, Fall

STEP_DOWN: Mapping[Level, Level] = {
    Level.AUTO: Level.SUGGEST,
    Level.SUGGEST: Level.SHADOW,
    Level.SHADOW: Level.SHADOW,
}
STEP_UP: Mapping[Level, Level] = {
    Level.SHADOW: Level.SUGGEST,
    Level.SUGGEST: Level.AUTO,
    Level.AUTO: Level.AUTO,
}
AGAIN = 2
"""After each fall a licence needs this many times the labels it was earned on, all of them new."""


class LicenceRefused(TriageError):
    """A licence cannot be raised. Its text says what is missing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Licence:
    """The right of one rule in one tier; `at_most` is an operator's, who can only lower.

    `needed` are the labels that the next certificate must rest on and `fell` the moment after
    which they must have been given: 0 and None until a first fall. `watched` is since when every
    close is seen by a person again, None where closes are sampled as usual.
    """

    rule: str
    tier: str
    level: Level = Level.SHADOW
    at_most: Level = Level.AUTO
    certificate: Certificate | None = None
    looks: Looks = field(default_factory=Looks)
    closes: int = 0
    needed: int = 0
    fell: datetime | None = None
    watched: datetime | None = None
    because: str = ""

    def effective(self, now: datetime, hashes: Mapping[str, str]) -> Level:
        """What it allows now: shadow without a certificate that holds; never above `at_most`."""
        if self.certificate is None or not self.certificate.holds(now, hashes):
            return Level.SHADOW
        return min(self.level, self.at_most, key=lambda level: level.rank)

    def raised(self, certificate: Certificate, *, frozen: bool = False) -> "Licence":
        """One step up, on evidence. Raises LicenceRefused."""
        if why_not := self._why_not(certificate, frozen=frozen):
            raise LicenceRefused(f"licence of {self.rule} in {self.tier}: {why_not}")
        level, because = STEP_UP[self.level], f"earned at look {certificate.look}"
        return replace(self, level=level, certificate=certificate, watched=None, because=because)

    def _why_not(self, certificate: Certificate, *, frozen: bool) -> str:
        if (certificate.rule, certificate.tier) != (self.rule, self.tier):
            return f"the certificate is for {certificate.rule} in {certificate.tier}"
        if frozen:
            return "sampled closes wait for an answer past their time"
        if self._under_watch(certificate.window_end):
            return "it is under watch, which a new certificate would cut short"
        if certificate.n < self.needed:
            return f"it fell before: {certificate.n} of {self.needed} labels"
        if self.fell is not None and certificate.window_start < self.fell:
            return "it fell before: labels from before the fall do not count"
        return ""

    def _under_watch(self, now: datetime) -> bool:
        """Watched, and able to close, so that the watch comes to its end."""
        if self.watched is None or self.certificate is None:
            return False
        used = self.level is Level.AUTO and self.at_most is Level.AUTO
        return used and now < self.certificate.expires

    def lowered(self, to: Level) -> "Licence":
        """By an operator, who may lower any licence; a higher level than now changes nothing."""
        return replace(self, at_most=min(self.at_most, to, key=lambda level: level.rank))

    def fallen(self, trips: Iterable[str], now: datetime) -> "Licence":
        """After trips (names from the table); unchanged without any."""
        names = tuple(trips)
        if not names:
            return self
        steps = all(TRIPS[name].fall in (Fall.WATCH, Fall.STEP) for name in names)
        before = self.certificate.n if self.certificate else 0
        return replace(
            self,
            level=STEP_DOWN[self.level] if steps else Level.SHADOW,
            needed=max(self.needed, AGAIN * before),
            fell=now,
            watched=None,
            closes=0,  # the next closes are all seen again
            because="; ".join(TRIPS[name].words for name in names),
        )

    def under_watch(self, trips: Iterable[str], now: datetime) -> "Licence":
        """It keeps its level and its evidence, and shows every close to a person again."""
        because = "; ".join(TRIPS[name].words for name in trips)
        return replace(self, watched=now, closes=0, because=because)

    def out_of_watch(self, because: str) -> "Licence":
        """The watch showed nothing against it."""
        return replace(self, watched=None, because=because)


def to_review(trips: Iterable[str]) -> bool:
    """Do the last 30 days of closes go back to people?"""
    return any(TRIPS[name].fall is Fall.REVIEW for name in trips)
