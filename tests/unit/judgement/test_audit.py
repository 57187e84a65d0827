"""What samples say: weighted, bounded by stratum, and never flattered by silence."""

import pytest

from triage.judgement.audit import Audited, audit
from triage.judgement.bounds import upper
from triage.judgement.canary import Canary, CanaryLine, canary_line
from triage.judgement.sequence import interval


def closes(rate, sampled, missed=0, unseen=0):
    seen = [Audited(rate=rate, chosen=True, real=place < missed) for place in range(sampled)]
    return seen + [Audited(rate=rate, chosen=False)] * unseen


def test_a_found_miss_stands_for_those_that_nobody_looked_for():
    found = audit(closes(0.1, 40, 2, 360), found_by_people=60, delta=0.05)
    assert (found.missed_estimate, found.closed_real_estimate) == (20.0, 0.05)
    assert found.missed_share_estimate == 0.25


def test_the_bound_is_the_sum_over_strata():
    found = audit(closes(1.0, 100) + closes(0.1, 30, 1, 270), found_by_people=5, delta=0.05)
    expected = (100 * upper(0, 100, 0.025) + 300 * upper(1, 30, 0.025)) / 400
    assert found.closed_real_upper == pytest.approx(expected)
    assert found.missed_share_upper == pytest.approx(400 * expected / (400 * expected + 5))


def test_an_unanswered_sample_past_its_time_is_a_miss_and_freezes_promotion():
    late = [Audited(rate=1.0, chosen=True, overdue=True)]
    found = audit(closes(1.0, 9) + late, found_by_people=0, delta=0.05)
    assert (found.missed_estimate, found.frozen) == (1.0, True)


def test_a_sample_still_in_time_neither_clears_nor_condemns():
    waiting = [Audited(rate=1.0, chosen=True)] * 10
    found = audit(closes(1.0, 10, 1) + waiting, found_by_people=0, delta=0.05)
    assert (found.sampled, found.missed_estimate, found.frozen) == (10, 2.0, False)
    assert found.closed_real_upper == upper(1, 10, 0.05)


def test_no_closes_and_no_samples_claim_nothing():
    assert audit([], 0, 0.05).closed_real_upper == 1.0
    unseen = audit([Audited(rate=0.1, chosen=False)] * 5, 0, 0.05)
    assert (unseen.closed_real_upper, unseen.missed_share_estimate) == (1.0, None)


def test_a_verdict_on_a_close_that_nobody_drew_does_not_count():
    reopened = [Audited(rate=0.1, chosen=False, real=True)] * 5
    assert audit(reopened + closes(0.1, 10), 0, 0.05).missed_estimate == 0.0


def test_canaries_are_counted_once_each_and_stand_alone():
    canaries = [Canary(name=f"attack {n % 299}", closed=False) for n in range(598)]
    line = canary_line(canaries, 0.05)
    assert line == CanaryLine(injected=299, closed=0, closed_upper=upper(0, 299, 0.05))
    assert line.closed_upper < 0.01
    assert "says nothing about others" in line.sentence(0.05)
    assert canary_line([*canaries, Canary(name="attack 0", closed=True)], 0.05).closed == 1


def test_an_interval_narrows_around_what_is_seen():
    few, many = interval([0, 0, 0, 1], 0.05), interval([0, 0, 0, 1] * 100, 0.05)
    assert few.low <= many.low < 0.25 < many.high <= few.high
    assert many.high - many.low < 0.25


def test_an_interval_without_values_is_everything():
    found = interval([], 0.05)
    assert (found.low, found.high) == (0.0, 1.0)


def test_weighted_values_have_their_own_range():
    values = ([0.0] * 99 + [10.0]) * 5  # one in ten was drawn: a tenth is real
    found = interval(values, 0.05, largest=10)
    assert found.low < 0.1 < found.high < 0.6
    with pytest.raises(ValueError, match="outside"):
        interval(values, 0.05)
