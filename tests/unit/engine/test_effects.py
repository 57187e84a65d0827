"""Effects: one that fails, hangs or races holds up no other."""

from threading import Barrier

import pytest

from tests.engines import OWNER, an_engine, finding
from tests.stored import STORES
from triage.domain.effect import EffectStatus
from triage.engine.effects import run_effects


@pytest.fixture(params=STORES)
def engine(request, tmp_path):
    with an_engine(tmp_path, "first", "second", backend=request.param) as made:
        yield made


def run(engine):
    return run_effects(engine.world, owner=OWNER, at_most=50)


def statuses(engine):
    return sorted(str(effect.status) for effect in engine.store.outbox.effects())


class Meeting:
    """A channel that answers only when two ask it at the same time."""

    def __init__(self):
        self.barrier = Barrier(2, timeout=10)

    def notify(self, contact, notice):
        self.barrier.wait()
        return "met"


class Broken:
    def notify(self, contact, notice):
        raise RuntimeError("no such luck")


def test_effects_are_run_side_by_side(engine):
    engine.submit(finding("one"), finding("two"))
    engine.decide()
    engine.change(notifiers={"test": Meeting()})
    assert run(engine) == 2
    assert statuses(engine) == ["done", "done"]


def test_a_channel_with_a_fault_of_its_own_is_tried_again(engine):
    engine.escalated()
    engine.change(notifiers={"test": Broken()})
    run(engine)
    (effect,) = engine.store.outbox.effects()
    assert (effect.status, effect.outcome) == (
        EffectStatus.INTENDED,
        "unexpected RuntimeError: no such luck",
    )


def test_a_channel_that_is_no_longer_configured_is_said_so(engine):
    engine.escalated()
    engine.change(notifiers={})
    run(engine)
    (effect,) = engine.store.outbox.effects()
    assert effect.outcome == "no channel test is configured any more"


def test_an_effect_whose_end_cannot_be_recorded_holds_up_no_other(engine, monkeypatch):
    engine.submit(finding("one"), finding("two"))
    first, _ = engine.decide()
    real = engine.store.cases.append

    def failing(case_id, *arguments, **options):
        if case_id == first.id:
            raise RuntimeError("not this one")
        return real(case_id, *arguments, **options)

    monkeypatch.setattr(engine.store.cases, "append", failing)
    with pytest.raises(ExceptionGroup, match="effects: 1 could not be done"):
        run(engine)
    assert statuses(engine) == ["done", "intended"]


def test_an_effect_that_was_done_but_not_recorded_is_repeated_and_recorded_once(
    engine, monkeypatch
):
    case = engine.escalated()
    with monkeypatch.context() as patch:
        patch.setattr(engine.store.outbox, "finish", lambda *_, **__: None)
        run(engine)
    engine.pass_time(minutes=4)
    assert engine.notifier.told == ["first", "first"]
    assert engine.kinds(case) == ["received", "decided", "effect_done"]
    assert statuses(engine) == ["done"]
