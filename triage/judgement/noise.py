"""How often people call a real ticket harmless: measured where two judged it, each for himself.

A bound on recorded verdicts is one on true tickets only as far as verdicts are true: where the
share eta of real tickets is called harmless, recorded / (1 - eta) of what is closed is real. Only
tickets that were drawn for two people before anybody spoke are counted. Who looks again at what,
unasked, is no random sample: a known attack is confirmed by many and would make eta look small.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from triage.judgement.agreement import Word, agreed
from triage.judgement.bounds import upper
from triage.judgement.labels import WITHOUT, Label, refused
from triage.judgement.promise import Promise

REVIEWED_MIN = 20
"""Attacks judged by two below which nothing is claimed: without one error eta is then below 17%."""
DELTA = 0.05
"""What the bound of eta may be wrong by; it is not part of a certificate's own confidence."""


def noise_allows(alpha: float, recorded_upper: float, flips: float) -> bool:
    """Does a bound on recorded verdicts carry `alpha` about true ones?

    `flips` is the share of real tickets that people call harmless: the true rate is at most the
    recorded one over 1 - flips.
    """
    return flips < 1 and recorded_upper / (1 - flips) <= alpha


@dataclass(frozen=True, slots=True, kw_only=True)
class Flips:
    """Of `reviewed` attacks that two people judged, the first had called `flipped` harmless."""

    reviewed: int = 0
    flipped: int = 0

    @property
    def measured(self) -> bool:
        return self.reviewed >= REVIEWED_MIN

    @property
    def at_most(self) -> float:
        """Eta is at most this (0-1), with 95% confidence; 1 without evidence.

        Clopper-Pearson on what was counted, r, and then r / (1 - r): a third person errs as well,
        and a dispute that ended harmless hides an error, so that r is eta / (1 + eta).
        """
        counted = upper(self.flipped, self.reviewed, DELTA)
        return min(1.0, counted / (1 - counted)) if counted < 1 else 1.0

    def asks(self, promise: Promise) -> Promise | None:
        """What recorded verdicts have to show for a promise about true ones; None: nothing could.

        Unmeasured it is the promise itself, which then is about recorded verdicts.
        """
        if not self.measured:
            return promise
        alpha = promise.alpha * (1 - self.at_most)
        return replace(promise, alpha=alpha) if alpha > 0 else None

    def doubt(self, alpha: float, recorded_upper: float) -> str:
        """Why a bound on recorded verdicts does not carry `alpha`; "" where it does or unknown."""
        if not self.measured or noise_allows(alpha, recorded_upper, self.at_most):
            return ""
        return f"at most {recorded_upper:.2%} on record is no {alpha:.2%} in truth: {self.sentence}"

    @property
    def sentence(self) -> str:
        """Say it to a person, with its numbers."""
        if not self.measured:
            return (
                "as people's verdicts go; how often they err was not measured "
                f"({self.reviewed} of {REVIEWED_MIN} attacks judged by two)"
            )
        return (
            f"of {self.reviewed:,} attacks judged by two people, each for himself, "
            f"{self.flipped:,} were first called harmless, so people miss at most "
            f"{self.at_most:.1%} (95%)"
        )


UNMEASURED = Flips()


def flips(twice: Iterable[Sequence[Label]]) -> Flips:
    """Count over tickets that were drawn for two people: their verdicts, each in order of time.

    It takes a second person's word, given blind, that it was real, and that it ended as real; of
    one incident's tickets one is counted, a flipped one first.
    """
    counted: dict[str, bool] = {}
    for labels in twice:
        if (flipped := _flipped(labels)) is not None:
            cluster = labels[0].cluster
            counted[cluster] = counted.get(cluster, False) or flipped
    return Flips(reviewed=len(counted), flipped=sum(counted.values()))


def _flipped(labels: Sequence[Label]) -> bool | None:
    """Whether the first person called an attack harmless; None where that was not measured."""
    said = [one for one in labels if one.signed and one.verdict not in WITHOUT]
    second = next((one for one in said if one.analyst != said[0].analyst), None)
    if second is None or refused(said[0]) or not (second.blind and second.real):
        return None
    ended = agreed(Word(by=one.analyst, verdict=one.verdict) for one in said)
    return not said[0].real if ended.real else None
