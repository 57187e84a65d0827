"""The numbers behind a licence, frozen: what was shown, on what, until when."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.judgement.bounds import evidence_needed, upper
from triage.judgement.gates import Cut
from triage.judgement.noise import DELTA, UNMEASURED, Flips
from triage.judgement.promise import Promise

WINDOW = timedelta(days=90)
NOT_COVERED = (
    "It does not cover a world that has changed, attacks unlike any before, verdicts that people "
    "got wrong together, nor any single account's own rate."
)


class Unearned(TriageError):
    """The evidence does not carry a certificate. Its text says how much of it there is."""

    def __init__(self, why: str) -> None:
        super().__init__(f"nothing may close by licence: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """A right to close what scores below `threshold`, for one rule in one tier.

    Of `n` clusters that would have closed, `k` were real; of `n_tp` real ones over the risk
    class, `k_tp` would have closed. `hashes` name what it is bound to (model, features, rule).
    `expires` is exclusive. `alpha` is about recorded verdicts; of `reviewed` attacks that two
    people judged the first had called `flipped` harmless.
    """

    rule: str
    tier: str
    risk_class: str
    alpha: float
    beta: float
    delta: float
    missed_share: float
    threshold: float
    n: int
    k: int
    n_tp: int
    k_tp: int
    window_start: datetime
    window_end: datetime
    cluster: str
    hashes: tuple[tuple[str, str], ...]
    look: int
    expires: datetime
    reviewed: int = 0
    flipped: int = 0

    def holds(self, now: datetime, hashes: Mapping[str, str]) -> bool:
        """In force, and nothing that it is bound to has changed."""
        return self.window_end <= now < self.expires and dict(self.hashes) == dict(hashes)

    @property
    def watched_rate(self) -> float:
        """What sampled closes are held to from now on, 0-1: below the promise where it was cleaner.

        The exact bound of the pool that earned it. It is no promise; held to it, an alarm needs
        fewer misses to see a jump (autonomy's cost law).
        """
        spent = Promise(
            alpha=self.alpha, beta=self.beta, delta=self.delta, missed_share=self.missed_share
        ).at_look(self.look)
        return min(self.alpha, upper(self.k, self.n, spent.delta_closed))

    def sentence(self) -> str:
        """Say it to a person, with its numbers and what it does not cover.

        The bounds named are the promised ones: an interval around the very threshold that the
        same labels chose would claim more than they show.
        """
        days = (self.window_end - self.window_start).days
        return (
            f"Of {self.n:,} recent look-alike clusters judged by people, {self.k:,} were real; "
            f"with {1 - self.delta:.0%} joint confidence at most {self.alpha:.2%} of what I close "
            f"is real, and at most {self.beta:.1%} of real ones of class {self.risk_class} "
            f"({self.k_tp:,} of {self.n_tp:,}) would be closed, if the time to come resembles "
            f"these {days} days. Look {self.look}; until {self.expires:%Y-%m-%d}. "
            f"{self._in_truth()} {NOT_COVERED}"
        )

    def _in_truth(self) -> str:
        """What that says of true tickets, as far as people's errors were measured."""
        known = Flips(reviewed=self.reviewed, flipped=self.flipped)
        if not known.measured:
            return f"That is {known.sentence}."
        true = self.alpha / (1 - known.at_most)
        return (
            f"That is by verdicts; {known.sentence}: in truth at most {true:.2%} of it is real, "
            f"all of this with {1 - self.delta - DELTA:.0%} confidence."
        )

    def as_record(self) -> Record:
        """Write it, for the store."""
        record = {name: getattr(self, name) for name in self.__dataclass_fields__}
        for name in MOMENTS:
            record[name] = record[name].isoformat()
        return record | {"hashes": dict(self.hashes)}

    @classmethod
    def from_record(cls, record: Record) -> "Certificate":
        """Read it back, equal."""
        moments = {name: datetime.fromisoformat(record[name]) for name in MOMENTS}
        hashes = tuple(sorted(record["hashes"].items()))
        return cls(**{**record, **moments, "hashes": hashes})


MOMENTS = ("window_start", "window_end", "expires")


@dataclass(frozen=True, slots=True, kw_only=True)
class Scope:
    """Whom a certificate is for, what it is bound to, and how far verdicts were true."""

    rule: str
    tier: str
    risk_class: str
    window_start: datetime
    window_end: datetime
    cluster: str
    hashes: Mapping[str, str]
    flips: Flips = UNMEASURED


def certify(found: Cut, promise: Promise, scope: Scope, look: int) -> Certificate:
    """Put a cut's numbers under a promise. Raises Unearned where they do not carry it.

    `found` must have been cut under `promise.at_look(look)`.
    """
    spent = promise.at_look(look)
    if found.why_not:
        raise Unearned(found.why_not)
    if found.closed < evidence_needed(promise.alpha, found.closed_real, spent.delta_closed):
        raise Unearned(f"{found.closed_real} of {found.closed} that would close were real")
    if found.real < evidence_needed(promise.beta, found.missed, spent.delta_missed):
        raise Unearned(f"{found.missed} of {found.real} attacks would have closed")
    return Certificate(
        rule=scope.rule,
        tier=scope.tier,
        risk_class=scope.risk_class,
        alpha=promise.alpha,
        beta=promise.beta,
        delta=promise.delta,
        missed_share=promise.missed_share,
        threshold=found.threshold,
        n=found.closed,
        k=found.closed_real,
        n_tp=found.real,
        k_tp=found.missed,
        window_start=scope.window_start,
        window_end=scope.window_end,
        cluster=scope.cluster,
        hashes=tuple(sorted(scope.hashes.items())),
        look=look,
        expires=scope.window_end + WINDOW,
        reviewed=scope.flips.reviewed,
        flipped=scope.flips.flipped,
    )
