"""What signatures did so far, as the case store keeps it, whatever stands behind the port."""

from concurrent.futures import ThreadPoolExecutor

import pytest

from tests.builders import NOON
from tests.stored import claimed, decided, received, told
from triage.domain.case import CaseEvent, EventKind, Status, event_id
from triage.domain.person import Use
from triage.domain.verdict import Verdict
from triage.ports.case_store import Budget, Claim, Settlement

WWW = "www"


def closed(claim: Claim, per_day: int = 2) -> Settlement:
    """A close by signature, within its budget."""
    data = {"decision": "close", "signature": WWW, "inputs": None, "effects": []}
    name = event_id(claim.case.id, claim.case.version, "decided")
    event = CaseEvent(id=name, kind=EventKind.DECIDED, at=NOON, data=data)
    budget = Budget(signature=WWW, per_day=per_day, since=NOON)
    return decided(claim, event=event, budget=budget)


def used(store, apart: str = "") -> Use:
    return store.cases.used([WWW, "other"], since=NOON, apart=apart).get(WWW, Use())


def say(store, case, verdict: Verdict):
    data = {"verdict": verdict, "closes": True, "by": "alice"}
    event = CaseEvent(
        id=event_id(case.id, verdict), kind=EventKind.VERDICT_GIVEN, at=NOON, data=data
    )
    return store.cases.append(case.id, event, version=case.version)


def test_a_batch_never_overdraws_a_budget_and_what_is_left_stays_due(store):
    received(store, *(told(number) for number in range(4)))
    settled = store.cases.settle([closed(claim) for claim in claimed(store)])
    assert [case is not None for case in settled] == [True, True, False, False]
    assert used(store) == Use(today=2)
    assert len(claimed(store)) == 2


def test_workers_that_settle_at_once_do_not_overdraw_it_either(store):
    received(store, *(told(number) for number in range(8)))
    claims = [claimed(store, owner=str(n), at_most=2) for n in range(4)]
    with ThreadPoolExecutor(4) as pool:
        batches = pool.map(
            lambda some: store.cases.settle([closed(one, 3) for one in some]), claims
        )
        settled = [case for batch in batches for case in batch if case is not None]
    assert len(settled) == 3
    assert used(store) == Use(today=3)


def test_a_case_does_not_count_against_itself(store):
    received(store, told())
    (claim,) = claimed(store)
    store.cases.settle([closed(claim)])
    assert used(store, apart=claim.case.id) == Use()
    assert used(store) == Use(today=1)
    assert store.cases.used([WWW], since=NOON.replace(hour=23), apart="")[WWW] == Use()


@pytest.mark.parametrize(
    ("verdict", "missed"), [(Verdict.TRUE_POSITIVE, True), (Verdict.BENIGN, False)]
)
def test_one_that_was_real_is_remembered_and_stops_the_next(store, verdict, missed):
    received(store, told(1), told(2))
    first, second = claimed(store)
    (case,) = store.cases.settle([closed(first)])
    say(store, case, verdict)
    assert used(store) == Use(today=1, missed=missed)
    (after,) = store.cases.settle([closed(second)])
    assert (after is None) is missed


def test_what_it_holds_is_listed_until_it_is_let_go(store):
    received(store, told(1), told(2))
    cases = store.cases.settle([closed(claim) for claim in claimed(store)])
    assert list(store.cases.attesting()) == [WWW]
    assert sorted(case.id for case in store.cases.attested(WWW, at_most=9)) == sorted(
        case.id for case in cases
    )
    data = {"signature": WWW, "told": "it ended", "reopens": True}
    event = CaseEvent(id="lapsed", kind=EventKind.LET_GO, at=NOON, data=data)
    after = store.cases.append(cases[0].id, event, version=cases[0].version, due=NOON)
    assert (after.status, after.lapsed) == (Status.RECEIVED, data)
    assert store.cases.case(after.id) == after
    assert [case.id for case in store.cases.attested(WWW, at_most=9)] == [cases[1].id]
    assert [claim.case.id for claim in claimed(store)] == [after.id]
