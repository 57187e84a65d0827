"""The contract of ports/switches.py, and of the outbox's part in repairs, on every store."""

from dataclasses import replace

import pytest

from tests.builders import NOON, minutes
from tests.stored import an_effect, received, reminded, told
from triage.domain.effect import EffectStatus
from triage.domain.errors import NoSuchEffect
from triage.ports.switches import ALL, Switch

RULE = "buckets: block it"


def test_nothing_is_halted_until_somebody_halts_it(store):
    assert store.switches.halted() is None
    assert store.switches.stopped(RULE) is None
    assert store.switches.all() == {}


def test_what_one_process_halts_every_other_sees_until_it_is_released(store, open_again):
    thrown = store.switches.throw(ALL, by="alice", because="drill", at=NOON)
    with open_again() as other:
        assert other.switches.halted() == thrown
        assert other.switches.stopped(RULE) is None
        assert other.switches.release(ALL, by="bob", at=NOON + minutes(1)) is not None
    assert store.switches.halted() is None
    assert store.switches.release(ALL, by="bob", at=NOON) is None


def test_a_rule_is_stopped_by_its_last_miss_and_starts_anew_when_released(store):
    first = store.switches.miss(RULE, most=2, because="not proven", at=NOON)
    assert (first.misses, first.stopped) == (1, False)
    second = store.switches.miss(RULE, most=2, because="not proven", at=NOON)
    assert (second.misses, second.stopped, second.by) == (2, True, "triage")
    assert store.switches.stopped(RULE) == second
    released = store.switches.release(RULE, by="alice", at=NOON)
    assert released == Switch(name=RULE, by="alice", at=NOON)
    assert store.switches.stopped(RULE) is None


@pytest.fixture
def intended(store):
    """Three effects of one case, a minute apart; two of them apply something."""
    (receipt,) = received(store, told())
    case = receipt.case
    effects = [
        an_effect(case.id, id="aa1", kind="apply", due=NOON),
        an_effect(case.id, id="ab2", kind="notify", due=NOON + minutes(1)),
        an_effect(case.id, id="ac3", kind="apply", due=NOON + minutes(2)),
    ]
    store.cases.append(case.id, reminded("x"), version=case.version, effects=effects)
    return effects


def claimed(store, at):
    return store.outbox.claim_effects(now=at, owner="a", at_most=1, lease_seconds=60)


def test_what_was_intended_lately_is_counted_whatever_came_of_it(store, intended):
    recent = store.outbox.recent("apply", since=NOON, at_most=10)
    assert recent == [intended[0], intended[2]]
    assert store.outbox.recent("apply", since=NOON + minutes(1), at_most=10) == [intended[2]]


def test_an_effect_is_found_by_an_unambiguous_beginning(store, intended):
    assert store.outbox.effect("ab") == intended[1]
    for name in ("a", "", "zz"):
        with pytest.raises(NoSuchEffect):
            store.outbox.effect(name)


def test_what_was_kept_waiting_has_used_up_no_try(store, intended):
    (effect,) = claimed(store, NOON)
    store.outbox.postpone(effect, owner="a", due=NOON + minutes(1), outcome="halted", counted=False)
    assert store.outbox.effect("aa1").attempts == 0


def test_an_abandoned_effect_is_tried_again_from_the_start_and_a_done_one_is_not(store, intended):
    (effect,) = claimed(store, NOON)
    store.outbox.finish(effect, owner="a", status=EffectStatus.ABANDONED, outcome="denied")
    assert store.outbox.insist(effect, now=NOON)
    (again,) = claimed(store, NOON)
    assert again == replace(intended[0], attempts=1, outcome="denied")
    store.outbox.finish(again, owner="a", status=EffectStatus.DONE, outcome="made")
    assert not store.outbox.insist(again, now=NOON)
    assert not store.outbox.give_up(again, outcome="no")


def test_what_somebody_is_at_is_not_given_up_behind_his_back(store, intended):
    (effect,) = claimed(store, NOON)
    assert not store.outbox.give_up(effect, outcome="no")
    assert store.outbox.give_up(intended[1], outcome="no")
    assert store.outbox.effect("ab2").status == EffectStatus.ABANDONED
