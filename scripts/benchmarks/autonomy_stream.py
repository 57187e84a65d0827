#!/usr/bin/env python3
"""A year of tickets with a drift on day 200: who notices, when, and what was missed until then?

100 tickets a day, 2% of them real, their scores drawn from a labelled table. Drifts:
  A  60% of real tickets come to look harmless to the model, and 6% of tickets are real
  B  30% do, and 4% are
  C  nothing changes
Policies: naive (p > 0.95, never audited); static certificates (only real among closed, or both
rates), never audited; the first with one life-long e-process, or with a restarting one, on 10%
samples; and ours (both rates, earned, audited at 5, 10 or 20%, demoted by the table of trips).
Prints a JSON line for each drift and policy. Needs the extra `train`.

missed_before and missed_after are real tickets closed before and after day 200 (medians; the
share of all real tickets of those days beside them); detected is the share of runs in which a
licence was lost after the drift, days_median and days_p90 how long that took; false_demotions the
runs that lost one without any drift before it; autonomy_day the first day with a licence;
trips which alarms came first; watches how often a pair of misses put every close before people
again, and watched_share which share of closes that was.
"""

import argparse
import json
import math
import random  # noqa: TID251 - seeded, and the seed is an option
import statistics
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta

from autonomy_table import ask_for_table, halves, read, reading_of, scorer, thinned, with_history

from triage.domain.decision import Level
from triage.judgement.certificate import Scope, Unearned, certify
from triage.judgement.gates import NOTHING, Cut, Judged, closed_threshold, cut, ladder
from triage.judgement.licence import Licence, LicenceRefused
from triage.judgement.monitor import BETS, Monitor
from triage.judgement.promise import Looks, Promise
from triage.judgement.sampling import HALF_UNTIL, SHARE_MIN, draw, rate
from triage.judgement.shift import stability
from triage.judgement.trips import RECENT, TRIPS, Signs, only_watched, tripped
from triage.judgement.watch import Watch

DAYS, DRIFT_DAY, DAILY, BASE = 365, 200, 100, 0.02
START = datetime(2026, 1, 1, tzinfo=UTC)
DRIFTS: Mapping[str, tuple[float, float]] = {"A": (0.6, 0.06), "B": (0.3, 0.04), "C": (0.0, BASE)}
"""Share of real tickets that look harmless, and share of tickets that are real, after the day."""
SHIFT_SCORES = 1000
CERTAIN = 0.95


@dataclass(frozen=True, slots=True, kw_only=True)
class Scores:
    """What tickets of a stream are drawn from; rungs come from training scores."""

    harmless: Sequence[float]
    real: Sequence[float]
    learnt: Sequence[float]


@dataclass(frozen=True, slots=True)
class Seen:
    """One ticket of a stream."""

    score: float
    real: bool


@dataclass(slots=True)
class Run:
    """What became of one stream under one policy."""

    missed_before: int = 0
    missed_after: int = 0
    real_before: int = 0
    real_after: int = 0
    closed: int = 0
    reviewed: int = 0
    watches: int = 0
    watched: int = 0
    autonomy_day: int | None = None
    demotions: list[tuple[int, str]] = field(default_factory=list)


def stream(scores: Scores, drift: str, chance: random.Random) -> list[list[Seen]]:
    """A year, by day."""
    lookalike, base_after = DRIFTS[drift]
    year = []
    for day in range(DAYS):
        after = day >= DRIFT_DAY
        base = base_after if after else BASE
        today = []
        for _ in range(DAILY):
            real = chance.random() < base
            hidden = after and real and chance.random() < lookalike
            pool = scores.real if real and not hidden else scores.harmless
            today.append(Seen(chance.choice(pool), real))
        year.append(today)
    return year


class Policy:
    """Closes below `threshold`; a person judges the rest. Learns from each day once it is over."""

    threshold = NOTHING

    key = b"a benchmark's audit key"

    def __init__(self, scores: Scores, promise: Promise, share: float) -> None:
        self.scores, self.promise, self.share = scores, promise, share
        self.labels: list[Seen] = []
        self.demoted: str = ""
        self.watches = 0
        self.watched = 0

    def chosen(self, day: int, place: int) -> bool:
        """Is this close seen by a person?"""
        return draw(self.key, f"case {day}.{place}", "closed", self.share).chosen

    def closed(self, day: int, place: int, ticket: Seen) -> bool:  # noqa: ARG002 - policies differ
        """One ticket was closed; say whether a person saw it all the same."""
        return False

    def judged(self, ticket: Seen) -> None:
        """A person judged a ticket that stayed open."""
        self.labels.append(ticket)

    def end_of(self, day: int) -> None:
        """Look at the evidence, where it is time to."""


