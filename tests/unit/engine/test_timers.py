"""Timers: one that cannot fire holds up no other, and none is lost."""

from datetime import timedelta

import pytest

from tests.engines import OWNER, an_engine, finding
from tests.stored import STORES
from triage.domain.errors import StaleCase
from triage.engine.timers import fire_timers


@pytest.fixture(params=STORES)
def engine(request, tmp_path):
    with an_engine(tmp_path, "first", "second", backend=request.param) as made:
        yield made


def fire(engine):
    return fire_timers(engine.world, owner=OWNER, at_most=50)


def test_a_timer_that_cannot_fire_holds_up_no_other(engine, monkeypatch):
    engine.submit(finding("one"), finding("two"))
    first, _ = engine.decide()
    engine.run_effects()
    engine.clock.time += timedelta(minutes=61)
    real = engine.store.cases.case

    def failing(case_id):
        if case_id == first.id:
            raise ValueError("not this one")
        return real(case_id)

    with monkeypatch.context() as patch:
        patch.setattr(engine.store.cases, "case", failing)
        with pytest.raises(ExceptionGroup, match="timers: 1 could not be done"):
            fire(engine)
    engine.run_effects()
    assert engine.notifier.told == ["first", "first", "second"]
    engine.pass_time(minutes=4)
    assert engine.notifier.told == ["first", "first", "second", "second"]


def test_a_timer_that_was_not_deleted_fires_again_and_changes_nothing(engine, monkeypatch):
    case = engine.escalated()
    engine.run_effects()
    engine.clock.time += timedelta(minutes=61)
    with monkeypatch.context() as patch:
        patch.setattr(engine.store.outbox, "fired", lambda *_, **__: None)
        fire(engine)
    engine.pass_time(minutes=5)
    assert engine.notifier.told == ["first", "second"]
    assert engine.kinds(case).count("reminded") == 1


def test_a_timer_that_meets_another_writer_is_looked_at_again(engine, monkeypatch):
    engine.escalated()
    engine.run_effects()
    engine.clock.time += timedelta(minutes=61)

    def stale(case_id, event, *, version, **_):
        raise StaleCase(case_id, version, version + 1)

    with monkeypatch.context() as patch:
        patch.setattr(engine.store.cases, "append", stale)
        fire(engine)
    engine.pass_time(minutes=4)
    assert engine.notifier.told == ["first", "second"]
