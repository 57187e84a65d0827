"""Laws of matching: the fast way and the obvious one agree on every event."""

from unittest import mock

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from tests.property.patterns import EVENTS, PATTERNS
from tests.reference_matcher import reference_matches
from triage.playbook.index import Matcher
from triage.playbook.index import room as rooms
from triage.playbook.pattern import compile_pattern


@given(pattern=PATTERNS, event=EVENTS)
@example(pattern={"a": {"b": [1], "c": [2]}}, event={"a": [{"b": 1, "c": 0}, {"b": 0, "c": 2}]})
@example(pattern={"$or": [{"a": {"b": [1]}}, {"b": [1]}], "a": [1]}, event={"a": [1, {"b": 1}]})
@settings(max_examples=50)
def test_a_pattern_matches_what_the_documentation_says(pattern, event):
    assert compile_pattern(pattern).matches(event) == reference_matches(pattern, event)


@given(
    patterns=st.lists(PATTERNS, min_size=1, max_size=12),
    events=st.lists(EVENTS, min_size=1, max_size=4),
    room=st.sampled_from([0, 1000, 8_000_000]),
)
@example(patterns=[{"$or": [{"a": [1]}, {"b": [1]}], "a": [2]}], events=[{"a": [[1], [2]]}], room=0)
@example(patterns=[{"a": [1]}, {"a": [True]}], events=[{"a": True}, {"a": 1}], room=1000)
@settings(max_examples=25)
def test_the_index_finds_what_each_pattern_by_itself_would(patterns, events, room):
    matcher = Matcher([compile_pattern(one) for one in patterns])
    with mock.patch.object(rooms, "ROOM_MAX", room):
        for event in (*events, *reversed(events)):
            expected = [at for at, one in enumerate(patterns) if reference_matches(one, event)]
            assert list(matcher.matching(event)) == expected


@pytest.mark.slow
@given(patterns=st.lists(PATTERNS, min_size=1, max_size=30), event=EVENTS)
@settings(max_examples=1000)
def test_the_index_finds_it_a_thousand_times(patterns, event):
    expected = [at for at, one in enumerate(patterns) if reference_matches(one, event)]
    assert list(Matcher([compile_pattern(one) for one in patterns]).matching(event)) == expected