class Naive(Policy):
    """Close what the model calls harmless with p > 0.95."""

    threshold = math.log((1 - CERTAIN) / CERTAIN)


class Static(Policy):
    """Certify once, both rates; never look again."""

    look = 0

    def end_of(self, day: int) -> None:  # noqa: ARG002 - any day will do
        if self.threshold > NOTHING or len(self.labels) < self.first_labels():
            return
        judged = Judged.of([one.score for one in self.labels], [one.real for one in self.labels])
        self.threshold = self.cut(judged)

    def first_labels(self) -> int:
        """Labels before the only look: enough real ones at the base rate."""
        return math.ceil(1.25 * self.promise.real_needed / BASE)

    def cut(self, judged: Judged) -> float:
        """The threshold of the only look."""
        rungs = ladder(self.scores.learnt, len(judged.scores), self.promise)
        return cut(judged, rungs, self.promise).threshold


class StaticClosed(Static):
    """Certify once, only how clean the closed pool is; never look again."""

    def cut(self, judged: Judged) -> float:
        rungs = ladder(self.scores.learnt, len(judged.scores), self.promise)
        return closed_threshold(judged, rungs, self.promise.alpha, self.promise.delta)


class LifeLong(StaticClosed):
    """The same, with one e-process that runs for ever over sampled closes."""

    level = 1 / 0.001

    def __init__(self, scores: Scores, promise: Promise, share: float) -> None:
        super().__init__(scores, promise, share)
        self.wealth = [1.0] * len(BETS)

    def closed(self, day: int, place: int, ticket: Seen) -> bool:
        if not self.chosen(day, place):
            return False
        gain = ticket.real / self.promise.alpha - 1
        self.wealth = [
            before * max(0.0, 1 + bet * gain) for before, bet in zip(self.wealth, BETS, strict=True)
        ]
        if math.fsum(self.wealth) / len(self.wealth) >= self.level:
            self.threshold, self.demoted = NOTHING, "alarm"
        return True

    def first_labels(self) -> int:
        # Once lost, it stays lost.
        return super().first_labels() if not self.demoted else DAYS * DAILY + 1


class Restarting(LifeLong):
    """The same, with the restarting alarm at the level that has no watch to help it."""

    level = 5000.0

    def __init__(self, scores: Scores, promise: Promise, share: float) -> None:
        super().__init__(scores, promise, share)
        self.monitor = Monitor(promised=promise.alpha, level=self.level)

    def closed(self, day: int, place: int, ticket: Seen) -> bool:
        if not self.chosen(day, place):
            return False
        self.monitor = self.monitor.saw(ticket.real)
        if self.monitor.alarmed:
            self.threshold, self.demoted = NOTHING, "alarm"
        return True


