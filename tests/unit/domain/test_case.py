"""A case is its events, and the transition table is the only way it moves."""

from datetime import timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tests.builders import NOON, a_ticket
from triage.adapters.storage.codec import case_from, event_from, state
from triage.domain.case import (
    GENESIS,
    TRANSITIONS,
    CaseEvent,
    EventKind,
    ForbiddenTransition,
    Status,
    case_id,
    event_body,
    event_id,
    evolve,
    fold,
    link,
    open_case,
)
from triage.domain.ticket import Format
from triage.stages.dedup import headline

KEY = a_ticket().key
TEXT = st.text(max_size=20)  # half surrogates included
MOMENTS = st.integers(0, 10**6).map(lambda seconds: NOON + timedelta(seconds=seconds))


def telling():
    return st.builds(
        lambda format_, version, count, body: {
            "format": format_,
            "version": version.isoformat(),
            "count": count,
            "body": body,
            "headline": headline(a_ticket()),
        },
        st.sampled_from([str(one) for one in Format]),
        MOMENTS,
        st.integers(1, 9),
        TEXT,
    )


REPAIR = st.sampled_from(["r1", "r2"])


def about_a_repair(**fields):
    return st.fixed_dictionaries({"repair": REPAIR, **fields})


RESOLVE = st.fixed_dictionaries(
    {
        "decision": st.just("resolve"),
        "priority": st.just("high"),
        "reasons": st.just([]),
        "effects": st.just([{"id": "e"}]),
        "incident": st.none(),
        "contains": st.none() | TEXT,
        "repairs": st.just(["r1", "r2"]),
        "suggestions": st.just([{"fix": "a.b", "parameters": {"x": "y"}}] * 2),
    }
)
WATCH = st.fixed_dictionaries(
    {
        "since": MOMENTS.map(lambda at: at.isoformat()),
        "until": MOMENTS.map(lambda at: at.isoformat()),
        "ground": TEXT,
        "returned": st.none(),
    }
)
DATA = {
    EventKind.PLANNED: about_a_repair(
        plan=TEXT,
        digest=TEXT,
        verdict=st.sampled_from(["go", "ask", "nothing"]),
        needs=st.integers(0, 2),
        expires=st.none() | TEXT,
    ),
    EventKind.UNPLANNED: about_a_repair(stays=st.booleans()),
    EventKind.APPROVED: about_a_repair(by=TEXT, enough=st.booleans()),
    EventKind.REJECTED: about_a_repair(by=TEXT),
    EventKind.LAPSED: about_a_repair(priority=st.just("low")),
    EventKind.INTENDED: about_a_repair(),
    EventKind.WRITTEN: about_a_repair(outcome=TEXT),
    EventKind.MADE: about_a_repair(),
    EventKind.PROVEN: about_a_repair(final=st.booleans(), closes=st.booleans()),
    EventKind.UNPROVEN: about_a_repair(because=TEXT),
    EventKind.FROZEN: about_a_repair(because=TEXT, priority=st.just("high")),
    EventKind.REVERT_ASKED: st.fixed_dictionaries(
        {"repair": st.just("r3"), "fix": TEXT, "undoes": REPAIR, "by": TEXT}
    ),
    EventKind.REVERTED: st.fixed_dictionaries(
        {"repair": st.just("r3"), "undoes": REPAIR, "by": TEXT}
    ),
    EventKind.RECEIVED: telling(),
    EventKind.UPDATED: telling(),
    EventKind.SIGHTED: telling(),
    EventKind.SUPERSEDED: telling(),
    EventKind.HELD: telling(),
    EventKind.ECHOED: telling(),
    EventKind.SOURCE_INTENDED: st.fixed_dictionaries({"desk": TEXT}),
    EventKind.SOURCE_CLOSED: st.fixed_dictionaries({"desk": TEXT}),
    EventKind.WATCHED: st.fixed_dictionaries({"final": st.booleans(), "reopens": st.booleans()}),
    EventKind.DECIDED: st.fixed_dictionaries(
        {
            "watch": st.none() | WATCH,
            "decision": st.sampled_from(["close", "escalate"]),
            "priority": st.sampled_from(["critical", "low"]),
            "reasons": st.lists(TEXT, max_size=2),
            "effects": st.lists(st.just({"id": "e"}), max_size=1),
            "incident": st.none() | TEXT,
        }
    )
    | RESOLVE,
    EventKind.OWN_WRITE: telling(),
    EventKind.REOPENED: st.fixed_dictionaries({"by": TEXT}),
    EventKind.LET_GO: st.fixed_dictionaries(
        {"signature": TEXT, "told": TEXT, "reopens": st.booleans()}
    ),
    EventKind.PARTED: st.fixed_dictionaries({"by": TEXT, "from": TEXT}),
    EventKind.EFFECT_DONE: st.fixed_dictionaries({"effect": TEXT}),
    EventKind.EFFECT_ABANDONED: st.fixed_dictionaries({"effect": TEXT}),
    EventKind.REMINDED: st.fixed_dictionaries({"told": st.lists(TEXT, max_size=2)}),
    EventKind.ACKNOWLEDGED: st.fixed_dictionaries({"by": TEXT}),
    EventKind.VERDICT_GIVEN: st.fixed_dictionaries(
        {"verdict": TEXT, "by": TEXT, "closes": st.booleans()}
    ),
    EventKind.REVIEW_ASKED: st.just({"effects": []}),
    EventKind.INPUTS_DELETED: st.fixed_dictionaries({"bodies": st.lists(TEXT, max_size=2)}),
}
EVENTS = st.sampled_from(list(EventKind)).flatmap(
    lambda kind: st.builds(
        CaseEvent, id=TEXT.map(event_id), kind=st.just(kind), at=MOMENTS, data=DATA[kind]
    )
)
FIRST = st.builds(
    CaseEvent,
    id=st.just("first"),
    kind=st.just(EventKind.RECEIVED),
    at=MOMENTS,
    data=DATA[EventKind.RECEIVED],
)
ANYTHING = st.tuples(FIRST, st.lists(EVENTS, max_size=8)).map(lambda pair: [pair[0], *pair[1]])


