"""The contract of ports/case_store.py, whatever stands behind it."""

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest

from tests.builders import NOON, minutes
from tests.stored import (
    a_key,
    a_timer,
    an_effect,
    bytes_of,
    claimed,
    decided,
    message,
    received,
    reminded,
    told,
)
from triage.domain.case import CaseEvent, CaseId, EventKind, Status, case_id, fold
from triage.domain.errors import NoSuchCase, StaleCase, Unstorable
from triage.domain.json import digest
from triage.domain.message import Reception, Rejected
from triage.ports.case_store import Filter
from triage.stages.dedup import admit

NEWER = minutes(10)


# --- receive --------------------------------------------------------------------------------------


def test_a_new_ticket_becomes_a_case_that_is_due(store):
    (receipt,) = received(store, told())
    case = store.cases.case(receipt.case.id)
    assert (receipt.reception, receipt.case, case.status, case.version) == (
        Reception.NEW,
        case,
        Status.RECEIVED,
        1,
    )
    assert [claim.case for claim in claimed(store)] == [case]
    assert store.cases.count() == {"received": 1, "due": 1}


def test_a_duplicate_in_one_batch_is_one_case_with_one_event(store):
    first, second = received(store, told(), told())
    assert [first.reception, second.reception] == [Reception.NEW, Reception.DUPLICATE]
    assert first.case == second.case
    assert len(store.cases.events(first.case.id)) == 1


def test_a_message_delivered_again_changes_nothing(store):
    (first,) = received(store, told())
    (again,) = received(store, told(), at=NOON + minutes(5))
    assert (again.reception, again.case) == (Reception.DUPLICATE, first.case)
    assert len(store.cases.events(first.case.id)) == 1


def test_the_same_older_version_twice_is_one_event(store):
    newest, older = told(version=NOON + NEWER), told(body=b"old")
    received(store, newest, older)
    (receipt,) = received(store, older)
    kinds = [event.kind for event in store.cases.events(receipt.case.id)]
    assert kinds == [EventKind.RECEIVED, EventKind.SUPERSEDED]


def test_news_in_the_same_batch_is_told_on_top(store):
    first, second = received(store, told(), told(version=NOON + NEWER, body=b"new"))
    assert [first.reception, second.reception] == [Reception.NEW, Reception.UPDATED]
    assert store.cases.case(first.case.id) == second.case
    assert second.case.version == 2


def test_news_makes_a_decided_case_due_again(store):
    received(store, told())
    store.cases.settle([decided(claim) for claim in claimed(store)])
    assert claimed(store) == []
    received(store, told(version=NOON + NEWER, body=b"new"))
    assert len(claimed(store)) == 1


def test_receipts_come_in_the_order_of_the_parts_and_cases_are_taken_in_key_order(store):
    asked = []

    def watching(case, ticket, at):
        asked.append(ticket.key)
        return admit(case, ticket, at)

    reject = Rejected(body=b"?", reason="no ticket")
    batch = [message(told(3), reject, told(1), name="x"), message(told(2), name="y")]
    receipts = store.cases.receive(batch, watching)
    assert [receipt.ticket and receipt.ticket.key for receipt in receipts] == [
        a_key(3),
        None,
        a_key(1),
        a_key(2),
    ]
    assert [receipt.message for receipt in receipts] == ["x", "x", "x", "y"]
    assert asked == sorted(asked)


def test_an_empty_batch_is_no_error(store):
    assert list(store.cases.receive([], admit)) == []


def test_bodies_are_kept_under_their_hash_with_the_case(store):
    ticket = told()
    received(store, ticket)
    assert store.cases.body(ticket.body) == bytes_of(ticket)


def test_a_part_that_cannot_be_stored_is_quarantined_and_the_others_are_not(store):
    poison = told(2, title=object())
    batch = [message(told(1), poison, told(3), name="mixed"), message(told(4), name="good")]
    receipts = store.cases.receive(batch, admit)
    assert [receipt.reception for receipt in receipts] == [
        Reception.NEW,
        Reception.QUARANTINED,
        Reception.NEW,
        Reception.NEW,
    ]
    assert receipts[1].reason == "it cannot be stored (TypeError); kept as it arrived"
    (entry,) = store.quarantine.list()
    assert store.quarantine.show(entry.id)[1] == bytes_of(poison)
    assert {str(case.key) for case in store.cases.cases(Filter())} == {
        a_key(number) for number in (1, 3, 4)
    }