class Ours(Policy):
    """Earned by evidence, audited, lost by the table of trips, earned again on new labels."""

    hashes: Mapping[str, str] = {"model": "m", "features": "f", "rule": "r"}
    trips: frozenset[str] = frozenset(TRIPS)

    def __init__(self, scores: Scores, promise: Promise, share: float) -> None:
        super().__init__(scores, promise, share)
        self.licence = Licence(rule="r", tier="production")
        self.looks = Looks()
        self.since = START
        self.closes = 0
        self.recent: list[bool] = []
        self.seen: list[float] = []
        self.reference: list[float] = []
        self.shift = 0.0
        self.monitor, self.certified = Monitor.over(promise.alpha), promise.alpha
        self.under_watch: Watch | None = None

    def chosen(self, day: int, place: int) -> bool:
        weekly = 7 * DAILY * self.share_closed
        chance = rate(self.closes, weekly, self.share)
        if self.share < SHARE_MIN and self.closes >= HALF_UNTIL:  # for comparison only
            chance = self.share
        return draw(self.key, f"case {day}.{place}", "closed", chance).chosen

    def closed(self, day: int, place: int, ticket: Seen) -> bool:
        self.seen.append(ticket.score)
        chosen = self.chosen(day, place)
        self.closes += 1
        if self.under_watch:
            self.watched += 1
            self.under_watch = self.under_watch.after(ticket.real, chosen)
        if chosen:
            self.recent = [*self.recent, ticket.real][-RECENT:]
            self.monitor = self.monitor.saw(ticket.real)
        if chosen or self.under_watch:
            self.look(day)
        return chosen

    def judged(self, ticket: Seen) -> None:
        super().judged(ticket)
        self.seen.append(ticket.score)

    def look(self, day: int) -> None:
        """Ask the table of trips."""
        signs = Signs(
            monitor=self.monitor,
            certified=self.certified,
            recent=tuple(self.recent),
            watch=self.under_watch,
            shift=self.shift,
        )
        trips = [name for name in tripped(signs) if name in self.trips]
        now = START + timedelta(days=day + 1)
        if trips and self.keeps(trips):
            self.watch(trips, now)
        elif trips:
            self.licence = self.licence.fallen(trips, now)
            self.demoted, self.threshold = trips[0], NOTHING
            self.labels, self.since = [], now
            self.under_watch = None
        elif self.under_watch and self.under_watch.clean:
            self.licence, self.under_watch = self.licence.out_of_watch("over"), None

    def keeps(self, trips: Sequence[str]) -> bool:
        """Does the licence keep its level?"""
        return only_watched(trips)

    def watch(self, trips: Sequence[str], now: datetime) -> None:
        """Show every close to people again; one watch after another is one evidence."""
        self.under_watch = (self.under_watch or Watch()).again
        self.licence = self.licence.under_watch(trips, now)
        self.closes, self.recent = 0, []
        self.watches += 1

    def end_of(self, day: int) -> None:
        if day % 7 == 0 and len(self.seen) >= SHIFT_SCORES and self.threshold > NOTHING:
            self.shift = stability(self.reference, self.seen[-SHIFT_SCORES:])
            self.look(day)
        real = sum(one.real for one in self.labels)
        if self.threshold > NOTHING or not self.looks.due(self.promise, real):
            return
        if len(self.labels) < self.licence.needed:
            return
        self.looks = self.looks.took(real)
        spent = self.promise.at_look(self.looks.taken)
        judged = Judged.of([one.score for one in self.labels], [one.real for one in self.labels])
        rungs = ladder(self.scores.learnt, len(self.labels), spent)
        self.earn(day, cut(judged, rungs, spent))

    def earn(self, day: int, found: Cut) -> None:
        """Certify what was found, and start to close."""
        now = START + timedelta(days=day + 1)
        scope = Scope(
            rule="r",
            tier="production",
            risk_class="r",
            window_start=self.since,
            window_end=now,
            cluster="one ticket each",
            hashes=self.hashes,
        )
        try:
            certificate = certify(found, self.promise, scope, self.looks.taken)
            while self.licence.level is not Level.AUTO:  # suggesting asks for no more evidence
                self.licence = self.licence.raised(certificate)
        except (Unearned, LicenceRefused):
            return
        self.threshold = found.threshold
        self.reference = sorted(one.score for one in self.labels)
        self.share_closed = found.closed / len(self.labels)
        self.closes, self.recent, self.seen, self.shift = 0, [], [], 0.0
        self.certified = certificate.watched_rate
        self.monitor = Monitor.over(self.certified)


class WithoutPairs(Ours):
    """Ours without the trip of two misses in 200, which also fires while the promise holds."""

    trips = frozenset(TRIPS) - {"misses"}


class Unwatched(Ours):
    """Ours where two misses in 200 cost a step at once, without a look into them."""

    def keeps(self, trips: Sequence[str]) -> bool:  # noqa: ARG002 - none leaves its level
        return False


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """One policy: how it is made, and how much of what it closes a person sees."""

    make: Callable[[Scores, Promise, float], Policy]
    share: float = 1.0


POLICIES: Mapping[str, Compared] = {
    "naive p > 0.95": Compared(make=Naive),
    "static, closed pool only": Compared(make=StaticClosed),
    "closed pool only, life-long e-process": Compared(make=LifeLong, share=0.1),
    "closed pool only, restarting alarm": Compared(make=Restarting, share=0.1),
    "static, both rates": Compared(make=Static),
    "ours, 5% seen": Compared(make=Ours, share=0.05),
    "ours, 10% seen": Compared(make=Ours, share=0.1),
    "ours, 20% seen": Compared(make=Ours, share=0.2),
    "ours, 10% seen, a pair costs a step": Compared(make=Unwatched, share=0.1),
    "ours, 10% seen, no trip on pairs": Compared(make=WithoutPairs, share=0.1),
}


def live(year: Sequence[Sequence[Seen]], policy: Policy) -> Run:
    """Work through a year. A close that a person saw in a sample is not missed."""
    run = Run()
    for day, tickets in enumerate(year):
        for place, ticket in enumerate(tickets):
            count_real(run, day, ticket)
            if ticket.score >= policy.threshold:
                policy.judged(ticket)
                continue
            if run.autonomy_day is None:
                run.autonomy_day = day
            seen = policy.closed(day, place, ticket)
            run.closed += 1
            run.reviewed += seen
            count_missed(run, day, ticket)
            if policy.demoted and policy.threshold == NOTHING:
                run.demotions.append((day, policy.demoted))
        policy.end_of(day)
    run.watches, run.watched = policy.watches, policy.watched
    return run


