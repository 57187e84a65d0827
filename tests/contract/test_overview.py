"""How the work stands, on either store: what waits and why, who holds it, what is spent."""

from dataclasses import replace
from datetime import timedelta

import pytest

from tests.anchors import a_history
from tests.builders import NOON, minutes
from tests.engines import an_engine, finding
from tests.stored import STORES, a_timer, an_effect, claimed, decided, received, told
from triage.adapters.aws.budget import Budget
from triage.adapters.aws.limits import Rate
from triage.adapters.prometheus.metrics import PrometheusMetrics
from triage.domain.overview import Anchors, Lease, Spent, unanswered
from triage.engine.spending import Bookkeeper

PUBLIC = finding(
    GeneratorId="security-control/S3.8",
    Compliance={"Status": "FAILED", "SecurityControlId": "S3.8"},
)


@pytest.mark.parametrize("backend", STORES)
def test_it_shows_what_waits_why_nobody_could_say_and_what_happened(tmp_path, backend):
    with an_engine(tmp_path, "bob", backend=backend) as engine:
        engine.submit(finding(), PUBLIC)
        look = engine.store.overviews.look
        waiting = look(engine.clock.now() + minutes(2))
        assert (waiting.due, waiting.oldest_due) == (2, engine.clock.now())
        engine.decide()
        seen = look(engine.clock.now())
        assert (seen.due, seen.oldest_due, dict(seen.cases)) == (0, None, {"escalated": 2})
        assert dict(seen.unanswered) == {"not possible here": 2}
        assert seen.effects["intended"] == seen.effects["overdue"] > 0
        assert (seen.timers["set"], seen.timers["overdue"]) == (1, 0)
        engine.notifier.deaf = {"bob"}
        engine.pass_time(hours=1)
        ended = look(engine.clock.now()).effects
        assert ended["abandoned in 24 h"] > 0
        later = look(engine.clock.now() + timedelta(days=2))
        assert later.effects["abandoned in 24 h"] == 0
        assert later.timers["overdue"] > 0


def test_leases_are_by_owner_and_kind_while_they_last(store):
    received(store, told(1), told(2), told(3))
    claimed(store, owner="a", at_most=2)
    (first,) = claimed(store, owner="b")
    store.cases.settle(
        [decided(first, effects=[an_effect(first.case.id)], timers=[a_timer(first.case.id)])]
    )
    store.outbox.claim_effects(now=NOON, owner="b", at_most=9, lease_seconds=30)
    held = store.overviews.look(NOON).leases
    assert held == (
        Lease(owner="a", kind="cases", count=2, until=NOON + minutes(1)),
        Lease(owner="b", kind="effects", count=1, until=NOON + minutes(0.5)),
    )
    assert store.overviews.look(NOON + minutes(2)).leases == ()


def test_anchors_are_shown_with_the_last_head_that_left(store, tmp_path):
    assert store.overviews.look(NOON).anchors == Anchors()
    record = a_history(store, tmp_path)
    record.happen(4)
    seen = store.overviews.look(NOON + minutes(10))
    assert seen.anchors == Anchors(events=8, appended=NOON, exported=8, exported_at=NOON)
    assert dict(seen.per_hour) == {"received": 3, "held": 1, "decided": 4}
    assert dict(store.overviews.look(NOON + minutes(90)).per_hour) == {}


def spent(used, refused=0, api="cloudtrail.lookup_events", account="1"):
    return Spent(api=api, account=account, region="r", used=used, refused=refused, allowed=90)


def test_what_workers_spend_is_seen_together_and_nearest_to_its_limit_first(store):
    look, note = store.overviews.look, store.overviews.note
    note("a", [spent(50, 1), spent(9, account="2")], NOON)
    note("b", [spent(70, 2)], NOON)
    note("gone", [spent(90)], NOON - minutes(5))
    assert look(NOON).spent == (spent(120, 3), spent(9, account="2"))
    note("a", [], NOON)
    assert look(NOON).spent == (spent(70, 2),)


class _Clock:
    def __init__(self):
        self.time = NOON

    def now(self):
        return self.time

    def wait(self, seconds):
        self.time += timedelta(seconds=seconds)


def test_a_worker_notes_each_minute_what_it_used_and_what_got_no_turn(store):
    clock = _Clock()
    budget = Budget({"x": Rate(1.0)}, clock)
    books = Bookkeeper(purse=budget, ledger=store.overviews, clock=clock, owner="me")
    books.step()
    for _ in range(3):
        assert budget.take("x", "1", "r", deadline=NOON + minutes(1))
    assert not budget.take("x", "1", "r", deadline=clock.now())
    assert budget.take("unlimited", "1", "r", deadline=NOON + minutes(1))
    assert budget.spent(clock.now()) == []
    clock.time = NOON + minutes(1)
    books.step()
    told = Spent(api="x", account="1", region="r", used=3, refused=1, allowed=60)
    assert store.overviews.look(clock.now()).spent == (told,)
    clock.time = NOON + minutes(2)
    books.step()
    assert store.overviews.look(clock.now()).spent == ()


def test_metrics_show_the_same_and_forget_what_is_gone(store, tmp_path):
    a_history(store, tmp_path)
    store.overviews.note("a", [spent(45, 1), spent(9, account="2")], NOON)
    metrics = PrometheusMetrics()
    seen = store.overviews.look(NOON + minutes(10))
    metrics.overview(replace(seen, spent=store.overviews.look(NOON).spent))
    value = metrics.registry.get_sample_value
    assert value("triage_anchored_events") == 8
    assert value("triage_head_age_seconds") == 600
    assert value("triage_cases", {"status": "escalated"}) == 3
    api = {"api": "cloudtrail.lookup_events"}
    assert (value("triage_api_budget_used_ratio", api), value("triage_api_refused_calls", api)) == (
        0.5,
        1,
    )
    metrics.overview(seen)
    assert value("triage_api_budget_used_ratio", api) is None


@pytest.mark.parametrize(
    ("reason", "why"),
    [
        ("could not find out who: the look-up was throttled (x)", "throttled"),
        ("could not find out who changed it: S3 did not say", "inconclusive"),
        ("could not confirm it at its source: the look-up was denied", "denied"),
        ("no rule held", None),
    ],
)
def test_why_an_answer_was_unknown_is_read_off_the_reasons(reason, why):
    assert unanswered({"reasons": [reason]}) == ({why} if why else frozenset())
    assert unanswered(None) == frozenset()
