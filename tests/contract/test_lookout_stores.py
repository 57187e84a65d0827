"""Watermarks, inventories, signs of life and canaries: the same claims on every store."""

from datetime import timedelta
from typing import Any

from tests.builders import NOON, minutes
from triage.domain.hearing import Canary, Heard, Hearing
from triage.domain.inventory import Inventory
from triage.domain.lookout import Lookout, Progress, Tally, Window

HERE = Lookout(source="inspector", account="111122223333", region="eu-west-1")
THERE = Lookout(source="inspector", account="444455556666", region="eu-west-1")


def claim(store: Any, *among: Lookout, at: Any = NOON, owner: str = "a", most: int = 9) -> Any:
    return list(
        store.watermarks.claim(
            now=at, owner=owner, at_most=most, lease_seconds=60, among=among or (HERE, THERE)
        )
    )


# --- watermarks -----------------------------------------------------------------------------------


def test_a_lookout_is_added_once_and_keeps_what_it_has(store: Any) -> None:
    store.watermarks.ensure([HERE], due=NOON)
    (mine,) = claim(store)
    kept = Progress(
        lookout=HERE,
        due=NOON + minutes(5),
        reached=NOON - minutes(30),
        window=Window(start=NOON - minutes(60), end=NOON),
        cursor='{"next": "\N{GREEK SMALL LETTER ALPHA}"}',
        tally=Tally(found=3, new=2, updated=1),
        last=Tally(found=1),
        total=Tally(found=9),
        cycles=2,
        problem="denied: inspector",
        failures=4,
    )
    assert mine == Progress(lookout=HERE, due=NOON)
    assert store.watermarks.keep(kept, owner="a")
    store.watermarks.ensure([HERE, THERE], due=NOON)
    assert list(store.watermarks.all()) == [kept, Progress(lookout=THERE, due=NOON)]


def test_another_process_adds_what_this_one_never_saw(store: Any, open_again: Any) -> None:
    store.watermarks.ensure([HERE], due=NOON)
    with open_again() as other:
        other.watermarks.ensure([HERE, THERE], due=NOON + minutes(9))
        assert [one.due for one in other.watermarks.all()] == [NOON, NOON + minutes(9)]


def test_a_lookout_is_in_one_pair_of_hands_until_the_lease_ends(
    store: Any, open_again: Any
) -> None:
    store.watermarks.ensure([HERE], due=NOON)
    with open_again() as other:
        assert len(claim(store)) == 1
        assert claim(other, owner="b") == []
        (taken,) = claim(other, owner="b", at=NOON + minutes(2))
        assert not store.watermarks.keep(taken, owner="a")
        assert other.watermarks.keep(taken, owner="b")


def test_who_was_due_first_comes_first_and_only_who_is_wanted(store: Any) -> None:
    store.watermarks.ensure([HERE], due=NOON)
    store.watermarks.ensure([THERE], due=NOON - minutes(1))
    (first,) = claim(store, most=1)
    assert first.lookout == THERE
    assert claim(store, THERE) == []
    assert [one.lookout for one in claim(store, HERE)] == [HERE]


def test_what_is_not_due_is_not_handed_out_unless_hastened(store: Any) -> None:
    store.watermarks.ensure([HERE], due=NOON + minutes(60))
    assert claim(store) == []
    store.watermarks.hasten([HERE], due=NOON)
    store.watermarks.hasten([HERE], due=NOON + minutes(30))
    assert [one.due for one in claim(store)] == [NOON]


# --- inventories ----------------------------------------------------------------------------------


def test_a_list_comes_back_as_it_was_and_stays_accepted(store: Any) -> None:
    lists = store.inventories
    assert lists.seen(HERE) is None
    items = {"b": {"Action": "ARCHIVE", "n": [1, None, 2.5]}, "a": {}}
    lists.keep(HERE, items, NOON)
    lists.accept(HERE, by="alice", at=NOON + minutes(1))
    lists.keep(HERE, {"c": {}}, NOON + minutes(2))
    lists.keep(THERE, items, NOON)
    accepted = {"accepted_by": "alice", "accepted": NOON + minutes(1)}
    assert list(lists.all()) == [
        Inventory(lookout=HERE, items={"c": {}}, listed=NOON + minutes(2), **accepted),
        Inventory(lookout=THERE, items=items, listed=NOON),
    ]
    assert lists.seen(THERE).items == items


# --- signs of life --------------------------------------------------------------------------------


def hearing(**changes: Any) -> Hearing:
    fields = {"lookout": HERE, "first": NOON, "last": NOON, "deadline": NOON + minutes(10)}
    return Hearing(**(fields | changes))


def hear(store: Any, heard: Hearing) -> list[Hearing | None]:
    known: list[Hearing | None] = []

    def listen(before: Hearing | None, _note: Heard) -> Hearing:
        known.append(before)
        return heard

    note = Heard(lookout=heard.lookout, first=NOON, last=NOON)
    store.hearings.heard([note], listen)
    return known


def test_a_hearing_is_known_the_next_time(store: Any) -> None:
    first, second = hearing(gaps={"2026-11-20": 3.5}), hearing(last=NOON + minutes(1))
    assert hear(store, first) == [None]
    assert hear(store, second) == [first]
    assert list(store.hearings.all()) == [second]


def test_who_is_past_the_deadline_is_overdue_until_told(store: Any) -> None:
    hear(store, hearing())
    hear(store, hearing(lookout=THERE, deadline=None))
    assert list(store.hearings.overdue(NOON + minutes(10))) == []
    assert list(store.hearings.overdue(NOON + minutes(11))) == [hearing()]
    store.hearings.told(HERE, NOON + minutes(11))
    assert list(store.hearings.overdue(NOON + timedelta(days=9))) == []


def test_nothing_heard_changes_nothing(store: Any) -> None:
    store.hearings.heard([], lambda _before, _note: hearing())
    assert list(store.hearings.all()) == []


# --- canaries -------------------------------------------------------------------------------------


def canary(name: str = "a", **changes: Any) -> Canary:
    return Canary(**({"id": name, "sent": NOON, "due": NOON + minutes(5)} | changes))


def test_a_canary_is_lost_when_it_is_due_and_did_not_arrive(store: Any) -> None:
    for one in (canary("a"), canary("b"), canary("c", sent=NOON + minutes(1))):
        store.canaries.sent(one)
    assert store.canaries.arrived("a", NOON + minutes(1))
    assert not store.canaries.arrived("nobody", NOON)
    assert list(store.canaries.lost(NOON + minutes(5))) == []
    lost = [one.id for one in store.canaries.lost(NOON + minutes(6))]
    assert lost == ["b", "c"]
    store.canaries.told("b", NOON + minutes(6))
    assert [one.id for one in store.canaries.lost(NOON + minutes(7))] == ["c"]
    assert store.canaries.newest().id == "c"


def test_without_canaries_there_is_no_newest(store: Any) -> None:
    assert store.canaries.newest() is None