def count_real(run: Run, day: int, ticket: Seen) -> None:
    """Count a real ticket on its side of the drift."""
    run.real_before += ticket.real and day < DRIFT_DAY
    run.real_after += ticket.real and day >= DRIFT_DAY


def count_missed(run: Run, day: int, ticket: Seen) -> None:
    """Count a real ticket that was closed, seen by a sample or not."""
    run.missed_before += ticket.real and day < DRIFT_DAY
    run.missed_after += ticket.real and day >= DRIFT_DAY


def summary(drift: str, policy: str, runs: Sequence[Run]) -> dict:
    """One line."""
    drifted = drift != "C"
    late = [
        next(((day - DRIFT_DAY, why) for day, why in run.demotions if day >= DRIFT_DAY), None)
        for run in runs
    ]
    days = sorted(one[0] for one in late if one) if drifted else []
    false = [run for run in runs if any(day < DRIFT_DAY or not drifted for day, _ in run.demotions)]
    starts = [run.autonomy_day for run in runs if run.autonomy_day is not None]
    return {
        "drift": drift,
        "policy": policy,
        "runs": len(runs),
        "missed_before": statistics.median(run.missed_before for run in runs),
        "missed_after": statistics.median(run.missed_after for run in runs),
        "missed_after_share": share([(run.missed_after, run.real_after) for run in runs]),
        "missed_before_share": share([(run.missed_before, run.real_before) for run in runs]),
        "detected": round(len(days) / len(runs), 3) if drifted else None,
        "days_median": statistics.median(days) if days else None,
        "days_p90": days[math.ceil(0.9 * len(days)) - 1] if days else None,
        "false_demotions": len(false),
        "autonomy_day": statistics.median(starts) if starts else None,
        "closed_share": round(sum(run.closed for run in runs) / (len(runs) * DAYS * DAILY), 3),
        "reviews_per_100_closes": round(
            100 * sum(run.reviewed for run in runs) / max(1, sum(run.closed for run in runs)), 1
        ),
        "watches": sum(run.watches for run in runs),
        "watched_share": share([(run.watched, run.closed) for run in runs]),
        "trips": dict(Counter(why for run in runs for _, why in run.demotions)),
    }


def share(parts: Sequence[tuple[int, int]]) -> float:
    """One ratio of sums."""
    return round(sum(part for part, _ in parts) / max(1, sum(whole for _, whole in parts)), 4)


def scores_of(given: argparse.Namespace) -> Scores:
    """Train on one half; the other half's scores are the stream's."""
    table = read(reading_of(given))
    chance = random.Random(given.seed)  # noqa: S311 - a benchmark
    training, testing = halves(table, "random", chance)
    table = with_history(table, training)
    score = scorer(table, training)
    testing = thinned(table, testing, given.thin, chance) if given.thin else testing
    return Scores(
        harmless=[score(table.rows[row]) for row in testing if not table.real(row)],
        real=[score(table.rows[row]) for row in testing if table.real(row)],
        learnt=[score(table.rows[row]) for row in training],
    )


def arguments() -> argparse.Namespace:
    """What to run."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask_for_table(parser)
    add = parser.add_argument
    add("--thin", type=float, default=0.0, help="thin the real scores that are drawn from")
    add("--alpha", type=float, default=0.01)
    add("--beta", type=float, default=0.05)
    add("--delta", type=float, default=0.05)
    add("--missed-share", type=float, default=0.8)
    add("--runs", type=int, default=40)
    add("--policies", default="", help="only those whose names contain this")
    add("--seed", type=int, default=0)
    return parser.parse_args()


def main() -> int:
    """Every drift, every policy, the same streams."""
    given = arguments()
    scores = scores_of(given)
    promise = Promise(
        alpha=given.alpha, beta=given.beta, delta=given.delta, missed_share=given.missed_share
    )
    for drift in DRIFTS:
        chance = random.Random(f"{given.seed} {drift}")  # noqa: S311 - a benchmark
        years = [stream(scores, drift, chance) for _ in range(given.runs)]
        chosen = {name: one for name, one in POLICIES.items() if given.policies in name}
        for name, compared in chosen.items():
            runs = []
            for number, year in enumerate(years):
                policy = compared.make(scores, promise, compared.share)
                policy.key += str(number).encode()
                runs.append(live(year, policy))
            print(json.dumps(summary(drift, name, runs)), flush=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