def test_a_stage_that_fails_on_one_ticket_holds_up_no_other(store):
    def failing(case, ticket, at):
        if ticket.key == a_key(2):
            raise KeyError("score")
        return admit(case, ticket, at)

    batch = [message(told(number), name=f"m{number}") for number in range(4)]
    receipts = store.cases.receive(batch, failing)
    assert [receipt.reception for receipt in receipts].count(Reception.NEW) == 3
    assert receipts[2].reception is Reception.QUARANTINED


def test_two_thousand_parts_of_one_concern_are_recorded_in_one_go(store):
    parts = [told(version=NOON + minutes(n), body=b"%d" % n) for n in range(2000)]
    receipts = store.cases.receive([message(*parts)], admit)
    assert receipts[-1].case.version == 2000
    (case,) = store.cases.cases(Filter())
    assert case == fold(a_key(1), store.cases.events(case.id))


def test_two_workers_that_receive_the_same_tickets_open_each_case_once(store, open_again):
    tickets = [told(number) for number in range(40)]
    with open_again() as other, ThreadPoolExecutor(4) as pool:
        stores = [store, other] * 8
        got = list(pool.map(lambda one: received(one, *tickets), stores))
    receptions = [receipt.reception for receipts in got for receipt in receipts]
    assert receptions.count(Reception.NEW) == 40
    assert receptions.count(Reception.DUPLICATE) == 40 * 15
    assert store.cases.count() == {"received": 40, "due": 40}


# --- claim and lease ------------------------------------------------------------------------------


def test_what_one_holds_no_other_gets_until_the_lease_ran_out(store):
    received(store, told())
    (mine,) = claimed(store, owner="a")
    assert claimed(store, owner="b", at=mine.until) == []
    (theirs,) = claimed(store, owner="b", at=mine.until + minutes(0.01))
    assert (theirs.case, theirs.fence) == (mine.case, mine.fence + 1)


def test_nothing_is_claimed_before_it_is_due(store):
    received(store, told(), at=NOON + minutes(1))
    assert claimed(store, at=NOON) == []
    assert len(claimed(store, at=NOON + minutes(1))) == 1


def test_the_oldest_due_comes_first_and_no_more_than_asked(store):
    for number in (3, 1, 2):
        received(store, told(number), at=NOON + minutes(number))
    first = claimed(store, at=NOON + minutes(9), at_most=2)
    assert [claim.case.key for claim in first] == [a_key(1), a_key(2)]
    assert [claim.case.key for claim in claimed(store, at=NOON + minutes(9))] == [a_key(3)]


def test_workers_that_claim_at_once_never_share_a_case(store, open_again):
    received(store, *[told(number) for number in range(60)])
    with open_again() as other, ThreadPoolExecutor(4) as pool:
        got = list(pool.map(lambda one: claimed(one, at_most=7), [store, other] * 8))
    names = [claim.case.id for claims in got for claim in claims]
    assert len(names) == len(set(names)) == 60


# --- settle ---------------------------------------------------------------------------------------


def test_a_decision_is_committed_with_all_it_intends(store):
    received(store, told())
    (claim,) = claimed(store)
    effect, timer = an_effect(claim.case.id), a_timer(claim.case.id)
    body = {digest(b"evidence"): b"evidence"}
    (case,) = store.cases.settle([decided(claim, effects=(effect,), timers=(timer,), bodies=body)])
    assert case == store.cases.case(claim.case.id)
    assert case.status is Status.ESCALATED
    assert store.outbox.effects() == [effect]
    assert store.cases.body(digest(b"evidence")) == b"evidence"
    due = store.outbox.claim_timers(now=timer.due, owner="a", at_most=9, lease_seconds=1)
    assert due == [timer]
    assert store.cases.count()["due"] == 0


def test_a_case_that_wants_to_be_seen_again_is_due_then(store):
    received(store, told())
    store.cases.settle([decided(claim, due=NOON + NEWER) for claim in claimed(store)])
    assert claimed(store, at=NOON + minutes(9)) == []
    assert len(claimed(store, at=NOON + NEWER)) == 1


def test_whoever_lost_the_lease_writes_nothing(store):
    received(store, told())
    (mine,) = claimed(store, owner="a")
    (theirs,) = claimed(store, owner="b", at=NOON + minutes(2))
    late = decided(mine, effects=(an_effect(mine.case.id),), bodies={digest(b"x"): b"x"})
    assert store.cases.settle([late]) == [None]
    assert (store.outbox.effects(), store.cases.body(digest(b"x"))) == ([], None)
    assert store.cases.settle([decided(theirs)]) == [store.cases.case(mine.case.id)]