def possible(history):
    """What of a history the transition table lets happen."""
    case, kept = open_case(KEY), []
    for event in history:
        try:
            case = evolve(case, event)
        except ForbiddenTransition:
            continue
        kept.append(event)
    return kept


HISTORIES = ANYTHING.map(possible)


@given(HISTORIES)
def test_replaying_the_stored_bytes_of_its_events_yields_the_same_case(history):
    case = fold(KEY, history)
    stored = [event_body(case.id, place, event) for place, event in enumerate(history, start=1)]
    assert fold(KEY, [event_from(body) for body in stored]) == case


@given(HISTORIES)
def test_the_cached_state_of_a_case_is_read_back_equal(history):
    case = fold(KEY, history)
    assert case_from(state(case)) == case
    assert state(case_from(state(case))) == state(case)


@given(ANYTHING)
def test_a_case_moves_along_the_table_or_not_at_all(history):
    case = open_case(KEY)
    for event in history:
        try:
            after = evolve(case, event)
        except ForbiddenTransition:
            continue
        assert after.status in TRANSITIONS[case.status]
        assert after.version == case.version + 1
        case = after


@given(HISTORIES)
def test_the_chain_links_the_bytes_of_every_event(history):
    chain = GENESIS
    for place, event in enumerate(history, start=1):
        chain = link(chain, event_body(case_id(KEY), place, event))
    assert fold(KEY, history).chain == chain


@given(HISTORIES, HISTORIES)
def test_two_histories_have_the_same_chain_only_when_they_are_the_same(one, other):
    assert (fold(KEY, one).chain == fold(KEY, other).chain) == (one == other)


def test_what_the_table_does_not_allow_is_refused(monkeypatch):
    monkeypatch.setattr(
        "triage.domain.case.TRANSITIONS", {Status.RECEIVED: frozenset({Status.RECEIVED})}
    )
    event = CaseEvent(id="d", kind=EventKind.DECIDED, at=NOON, data={"decision": "close"})
    with pytest.raises(ForbiddenTransition, match="cannot go from received to closed"):
        evolve(open_case(KEY), event)


def test_every_status_is_in_the_table_and_no_way_leads_out_of_it():
    assert set(TRANSITIONS) == set(Status)
    assert set().union(*TRANSITIONS.values()) <= set(Status)


def test_a_case_has_the_same_name_wherever_it_is_computed():
    assert case_id(KEY) == open_case(KEY).id
    assert len(case_id(KEY)) == 12
    assert case_id(KEY) != case_id(a_ticket(key="another").key)
