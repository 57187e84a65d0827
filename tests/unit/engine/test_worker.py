"""The worker and what it does when the store, a decision or a step fails."""

import logging
from threading import Event

import pytest
from sqlalchemy.exc import OperationalError

from tests.engines import OWNER, RULES, an_engine, finding
from triage.cli.running import _beating
from triage.domain.errors import Unstorable
from triage.engine import pipeline, writing
from triage.engine.pipeline import take_in
from triage.engine.worker import Worker, _backoff


class Quiet:
    def info(self, event, **fields):
        """Nobody reads it."""

    def exception(self, event, **fields):
        logging.getLogger("worker").debug(event)


@pytest.fixture
def engine(tmp_path):
    with an_engine(tmp_path, "first", "second") as made:
        yield made


@pytest.fixture
def worker(engine):
    return Worker(world=engine.world, owner=OWNER, log=Quiet())


def fill_the_disk(engine, pages=1):
    """Let SQLite see a disk with no page left (https://sqlite.org/pragma.html#pragma_max_page_count)."""
    with engine.store.database.writing() as connection:
        connection.exec_driver_sql(f"PRAGMA max_page_count = {pages}")


def test_a_full_disk_loses_nothing_and_the_next_try_succeeds(engine):
    large = finding("large", Description="x" * 200_000)
    engine.world.queue.submit([large])
    fill_the_disk(engine)
    with pytest.raises(OperationalError, match="database or disk is full"):
        take_in(engine.world, at_most=10, wait_seconds=0)
    assert engine.world.queue.depth() == 1
    assert engine.store.cases.count() == {"due": 0}
    fill_the_disk(engine, 1_000_000)
    (receipt,) = take_in(engine.world, at_most=10, wait_seconds=0)
    assert (receipt.reception, engine.world.queue.depth()) == ("new", 0)


def test_an_error_of_the_store_never_says_what_a_ticket_said(engine):
    engine.world.queue.submit([finding("large", Description="x" * 200_000)])
    fill_the_disk(engine)
    with pytest.raises(OperationalError) as raised:
        take_in(engine.world, at_most=10, wait_seconds=0)
    assert "xxxx" not in str(raised.value)


def test_a_loop_that_fails_is_not_ready_until_it_succeeds(engine, worker):
    for part, step in worker.steps.items():
        worker._supervised(part, step)
    assert _beating(worker) == ""
    engine.world.queue.submit([finding("large", Description="x" * 200_000)])
    fill_the_disk(engine)
    assert worker._supervised("intake", worker.steps["intake"]) is None
    assert "intake fails (OperationalError: " in _beating(worker)
    assert "database or disk is full" in _beating(worker)
    fill_the_disk(engine, 1_000_000)
    assert worker._supervised("intake", worker.steps["intake"]) == 1
    assert _beating(worker) == ""


def test_a_night_of_failures_does_not_end_the_loop():
    assert [_backoff(1), _backoff(5), _backoff(100_000)] == [2.0, 30.0, 30.0]


def test_one_decision_that_cannot_be_made_holds_up_no_other(engine, monkeypatch):
    engine.submit(finding("one"), finding("two"), finding("three"))
    real = writing.escalation

    def failing(world, case, *rest):
        if case.headline["subject"].endswith("two"):
            raise KeyError("subject")
        return real(world, case, *rest)

    monkeypatch.setattr(writing, "escalation", failing)
    with pytest.raises(ExceptionGroup, match="decide: 1 could not be done"):
        engine.decide()
    assert engine.store.cases.count() == {"escalated": 2, "received": 1, "due": 1}
    monkeypatch.undo()
    engine.clock.wait(121)
    assert [case.status for case in engine.decide()] == ["escalated"]


def test_a_decision_that_cannot_be_written_down_goes_to_a_person(engine, monkeypatch):
    engine.submit(finding())
    monkeypatch.setattr(pipeline, "conclusion_as_json", lambda _: {"rule": object()})
    (case,) = engine.decide()
    assert "the engine could not decide: TypeError" in case.decided["reasons"][0]
    engine.run_effects()
    assert engine.notifier.told == ["first"]


def test_a_decision_that_cannot_be_stored_goes_to_a_person_and_its_batch_is_stored(
    engine, monkeypatch
):
    engine.submit(*[finding(name) for name in ("one", "two", "three")])
    real = engine.store.cases.settle

    def refusing(settlements):
        for one in settlements:
            if (
                one.claim.case.headline["subject"].endswith("two")
                and one.write([]).event.data["inputs"]
            ):
                raise Unstorable(ValueError())
        return real(settlements)

    monkeypatch.setattr(engine.store.cases, "settle", refusing)
    reasons = {case.headline["subject"]: case.decided["reasons"][0] for case in engine.decide()}
    refused = {subject for subject, reason in reasons.items() if "cannot be stored" in reason}
    assert (len(reasons), refused) == (3, {"arn:aws:s3:::two"})


def test_what_cannot_even_be_handed_over_is_raised_after_the_rest_is_stored(engine, monkeypatch):
    engine.submit(finding("one"), finding("two"))
    real = engine.store.cases.settle

    def refusing(settlements):
        if any(one.claim.case.headline["subject"].endswith("two") for one in settlements):
            raise Unstorable(ValueError())
        return real(settlements)

    monkeypatch.setattr(engine.store.cases, "settle", refusing)
    with pytest.raises(ExceptionGroup, match="decide: 1 could not be done"):
        engine.decide()
    assert engine.store.cases.count() == {"escalated": 1, "received": 1, "due": 1}


def test_a_worker_takes_in_decides_and_acts_until_it_is_asked_to_stop(engine):
    done = Event()
    told = engine.notifier.told

    class Signalling:
        def notify(self, contact, notice):
            told.append(contact)
            done.set()
            return "told"

    engine.change(notifiers={"test": Signalling()}, rules=RULES)
    worker = Worker(world=engine.world, owner=OWNER, log=Quiet())
    engine.world.queue.submit([finding()])
    worker.start()
    assert done.wait(30)
    assert worker.stop()
    assert told == ["first"]
    assert set(worker.beats) == {"intake", "decide", "decide 2", "effects", "timers", "signatures"}
