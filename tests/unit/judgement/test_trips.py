"""Every trip fires on its sign and on no other."""

import pytest

from triage.judgement.monitor import Monitor
from triage.judgement.shift import edges, stability
from triage.judgement.trips import TRIPS, Fall, Signs, only_watched, tripped
from triage.judgement.watch import Watch

CALM = Signs(monitor=Monitor(promised=0.01))
PAIR = (True, *[False] * 198, True)
ALARMED = Monitor(promised=0.01).saw_all([True] * 5)


@pytest.mark.parametrize(
    ("signs", "fires"),
    [
        (CALM, ()),
        (Signs(monitor=CALM.monitor, critical_miss=True), ("critical miss",)),
        (Signs(monitor=CALM.monitor, hashes_changed=True), ("changed hash",)),
        (Signs(monitor=CALM.monitor, canary_closed=True), ("canary closed",)),
        (Signs(monitor=CALM.monitor, recent=PAIR), ("misses",)),
        (Signs(monitor=CALM.monitor, recent=(True, *[False] * 199, True)), ()),
        (Signs(monitor=CALM.monitor, recent=PAIR, watch=Watch(seen=3, misses=1, closes=3)), ()),
        (Signs(monitor=CALM.monitor, recent=PAIR, watch=Watch(closes=299)), ()),
        (Signs(monitor=CALM.monitor, recent=PAIR, watch=Watch(closes=300, waiting=1)), ()),
        (Signs(monitor=CALM.monitor, recent=PAIR, watch=Watch(closes=300)), ()),
        (Signs(monitor=CALM.monitor, watch=Watch(closes=300, fresh=1)), ("unclean watch",)),
        (Signs(monitor=CALM.monitor, watch=Watch(closes=299, fresh=1)), ()),
        (Signs(monitor=CALM.monitor, certified=0.01, watch=Watch(seen=10, misses=2)), ("watch",)),
        (Signs(monitor=CALM.monitor, watch=Watch(seen=10, misses=2)), ()),
        (Signs(monitor=CALM.monitor, certified=0.01, watch=Watch(seen=60, misses=2)), ()),
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


def test_a_pair_of_misses_alone_leaves_a_licence_its_level():
    assert only_watched(("misses",))
    assert not only_watched(("alarm", "misses"))


def test_one_miss_condemns_nobody_and_neither_do_many_within_the_bound():
    assert not Watch(seen=1, misses=1).condemns(0.0001)
    assert not Watch(seen=200, misses=3).condemns(0.0100)
    assert Watch(seen=200, misses=6).condemns(0.0100)


def test_a_watch_counts_its_closes_and_what_was_said_of_those_drawn():
    watch = Watch().after(real=True, drawn=True).after(real=True, drawn=False)
    assert watch == Watch(seen=1, misses=1, fresh=1, closes=2)
    assert watch.again == Watch(seen=1, misses=1)


def test_the_alarm_keeps_its_state_in_numbers_that_can_be_stored():
    monitor = Monitor(promised=0.01).saw_all([False] * 30 + [True])
    again = Monitor(promised=monitor.promised, evidence=monitor.evidence, samples=monitor.samples)
    assert again == monitor
    assert monitor.samples == 31


@pytest.mark.parametrize("certified", [0.0001, 0.003, 0.01])
def test_two_misses_in_a_row_never_ring_the_alarm_and_three_do(certified):
    quiet = Monitor.over(certified).saw_all([False] * 2000)
    assert not quiet.saw_all([True] * 2).alarmed
    assert quiet.saw_all([True] * 3).alarmed


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