def test_news_during_a_decision_makes_it_void_and_the_case_due_at_once(store):
    received(store, told())
    (claim,) = claimed(store)
    received(store, told(version=NOON + NEWER, body=b"new"))
    assert store.cases.settle([decided(claim, effects=(an_effect(claim.case.id),))]) == [None]
    assert store.outbox.effects() == []
    (again,) = claimed(store)
    assert (again.case.version, again.fence) == (2, claim.fence + 1)


def test_one_overtaken_settlement_leaves_the_others_of_its_batch_alone(store):
    received(store, told(1), told(2))
    claims = claimed(store)
    received(store, told(1, version=NOON + NEWER, body=b"new"))
    settled = store.cases.settle([decided(claim) for claim in claims])
    assert [case and case.key for case in settled] == [None, a_key(2)]


def test_a_settlement_that_cannot_be_stored_writes_nothing_and_says_so(store):
    received(store, told(1), told(2))
    one, other = claimed(store)
    good = decided(one)
    bad = decided(other, effects=(an_effect(other.case.id, data={"x": float("nan")}),))
    with pytest.raises(Unstorable):
        store.cases.settle([good, bad])
    assert store.cases.count() == {"received": 2, "due": 2}
    assert store.cases.settle([good])[0].status is Status.ESCALATED


def test_the_same_claim_settled_twice_is_decided_once(store):
    received(store, told())
    (claim,) = claimed(store)
    assert store.cases.settle([decided(claim)])[0].version == 2
    assert store.cases.settle([decided(claim)]) == [None]


def test_a_claim_that_keeps_coming_to_nothing_is_held_longer_each_time_within_bounds(store):
    received(store, told())
    held, now = [], NOON
    for _ in range(7):
        (claim,) = store.cases.claim(now=now, owner="slow", at_most=1, lease_seconds=60)
        held.append((claim.until - now).total_seconds())
        now = claim.until + minutes(1)
    assert held == [60, 60, 120, 180, 240, 240, 240]


# --- release --------------------------------------------------------------------------------------


def test_a_released_case_is_due_when_it_was_said(store):
    received(store, told())
    store.cases.release(claimed(store), due=NOON + minutes(5))
    assert claimed(store, at=NOON + minutes(4)) == []
    assert len(claimed(store, at=NOON + minutes(5))) == 1


def test_releasing_what_somebody_else_holds_is_ignored(store):
    received(store, told())
    mine = claimed(store, owner="a")
    theirs = claimed(store, owner="b", at=NOON + minutes(2))
    store.cases.release(mine, due=NOON)
    assert claimed(store, owner="c", at=NOON + minutes(2)) == []
    assert store.cases.settle([decided(theirs[0])])[0] is not None


# --- append ---------------------------------------------------------------------------------------


def test_an_event_is_appended_with_its_effects_and_timers(store):
    (receipt,) = received(store, told())
    effect = an_effect(receipt.case.id)
    case = store.cases.append(receipt.case.id, reminded(), version=1, effects=[effect])
    assert (case, case.version) == (store.cases.case(case.id), 2)
    assert store.outbox.effects(case_id=case.id) == [effect]


def test_a_case_that_a_person_closed_is_due_no_more(store):
    (receipt,) = received(store, told())
    (claim,) = claimed(store)
    data = {"verdict": "benign", "by": "alice", "closes": True}
    verdict = CaseEvent(id="v", kind=EventKind.VERDICT_GIVEN, at=NOON, data=data)
    store.cases.append(receipt.case.id, verdict, version=1)
    assert store.cases.settle([decided(claim)]) == [None]
    assert store.cases.count() == {"closed": 1, "due": 0}


def test_a_stale_writer_is_told_and_changes_nothing(store):
    (receipt,) = received(store, told())
    store.cases.append(receipt.case.id, reminded("first"), version=1)
    with pytest.raises(StaleCase):
        store.cases.append(
            receipt.case.id, reminded("second"), version=1, effects=[an_effect(receipt.case.id)]
        )
    assert len(store.cases.events(receipt.case.id)) == 2
    assert store.outbox.effects() == []


def test_the_same_event_twice_is_one_event(store):
    (receipt,) = received(store, told())
    once = store.cases.append(receipt.case.id, reminded(), version=1)
    assert store.cases.append(receipt.case.id, reminded(), version=1) == once
    assert len(store.cases.events(receipt.case.id)) == 2


