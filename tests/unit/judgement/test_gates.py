"""Thresholds: exact at the border, rigorous between rungs, and silent without evidence."""

import math

import pytest

from triage.judgement.gates import (
    NOTHING,
    Judged,
    closed_threshold,
    cut,
    ladder,
    missed_threshold,
)
from triage.judgement.promise import Looks, Promise

PROMISE = Promise(alpha=0.01, beta=0.05, delta=0.05)


def evidence(harmless, real):
    """Harmless tickets with scores from 0 up to 1, real ones at 2."""
    scores = [place / harmless for place in range(harmless)] + [2.0] * real
    return Judged.of(scores, [False] * harmless + [True] * real)


def test_a_promise_needs_368_clean_closes_and_72_attacks():
    assert (PROMISE.closed_needed, PROMISE.real_needed) == (368, 72)


@pytest.mark.parametrize("name", ["alpha", "beta", "delta", "missed_share"])
@pytest.mark.parametrize("value", [0, 1, -0.1, float("nan")])
def test_a_promise_lies_between_0_and_1(name, value):
    fields = {"alpha": 0.01, "beta": 0.05, "delta": 0.05, "missed_share": 0.5}
    with pytest.raises(ValueError, match=name):
        Promise(**(fields | {name: value}))


def test_58_attacks_allow_nothing_and_59_the_lowest_score():
    scores = [float(place) for place in range(59)]
    assert missed_threshold(scores[:58], 0.05, 0.05) == NOTHING
    assert missed_threshold(scores, 0.05, 0.05) == 0.0


def test_93_attacks_allow_one_of_them_below_the_cut():
    scores = [float(place) for place in range(93)]
    assert missed_threshold(scores, 0.05, 0.05) == 1.0


def test_298_clean_closes_are_too_few_and_299_enough():
    judged = evidence(299, 0)
    assert closed_threshold(judged, [298 / 299], 0.01, 0.05) == NOTHING
    assert closed_threshold(judged, [1.0], 0.01, 0.05) == 1.0


def test_the_climb_stops_at_the_first_rung_that_fails():
    judged = Judged.of(
        [place / 1000 for place in range(1000)], [place in {500, 501} for place in range(1000)]
    )
    rungs = [0.45, 0.55, 0.99]  # 0 of 450; 2 of 550 fails; 2 of 990 would hold again
    assert closed_threshold(judged, rungs, 0.01, 0.05) == 0.45


def test_the_cut_is_a_rung_that_was_tested_itself():
    judged = Judged.of(
        [place / 2000 for place in range(2000)] + [0.77] * 100, [False] * 2000 + [True] * 100
    )
    assert cut(judged, [0.5, 0.75, 0.9], PROMISE).threshold == 0.75


@pytest.mark.parametrize(
    ("judged", "why"),
    [
        (evidence(5000, 71), "71 of 72 labelled attacks"),
        (evidence(300, 80), "0 of 368 labelled tickets that would close"),
    ],
)
def test_it_says_what_is_missing(judged, why):
    found = cut(judged, [1.0], PROMISE)
    assert (found.threshold, found.closed, found.why_not) == (NOTHING, 0, why)


def test_a_pool_hardly_cleaner_than_its_queue_is_no_achievement():
    found = cut(evidence(40_000, 80), [0.02], PROMISE)
    assert found.threshold == NOTHING
    assert "not twice as clean as the queue" in found.why_not


def test_attacks_may_be_pooled_over_a_risk_class():
    judged = evidence(4000, 30)
    assert cut(judged, [0.9], PROMISE).threshold == NOTHING
    assert cut(judged, [0.9], PROMISE, pooled=[2.0] * 72).real == 72


def test_a_ladder_starts_where_evidence_can_suffice():
    training = [place / 10_000 for place in range(10_000)]
    rungs = ladder(training, 5000, PROMISE)
    assert rungs[0] == pytest.approx(1.6 * 368 / 5000, abs=1e-3)
    assert list(rungs) == sorted(set(rungs))
    assert ladder(training, 500, PROMISE) == ladder([], 5000, PROMISE) == ()


def test_a_score_that_is_no_number_is_no_evidence():
    with pytest.raises(ValueError, match="not a number"):
        Judged.of([0.1, math.nan], [False, True])


def test_looks_wait_for_evidence_and_share_delta():
    looks = Looks()
    assert looks.needed(PROMISE) == 103
    assert not looks.due(PROMISE, 102)
    assert looks.took(103).needed(PROMISE) == 155
    spent = math.fsum(PROMISE.at_look(look).delta for look in range(1, 100_000))
    assert 0.0499 < spent < 0.05
    with pytest.raises(ValueError, match="the first is 1"):
        PROMISE.at_look(0)
