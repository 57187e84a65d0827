"""Promises kept, counted: fixed seeds, and the two known traps shown to fail where ours does not.

Everything here is arithmetic on seeded draws, so a result that once holds always holds.
"""

import math
import random  # noqa: TID251 - seeded

import pytest

from triage.judgement.audit import Audited, audit
from triage.judgement.gates import NOTHING, Judged, cut, ladder
from triage.judgement.monitor import BETS, Monitor
from triage.judgement.noise import Flips
from triage.judgement.promise import Looks, Promise
from triage.judgement.sequence import interval

PROMISE = Promise(alpha=0.01, beta=0.05, delta=0.05)
BASE = 0.05


def seeded(seed):
    return random.Random(seed)  # noqa: S311 - repeatable, not secret


def world(chance, count, base=BASE):
    """Scores of a fair model: harmless ones around 0, real ones around 2.5."""
    real = [chance.random() < base for _ in range(count)]
    return [chance.gauss(2.5 * attack, 1) for attack in real], real


def normal(value):
    """P(a standard normal one is below value)."""
    return math.erfc(-value / math.sqrt(2)) / 2


def truth(threshold, base=BASE):
    """(real among closed, closed among real) of the world itself."""
    missed, harmless = base * normal(threshold - 2.5), (1 - base) * normal(threshold)
    return missed / (missed + harmless), missed / base


def recalibrated(repeats, labels):
    chance = seeded(20261124)
    rungs = ladder(world(chance, 5000)[0], labels, PROMISE)
    for _ in range(repeats):
        yield cut(Judged.of(*world(chance, labels)), rungs, PROMISE).threshold


@pytest.mark.slow
def test_both_bounds_hold_in_95_percent_of_400_recalibrations():
    thresholds = list(recalibrated(400, 4000))
    broken = [
        threshold
        for threshold in thresholds
        if threshold > NOTHING and any(rate > most for rate, most in zip(
            truth(threshold), (PROMISE.alpha, PROMISE.beta), strict=True))
    ]  # fmt: skip
    assert sum(threshold > NOTHING for threshold in thresholds) > 380
    assert len(broken) <= 0.05 * 400


@pytest.mark.parametrize("labels", [50, 200, 1000])
def test_nothing_closes_below_the_least_evidence(labels):
    assert {NOTHING} == set(recalibrated(20, labels))


def test_298_clean_labels_close_nothing_at_one_percent():
    single = Promise(alpha=0.01, beta=0.5, delta=0.05, missed_share=1e-9)
    scores = [float(place) for place in range(298)]
    for real in (0, 50, 298):
        judged = Judged.of(scores + [999.0] * real, [False] * 298 + [True] * real)
        assert cut(judged, [998.0], single).threshold == NOTHING


def test_shuffled_verdicts_close_nothing():
    chance = seeded(3)
    for _ in range(20):
        scores, real = world(chance, 4000)
        chance.shuffle(real)
        rungs = ladder(scores[:2000], 2000, PROMISE)
        assert cut(Judged.of(scores[2000:], real[2000:]), rungs, PROMISE).threshold == NOTHING


def life_long(verdicts, promised=0.01, level=5000.0):
    """The first trap: one bet for ever. The number of samples until it alarms, or None."""
    wealth = [1.0] * len(BETS)
    for place, real in enumerate(verdicts):
        gain = real / promised - 1
        wealth = [
            before * max(0.0, 1 + bet * gain) for before, bet in zip(wealth, BETS, strict=True)
        ]
        if sum(wealth) / len(wealth) >= level:
            return place + 1
    return None


def drifted(seed, clean=1500, after=1500):
    """Sampled verdicts: clean months, then 5% real."""
    chance = seeded(seed)
    return [False] * clean + [chance.random() < 0.05 for _ in range(after)]


def test_clean_months_bankrupt_a_life_long_bet_and_not_the_restarting_alarm():
    theirs = [life_long(drifted(seed)) for seed in range(40)]
    ours = [Monitor(promised=0.01).saw_all(drifted(seed)) for seed in range(40)]
    assert sum(found is not None for found in theirs) <= 4
    assert all(monitor.alarmed for monitor in ours)
    delays = sorted(monitor.samples - 1500 for monitor in ours)
    assert delays[20] < 300