def test_nothing_is_appended_to_a_case_that_is_not_there(store):
    with pytest.raises(NoSuchCase):
        store.cases.append(CaseId("aaaaaaaaaaaa"), reminded(), version=0)


def test_of_many_that_append_at_once_every_event_is_kept_once(store, open_again):
    (receipt,) = received(store, told())

    def add(one, name):
        while True:
            case = one.cases.case(receipt.case.id)
            try:
                return one.cases.append(case.id, reminded(name), version=case.version)
            except StaleCase:
                continue

    with open_again() as other, ThreadPoolExecutor(4) as pool:
        list(pool.map(add, [store, other] * 10, [f"e{n}" for n in range(20)]))
    assert store.cases.case(receipt.case.id).version == 21


# --- read -----------------------------------------------------------------------------------------


def test_a_case_is_found_by_an_unambiguous_beginning_of_its_id(store):
    (receipt,) = received(store, told())
    name = case_id(a_key(1))
    assert store.cases.case(name[:5].upper()) == receipt.case
    for wrong in ("", name[:5] + "_", "%", "_" * 12, name + "a"):
        with pytest.raises(NoSuchCase):
            store.cases.case(wrong)


def test_cases_are_listed_by_what_is_asked_most_recently_changed_first(store):
    received(store, told(1))
    received(store, told(2, account="444455556666"), at=NOON + minutes(1))
    received(store, told(3, type="S3.2"), at=NOON + minutes(2))
    listed = [case.key for case in store.cases.cases(Filter())]
    assert listed == [a_key(3), a_key(2), a_key(1)]
    assert [case.key for case in store.cases.cases(Filter(account="444455556666"))] == [a_key(2)]
    assert [case.key for case in store.cases.cases(Filter(type="S3.2"))] == [a_key(3)]
    assert store.cases.cases(Filter(status=Status.CLOSED)) == []
    assert len(store.cases.cases(Filter(limit=2))) == 2


def test_bytes_are_kept_by_hash_and_never_replaced(store):
    name = digest(b"\0\xff")
    store.cases.keep({name: b"\0\xff"})
    store.cases.keep({name: b"something else"})
    assert store.cases.body(name) == b"\0\xff"
    assert store.cases.body(digest(b"")) is None


def test_text_with_half_a_character_never_makes_a_case_unreadable(store):
    (receipt,) = received(store, told())
    store.cases.append(receipt.case.id, reminded(said="half \ud800"), version=1)
    (claim,) = claimed(store)
    assert claim.case == store.cases.case(receipt.case.id)
    assert store.cases.events(claim.case.id)[1].data == {"said": "half \ud800"}


def test_chains_show_every_case_byte_for_byte(store):
    received(store, told(1), told(2))
    effect = an_effect(case_id(a_key(1)))
    store.cases.append(case_id(a_key(1)), reminded(), version=1, effects=[effect])
    chains = {chain.key: chain for chain in store.cases.chains()}
    assert {key: len(chain.links) for key, chain in chains.items()} == {a_key(1): 2, a_key(2): 1}
    case = store.cases.case(case_id(a_key(1)))
    assert chains[a_key(1)].links[-1][2] == case.chain
    assert chains[a_key(1)].effects == (("e", "{}"),)
    assert chains[a_key(2)].effects == ()


# --- two processes --------------------------------------------------------------------------------

OTHER_PROCESS = """
import sys
from pathlib import Path
from tests.stored import STORES, claimed, decided, received, told
with STORES[sys.argv[1]](Path(sys.argv[2])) as store:
    for start in range(0, 60, 10):
        received(store, *[told(number) for number in range(start, start + 10)])
        while claims := claimed(store, owner=sys.argv[3], at_most=4):
            store.cases.settle([decided(claim) for claim in claims])
"""


def test_two_processes_on_one_store_decide_everything_once(open_again, tmp_path, request):
    backend = request.node.callspec.params["open_again"]
    root = Path(__file__).resolve().parents[2]
    processes = [
        subprocess.Popen([sys.executable, "-c", OTHER_PROCESS, backend, tmp_path, owner], cwd=root)
        for owner in ("a", "b")
    ]
    assert [process.wait(timeout=60) for process in processes] == [0, 0]
    with open_again() as store:
        assert store.cases.count() == {"escalated": 60, "due": 0}
        for case in store.cases.cases(Filter(limit=100)):
            kinds = [event.kind for event in store.cases.events(case.id)]
            assert kinds == [EventKind.RECEIVED, EventKind.DECIDED]
