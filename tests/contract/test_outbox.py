"""The contract of ports/outbox.py, whatever stands behind it."""

from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial

import pytest

from tests.builders import NOON, minutes
from tests.stored import a_timer, an_effect, received, reminded, told
from triage.domain.effect import EffectStatus


@pytest.fixture
def case(store):
    (receipt,) = received(store, told())
    return receipt.case


def intend(store, case, *effects, timers=()):
    name = "+".join(one.id for one in (*effects, *timers))
    version = store.cases.case(case.id).version
    store.cases.append(
        case.id, reminded(name), version=version, effects=effects, timers=list(timers)
    )


def claim(store, *, at=NOON, owner="a", at_most=10):
    return store.outbox.claim_effects(now=at, owner=owner, at_most=at_most, lease_seconds=60)


SLA = NOON + minutes(15)


def claim_timers(store, *, at=SLA, owner="a", at_most=10):
    return store.outbox.claim_timers(now=at, owner=owner, at_most=at_most, lease_seconds=60)


def test_an_intended_effect_is_claimed_once_and_its_attempts_are_counted(store, case):
    effect = an_effect(case.id, data={"to": "alice"})
    intend(store, case, effect)
    assert claim(store) == [replace(effect, attempts=1)]
    assert claim(store, owner="b") == []


def test_an_effect_is_not_claimed_before_it_is_due(store, case):
    intend(store, case, an_effect(case.id, due=NOON + minutes(1)))
    assert claim(store) == []
    assert len(claim(store, at=NOON + minutes(1))) == 1


def test_the_same_intent_twice_is_one_effect(store, case):
    intend(store, case, an_effect(case.id))
    (mine,) = claim(store)
    version = store.cases.case(case.id).version
    store.cases.append(case.id, reminded("again"), version=version, effects=[an_effect(case.id)])
    assert store.outbox.effects() == [mine]


def test_the_oldest_due_comes_first_and_no_more_than_asked(store, case):
    effects = [an_effect(case.id, f"e{n}", due=NOON + minutes(n)) for n in (3, 1, 2)]
    intend(store, case, *effects)
    assert [one.id for one in claim(store, at=NOON + minutes(5), at_most=2)] == ["e1", "e2"]


@pytest.mark.parametrize("status", [EffectStatus.DONE, EffectStatus.ABANDONED])
def test_an_effect_that_ended_is_never_claimed_again(store, case, status):
    intend(store, case, an_effect(case.id))
    (mine,) = claim(store)
    store.outbox.finish(mine, owner="a", status=status, outcome="so it went")
    assert claim(store, at=NOON + minutes(60)) == []
    assert store.outbox.effects() == [replace(mine, status=status, outcome="so it went")]


def test_a_postponed_effect_comes_back_when_it_was_said_with_what_went_wrong(store, case):
    intend(store, case, an_effect(case.id))
    (mine,) = claim(store)
    store.outbox.postpone(mine, owner="a", due=NOON + minutes(5), outcome="refused")
    assert claim(store, at=NOON + minutes(4)) == []
    later = replace(mine, attempts=2, due=NOON + minutes(5), outcome="refused")
    assert claim(store, at=NOON + minutes(5), owner="b") == [later]


def test_an_effect_whose_holder_died_comes_free_when_the_lease_ran_out(store, case):
    intend(store, case, an_effect(case.id))
    claim(store, owner="a")
    assert claim(store, owner="b", at=NOON + minutes(1)) == []
    assert [one.attempts for one in claim(store, owner="b", at=NOON + minutes(1.01))] == [2]


@pytest.mark.parametrize("how", ["finish", "postpone"])
def test_whoever_lost_an_effect_changes_nothing(store, case, how):
    intend(store, case, an_effect(case.id))
    (mine,) = claim(store, owner="a")
    (theirs,) = claim(store, owner="b", at=NOON + minutes(2))
    if how == "finish":
        store.outbox.finish(mine, owner="a", status=EffectStatus.ABANDONED, outcome="late")
    else:
        store.outbox.postpone(mine, owner="a", due=NOON, outcome="late")
    assert store.outbox.effects() == [theirs]
    assert claim(store, owner="c", at=NOON + minutes(2)) == []


def test_workers_that_claim_at_once_never_share_an_effect(store, open_again, case):
    intend(store, case, *[an_effect(case.id, f"e{n}") for n in range(60)])
    with open_again() as other, ThreadPoolExecutor(4) as pool:
        got = list(pool.map(partial(claim, at_most=7), [store, other] * 8))
    names = [effect.id for effects in got for effect in effects]
    assert len(names) == len(set(names)) == 60


def test_effects_are_listed_newest_first_and_by_case(store, case):
    (receipt,) = received(store, told(2))
    intend(store, case, an_effect(case.id, "old"))
    intend(store, receipt.case, an_effect(receipt.case.id, "new", due=NOON + minutes(1)))
    assert [one.id for one in store.outbox.effects()] == ["new", "old"]
    assert [one.id for one in store.outbox.effects(at_most=1)] == ["new"]
    assert [one.id for one in store.outbox.effects(case_id=case.id)] == ["old"]


def test_a_timer_fires_when_it_is_due_and_only_once(store, case):
    timer = a_timer(case.id)
    intend(store, case, timers=[timer])
    assert claim_timers(store, at=NOON + minutes(14)) == []
    assert claim_timers(store) == [timer]
    assert claim_timers(store, owner="b") == []
    store.outbox.fired(timer, owner="a")
    assert claim_timers(store, at=NOON + minutes(600)) == []


def test_a_timer_whose_holder_died_fires_for_another(store, case):
    intend(store, case, timers=[a_timer(case.id)])
    claim_timers(store, owner="a")
    assert len(claim_timers(store, owner="b", at=NOON + minutes(17))) == 1


def test_whoever_lost_a_timer_does_not_delete_it(store, case):
    timer = a_timer(case.id)
    intend(store, case, timers=[timer])
    claim_timers(store, owner="a")
    claim_timers(store, owner="b", at=NOON + minutes(17))
    store.outbox.fired(timer, owner="a")
    assert claim_timers(store, owner="c", at=NOON + minutes(30)) == [timer]