def test_the_restarting_alarm_seldom_rings_while_the_promise_holds():
    chance = seeded(11)
    rung = [
        Monitor(promised=0.01).saw_all(chance.random() < 0.0005 for _ in range(2000)).alarmed
        for _ in range(40)
    ]
    assert not any(rung)


@pytest.mark.slow
def test_at_the_promise_itself_false_alarms_are_at_least_5000_samples_apart():
    chance = seeded(5)
    lengths = [
        Monitor(promised=0.01).saw_all(chance.random() < 0.01 for _ in range(20_000)).samples
        for _ in range(60)
    ]
    assert sum(lengths) / len(lengths) >= 5000


def first_earned(look_due, real_a_day=2, days=200):
    """The day on which clean evidence is enough, for a schedule of looks."""
    looks = 0
    for day in range(1, days):
        real = real_a_day * day
        if not look_due(day, looks, real):
            continue
        looks += 1
        if real >= PROMISE.at_look(looks).real_needed:
            return day, looks
    return None


def test_looks_by_calendar_spend_what_looks_by_evidence_keep():
    by_evidence = Looks()

    def due(_day, looks, real):
        return by_evidence.due(PROMISE, real) and looks == 0

    ours = first_earned(due)
    weekly = first_earned(lambda day, _looks, _real: day % 7 == 0)
    daily = first_earned(lambda _day, _looks, _real: True)
    assert ours == (52, 1)
    assert weekly[0] > 1.5 * ours[0]
    assert daily[0] > 2.5 * ours[0]


def sampled(chance, rates, closes=2000, missed=0.02):
    """A window of closes; the second rate is that of the dirtier half."""
    found = []
    for place in range(closes):
        rate = rates[place % 2]
        real = chance.random() < missed * (1.5 if place % 2 else 0.5)
        chosen = chance.random() < rate
        found.append(Audited(rate=rate, chosen=chosen, real=real if chosen else None))
        found[-1] = found[-1] if chosen else Audited(rate=rate, chosen=False)
        yield found[-1], real


def test_the_weighted_estimate_is_unbiased_and_the_bound_holds():
    chance = seeded(9)
    errors, broken = [], 0
    for _ in range(60):
        pairs = list(sampled(chance, (0.1, 0.5)))
        found = audit([close for close, _ in pairs], 50, 0.05)
        missed = sum(real for _, real in pairs)
        errors.append(found.missed_estimate - missed)
        broken += found.closed_real_upper < missed / len(pairs)
    mean = sum(errors) / len(errors)
    spread = math.sqrt(sum((error - mean) ** 2 for error in errors) / len(errors))
    assert abs(mean) < 3 * spread / math.sqrt(60)
    assert broken <= 3


@pytest.mark.slow
def test_the_interval_covers_at_every_moment_at_once():
    chance = seeded(2)
    outside = 0
    for _ in range(60):
        values = [float(chance.random() < 0.1) for _ in range(200)]
        spans = [interval(values[:size], 0.1) for size in (20, 60, 120, 200)]
        outside += any(not span.low <= 0.1 <= span.high for span in spans)
    assert outside <= 6


def dirty(promise, eta, runs=60):
    """Recalibrations on verdicts that miss `eta` of attacks, in which more than 1% is real."""
    chance, broken, closing = seeded(11), 0, 0
    for _ in range(runs):
        scores, real = world(chance, 8000)
        said = [attack and chance.random() >= eta for attack in real]
        found = cut(Judged.of(scores, said), ladder(scores, 8000, promise), promise)
        closing += found.threshold > NOTHING
        broken += found.threshold > NOTHING and truth(found.threshold)[0] > 0.01
    return closing, broken


def test_a_promise_on_verdicts_is_broken_in_truth_unless_what_people_miss_is_taken_off():
    loose = Promise(alpha=0.01, beta=0.5, delta=0.05)
    known = Flips(reviewed=100, flipped=23)
    assert 0.3 < known.at_most < 0.5
    closing, broken = dirty(loose, 0.3)
    assert (closing, broken > 30) == (60, True)
    assert dirty(known.asks(loose), 0.3) == (60, 0)
