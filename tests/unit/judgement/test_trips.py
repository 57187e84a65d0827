"""Every trip fires on its sign and on no other."""

import pytest

from triage.judgement.monitor import Monitor
from triage.judgement.shift import edges, stability
from triage.judgement.trips import TRIPS, Fall, Signs, tripped

CALM = Signs(monitor=Monitor(promised=0.01))
ALARMED = Monitor(promised=0.01).saw_all([True] * 5)


@pytest.mark.parametrize(
    ("signs", "fires"),
    [
        (CALM, ()),
        (Signs(monitor=CALM.monitor, critical_miss=True), ("critical miss",)),
        (Signs(monitor=CALM.monitor, hashes_changed=True), ("changed hash",)),
        (Signs(monitor=CALM.monitor, canary_closed=True), ("canary closed",)),
        (Signs(monitor=CALM.monitor, recent=(True, *[False] * 198, True)), ("misses",)),
        (Signs(monitor=CALM.monitor, recent=(True, *[False] * 199, True)), ()),
        (Signs(monitor=ALARMED), ("alarm",)),
        (Signs(monitor=CALM.monitor, novel=0.31, novel_before=0.1), ("novelty surge",)),
        (Signs(monitor=CALM.monitor, novel=0.3, novel_before=0.1), ()),
        (Signs(monitor=CALM.monitor, novel=0.04), ("novelty surge",)),
        (Signs(monitor=CALM.monitor, shift=0.26), ("score shift",)),
        (Signs(monitor=CALM.monitor, returns=1), ()),
        (Signs(monitor=CALM.monitor, returns=2), ("returns",)),
        (Signs(monitor=CALM.monitor, shift=0.25), ()),
    ],
)
def test_a_trip_fires_on_its_own_sign(signs, fires):
    assert tripped(signs) == fires


def test_the_gravest_come_first():
    falls = [list(Fall).index(trip.fall) for trip in TRIPS.values()]
    assert falls == sorted(falls, reverse=True)


def test_the_alarm_keeps_its_state_in_numbers_that_can_be_stored():
    monitor = Monitor(promised=0.01).saw_all([False] * 30 + [True])
    again = Monitor(promised=monitor.promised, evidence=monitor.evidence, samples=monitor.samples)
    assert again == monitor
    assert monitor.samples == 31


def test_an_alarm_stays_where_it_rang():
    rung = Monitor(promised=0.01).saw_all([True] * 100)
    assert rung.alarmed
    assert rung.samples < 6


@pytest.mark.parametrize("promised", [0, 1])
def test_an_alarm_watches_a_rate_between_0_and_1(promised):
    with pytest.raises(ValueError, match="promised"):
        Monitor(promised=promised)


def test_scores_that_moved_are_noticed_and_those_that_stayed_are_not():
    before = [place / 1000 for place in range(1000)]
    assert stability(before, before[::3]) < 0.01
    assert stability(before, [score / 3 for score in before]) > 0.25
    assert stability(before, []) == stability([], before) == 0.0


def test_ties_make_fewer_bins():
    assert edges([1.0] * 50) == (1.0,)
    assert edges([]) == ()
