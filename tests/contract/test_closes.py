"""The register of closes and the events of licences: the same claims on every store."""

from dataclasses import replace
from datetime import timedelta
from functools import partial

import pytest

from tests.builders import NOON, minutes
from tests.stored import a_close, claimed, decided, received, reminded, told
from triage.domain.closed import Pace
from triage.domain.decision import Ground
from triage.domain.grant import Grant, GrantKind
from triage.ports.grants import LicenceMoved

WEEK = NOON - timedelta(days=7)


def closed(store, number=1, **changes):
    """A case that closes, and its entry in the register."""
    received(store, told(number))
    (claim,) = claimed(store)
    entry = a_close(claim.case, **changes)
    store.cases.settle([decided(claim, closed=entry)])
    return entry


def test_a_close_is_entered_with_the_decision_that_made_it(store):
    first = closed(store, 1)
    second = closed(store, 2, chosen=False, rate=0.5, at=NOON + minutes(1))
    assert list(store.closes.since(NOON)) == [first, second]
    assert list(store.closes.since(NOON + minutes(1))) == [second]
    assert list(store.closes.waiting(at_most=9)) == [first]


def test_a_decision_that_comes_too_late_enters_nothing(store):
    received(store, told())
    (claim,) = claimed(store)
    store.cases.append(claim.case.id, reminded(effects=[]), version=claim.case.version)
    assert store.cases.settle([decided(claim, closed=a_close(claim.case))]) == [None]
    assert not store.closes.since(NOON)


def test_closes_are_counted_by_rule_tier_ground_and_week(store):
    closed(store, 1, at=NOON - timedelta(days=9))
    closed(store, 2)
    closed(store, 3, tier="sandbox")
    closed(store, 4, rule="other")
    closed(store, 5, ground=Ground.LICENCE)
    pace = partial(store.closes.pace, ground=Ground.PROOF)
    assert pace("r" * 64, "production", since=None, week=WEEK) == Pace(before=2, last_week=1)
    assert pace("r" * 64, "production", since=NOON, week=WEEK) == Pace(before=1, last_week=1)
    assert pace("r" * 64, "staging", since=None, week=WEEK) == Pace()
    (only,) = store.closes.since(WEEK, rule="r" * 64, tier="sandbox")
    assert only.tier == "sandbox"


def test_only_what_moved_on_since_it_was_looked_at_is_looked_at_again(store):
    entry = closed(store)
    assert not store.closes.unseen(at_most=9)
    case = store.cases.case(entry.case)
    after = store.cases.append(case.id, reminded(effects=[]), version=case.version)
    assert list(store.closes.unseen(at_most=9)) == [entry]
    answered = replace(entry, looked=after.version, real=True, by="alice", ground=Ground.PROOF)
    store.closes.looked(answered)
    assert not store.closes.unseen(at_most=9)
    assert not store.closes.waiting(at_most=9)
    assert list(store.closes.since(NOON)) == [answered]


def test_what_happened_to_a_licence_is_only_ever_added(store):
    first = Grant(
        rule="r" * 64,
        tier="production",
        number=1,
        name="ports: a probe",
        kind=GrantKind.RAISED,
        at=NOON,
        by="alice",
        data={"level": "suggest"},
    )
    second = replace(first, number=2, kind=GrantKind.FELL, by="triage", data={"trips": ["misses"]})
    names = ["a" * 64, "b" * 64]
    begun = {"trips": ["misses"], "told": names, "judged": 152, "began": names}
    third = replace(second, number=3, kind=GrantKind.WATCHED, data=begun)
    for one in (first, second, third):
        store.grants.add(one)
    with pytest.raises(LicenceMoved, match="ports: a probe in production"):
        store.grants.add(replace(second, data={}))
    assert list(store.grants.all()) == [first, second, third]
