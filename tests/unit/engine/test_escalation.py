"""An escalation always reaches someone."""

from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.engines import OWNER, an_engine, finding
from triage.domain.case import CaseEvent, EventKind, Status
from triage.domain.effect import EffectStatus
from triage.engine.commands import acknowledge
from triage.engine.effects import run_effects
from triage.engine.timers import fire_timers

NEWER = "2026-11-20T11:00:00Z"


@pytest.fixture
def engine(tmp_path):
    with an_engine(tmp_path, "first", "second") as made:
        yield made


def close_by_hand(engine, case_id):
    case = engine.store.cases.case(case_id)
    data = {"verdict": "benign", "by": "alice", "closes": True}
    event = CaseEvent(id="v", kind=EventKind.VERDICT_GIVEN, at=engine.clock.time, data=data)
    engine.store.cases.append(case.id, event, version=case.version)


def test_the_second_contact_is_told_past_the_sla_and_nobody_twice(engine):
    engine.escalated()
    engine.pass_time(minutes=59)
    assert engine.notifier.told == ["first"]
    engine.pass_time(days=2)
    assert engine.notifier.told == ["first", "second"]


def test_when_there_is_no_getting_through_to_the_first_the_second_is_told_at_once(engine):
    engine.notifier.deaf = {"first"}
    case = engine.escalated()
    engine.pass_time(minutes=3)
    assert engine.notifier.told == ["second"]
    assert engine.clock.time < NOON + timedelta(minutes=60)
    assert engine.kinds(case) == ["received", "decided", "effect_abandoned", "effect_done"]


def test_past_the_sla_nobody_is_told_again_who_was_told_at_once(engine):
    engine.notifier.deaf = {"first"}
    engine.escalated()
    engine.pass_time(days=2)
    assert engine.notifier.told == ["second"]


def test_while_nobody_can_be_reached_the_chain_starts_again(engine):
    engine.notifier.deaf = {"first", "second"}
    engine.escalated()
    engine.pass_time(hours=3)
    assert engine.notifier.told == []
    engine.notifier.deaf = {"first"}
    engine.pass_time(hours=1)
    assert engine.notifier.told == ["second"]


def test_an_unreachable_last_contact_starts_nothing_again_when_another_was_told(engine):
    engine.notifier.deaf = {"second"}
    engine.escalated()
    engine.pass_time(days=1)
    assert engine.notifier.told == ["first"]
    statuses = sorted(effect.status for effect in engine.store.outbox.effects())
    assert statuses == [EffectStatus.ABANDONED, EffectStatus.DONE]


def test_two_contacts_that_are_given_up_at_the_same_moment_do_not_wait_for_each_other(engine):
    engine.notifier.deaf = {"first", "second"}
    engine.escalated()
    engine.clock.time += timedelta(minutes=61)
    fire_timers(engine.world, owner=OWNER, at_most=5)
    for _ in range(3):
        run_effects(engine.world, owner=OWNER, at_most=5)
        engine.clock.time += timedelta(minutes=2)
    waiting = [e for e in engine.store.outbox.effects() if e.status is EffectStatus.INTENDED]
    assert len(waiting) == 1


def test_a_case_in_somebodys_hands_is_taken_to_no_one_else(engine):
    engine.notifier.deaf = {"first"}
    case = engine.escalated()
    store = engine.store
    acknowledge(store.cases, store.incidents, case, by="alice", at=engine.clock.time)
    engine.pass_time(hours=2)
    assert engine.notifier.told == []


def test_a_contact_given_up_while_news_is_judged_still_passes_it_on(engine):
    engine.notifier.deaf = {"first"}
    case = engine.escalated()
    engine.submit(finding(UpdatedAt=NEWER))
    assert engine.store.cases.case(case).status is Status.RECEIVED
    engine.pass_time(minutes=3)
    assert engine.notifier.told == ["second"]


def test_a_timer_that_falls_due_while_news_is_judged_is_not_lost(engine):
    engine.escalated()
    engine.run_effects()
    engine.submit(finding(UpdatedAt=NEWER))
    engine.pass_time(minutes=62)
    assert engine.notifier.told == ["first"]
    engine.decide()
    engine.pass_time(minutes=3)
    assert engine.notifier.told == ["first", "second"]


def test_a_case_that_a_person_closed_is_news_when_it_comes_back(engine):
    case = engine.escalated()
    engine.run_effects()
    close_by_hand(engine, case)
    engine.submit(finding(UpdatedAt=NEWER))
    engine.decide()
    engine.run_effects()
    assert engine.notifier.told == ["first", "first"]


def test_more_of_the_same_tells_nobody_again(engine):
    engine.escalated()
    engine.run_effects()
    engine.submit(finding(UpdatedAt=NEWER))
    engine.decide()
    engine.run_effects()
    assert engine.notifier.told == ["first"]


def test_news_that_is_more_urgent_is_told_again(engine):
    engine.escalated()
    engine.run_effects()
    worse = {"Label": "CRITICAL", "Normalized": 95}
    engine.submit(finding(UpdatedAt=NEWER, Severity=worse))
    engine.decide()
    engine.run_effects()
    assert engine.notifier.told == ["first", "first"]


def test_every_effect_is_recorded_with_the_event_that_intended_it(engine):
    engine.notifier.deaf = {"first"}
    case = engine.escalated()
    engine.pass_time(hours=3)
    recorded = {
        effect["id"]
        for event in engine.store.cases.events(case)
        for effect in event.data.get("effects", ())
    }
    assert recorded == {one.id for one in engine.store.outbox.effects()}
