"""Playbooks that wait judge beside those that decide, and nothing they do matters to anybody."""

from dataclasses import replace

import pytest

from tests.engines import an_engine, finding
from tests.pasts import BASE
from triage.engine.shadow import AT_ONCE, HEARD_MAX, Shadow
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY

DECIDING = (
    BASE[: BASE.index("tests:")].replace("S3.8", "Lab.1").replace("no longer present", "benign")
)
LOUDER = DECIDING.replace("escalate: medium", "escalate: critical")


def a_set(text):
    loaded = load({"one.yaml": text}, VOCABULARY)
    assert loaded.sound
    return loaded


@pytest.fixture
def engine(tmp_path):
    """An engine under one playbook, and a shadow that hears what it decides."""
    with an_engine(tmp_path) as made:
        shadow = Shadow(clock=made.clock)
        files = {"one.yaml": DECIDING}
        rules = replace(made.world.rules, files=files, prepared=load(files, VOCABULARY))
        made.change(rules=rules, beside=shadow.hear)
        made.shadow = shadow
        yield made


def decided(engine, *names):
    engine.submit(*(finding(name) for name in names))
    return [case for case in engine.decide() if case is not None]


def step(engine):
    engine.pass_time(seconds=2)
    return engine.shadow.step()


def test_while_nothing_waits_nothing_is_held(engine):
    decided(engine, "a")
    assert (step(engine), engine.shadow.note()) == ((), "")


def test_a_set_that_says_the_same_is_counted_as_such(engine):
    engine.shadow.put(a_set(DECIDING))
    (case,) = decided(engine, "a")
    (one,) = step(engine)
    assert (one.case, one.kind, one.flip) == (case.id, "same", None)
    assert engine.shadow.note() == "0 of 1 tickets would have come out differently"


def test_what_would_come_out_differently_is_told_and_never_done(engine):
    engine.shadow.put(a_set(LOUDER))
    (case,) = decided(engine, "a")
    before = engine.store.cases.events(case.id)
    (one,) = step(engine)
    assert (one.kind, one.flip.before.told, one.flip.after.told) == (
        "priority up",
        "escalate medium",
        "escalate critical",
    )
    assert engine.shadow.note() == (
        "1 of 1 tickets would have come out differently (priority up: 1)"
    )
    assert (case.decided["priority"], engine.store.cases.events(case.id)) == ("medium", before)


def test_a_set_that_fails_fails_alone(engine):
    engine.shadow.put(replace(a_set(LOUDER), index=None))
    (case,) = decided(engine, "a")
    (one,) = step(engine)
    assert (one.kind, one.error, case.decided["rule"]) == (
        "failed",
        "AttributeError",
        "bucket-block: still open",
    )
    assert engine.shadow.note().endswith("(failed: 1)")


def test_it_judges_so_many_in_so_long_and_skips_what_it_cannot_hold(engine):
    heard = []
    engine.change(beside=lambda *decision: heard.append(decision))
    decided(engine, "a")
    engine.shadow.put(a_set(DECIDING))
    for _ in range(HEARD_MAX + 7):
        engine.shadow.hear(*heard[0])
    assert (len(step(engine)), len(engine.shadow.step())) == (AT_ONCE, 0)
    assert engine.shadow.counts == {"same": AT_ONCE, "skipped": 7}
    assert len(step(engine)) == AT_ONCE


def test_another_set_begins_anew(engine):
    engine.shadow.put(a_set(LOUDER))
    decided(engine, "a")
    step(engine)
    decided(engine, "b")
    engine.shadow.put(a_set(DECIDING))
    assert (step(engine), engine.shadow.note()) == ((), "")
    decided(engine, "c")
    assert [one.kind for one in step(engine)] == ["same"]
    engine.shadow.put(None)
    decided(engine, "d")
    assert step(engine) == ()
