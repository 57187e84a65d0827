"""What a change of playbooks can touch: never less than it does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON, a_threat, a_ticket, an_account
from tests.examples import examples
from tests.playbooks import a_playbook, a_rule
from triage.domain.case import CaseEvent, EventKind, case_id, event_body
from triage.domain.decision import Priority
from triage.domain.severity import Severity
from triage.domain.verdict import Verdict
from triage.playbook.index import Index
from triage.playbook.loader import Loaded
from triage.playbook.syntax import CloseAs, EscalateTo, Limits
from triage.playbook.view import ticket_view
from triage.stages.dedup import headline, telling
from triage.stages.difference import Difference

TELL = a_rule(None, EscalateTo(priority=Priority.HIGH))
CLOSE = a_rule(None, CloseAs(verdict=Verdict.BENIGN))


def loaded(*playbooks):
    return Loaded(playbooks=playbooks, index=Index.of(playbooks), problems=(), digest="d")


def one(**changes):
    return loaded(a_playbook(TELL, **changes))


@pytest.mark.parametrize(
    ("changes", "differs"),
    [
        ({"title": "Another", "why": "Else.", "owner": "x", "path": "y"}, False),
        ({"match": {"type": ["S3.2"]}}, True),
        ({"evidence": {}}, True),
        ({"limits": Limits(per_hour=1)}, True),
        ({"rules": (CLOSE,)}, True),
        ({"rules": (a_rule(None, TELL.outcome, because="In other words."),)}, False),
        ({"name": "renamed"}, True),
    ],
)  # fmt: skip
def test_words_make_no_difference_and_what_decides_does(changes, differs):
    found = Difference.of(one(), loaded(with_(changes)))
    assert bool(found.changed) is differs


def with_(changes):
    rules = changes.get("rules", (TELL,))
    return a_playbook(*rules, **{name: value for name, value in changes.items() if name != "rules"})


@pytest.mark.parametrize(
    ("match", "touched"),
    [
        ({"type": ["S3.8"]}, True),
        ({"type": ["S3.2"]}, False),
        ({"type": [{"prefix": "S3."}], "region": ["us-east-1"]}, False),
        ({"severity": {"score": [{"numeric": [">", 70]}]}}, True),
        ({"severity": {"label": ["low"]}}, False),
        # What a headline does not say may hold.
        ({"event": {"anything": ["x"]}}, True),
        ({"account": {"tier": ["sandbox"]}, "type": ["S3.8"]}, True),
        ({"account": {"tier": ["sandbox"]}, "type": ["S3.2"]}, False),
        ({"$or": [{"type": ["S3.2"]}, {"subject": {"name": ["x"]}}]}, True),
    ],
)
def test_a_ticket_is_touched_where_a_changed_pattern_may_match_it(match, touched):
    found = Difference.of(loaded(), one(match=match))
    assert found.touches([headline(a_ticket())]) is touched
    assert found.touches([headline(a_ticket())]) is touched
    assert Difference.of(one(match=match), loaded()).touches([headline(a_ticket())]) is touched


def test_the_pattern_before_the_change_counts_as_well():
    found = Difference.of(one(match={"type": ["S3.8"]}), one(match={"type": ["EC2.1"]}))
    assert found.touches([headline(a_ticket())])
    assert found.touches([headline(a_threat(type="EC2.1"))])
    assert not found.touches([headline(a_threat())])


CLAUSES = st.dictionaries(
    st.sampled_from(["type", "region", "title", "principal", "sample", "class"]),
    st.lists(
        st.sampled_from(
            ["S3.8", "eu-west-1", "x", "posture", None, False, {"exists": False},
             {"prefix": "S"}, {"anything-but": ["S3.8"]}, {"wildcard": "*S3*"}, {"suffix": "8"}]
        ),
        min_size=1,
        max_size=3,
    ),
    min_size=1,
    max_size=3,
)  # fmt: skip
TICKETS = st.builds(
    a_ticket,
    type=st.sampled_from(["S3.8", "S3.2", "x"]),
    region=st.sampled_from(["eu-west-1", "x", None]),
    title=st.sampled_from(["S3", "x", ""]),
    principal=st.sampled_from(["x", None]),
    sample=st.booleans(),
    severity=st.sampled_from([Severity(10), Severity(75)]),
)


def told(ticket):
    """The bytes of the event in which a case was told of it."""
    data = telling(ticket, NOON)
    return event_body(
        case_id(ticket.key), 1, CaseEvent(id="1", kind=EventKind.RECEIVED, at=NOON, data=data)
    )


@settings(max_examples=examples(90), deadline=None)
@given(CLAUSES, TICKETS)
def test_whatever_a_changed_playbook_matches_is_touched(match, ticket):
    after = one(match=match)
    matched = after.index.matching(ticket_view(ticket, an_account()))
    found = Difference.of(loaded(), after)
    touched = found.touches([headline(ticket)])
    assert touched or not matched
    assert not (touched and found.rules_out(told(ticket)))


FORGED = '"type":"S3.8"'


@pytest.mark.parametrize(
    ("types", "ticket", "ruled_out"),
    [
        (["S3.8"], {"type": "S3.8"}, False),
        (["S3.8"], {"type": "S3.80"}, True),
        # No text of a ticket can look like its type, or hide it.
        (["S3.8"], {"type": "S3.2", "title": FORGED}, True),
        (["S3.8"], {"type": "S3.8", "title": '"type":"S3.2"'}, False),
        (["S3.8"], {"type": FORGED}, True),
        (["Ü\u2028"], {"type": "Ü\u2028"}, False),
        (["S3.8"], {"type": 'S3.8"'}, True),
        (["S3.8"], {"type": ""}, True),
        # What is written with an escape, or as anything but a plain word, is read whole.
        (['S3.8"'], {"type": 'S3.8"'}, False),
        (["\ud800"], {"type": "\ud800"}, False),
        ([{"prefix": "S3"}], {"type": "x"}, False),
        (["S3.8", None], {"type": "x"}, False),
    ],
)
def test_bytes_rule_out_only_what_has_another_type(types, ticket, ruled_out):
    after = one(match={"type": types})
    assert Difference.of(loaded(), after).rules_out(told(a_ticket(**ticket))) is ruled_out


def test_bytes_rule_out_nothing_where_a_branch_names_no_type():
    match = {"$or": [{"type": ["S3.2"]}, {"region": ["x"]}]}
    assert not Difference.of(loaded(), one(match=match)).rules_out(told(a_ticket()))


def test_bytes_that_name_no_type_or_several_rule_out_nothing():
    found = Difference.of(loaded(), one(match={"type": ["S3.2"]}))
    for body in (b'{"headline":{}}', b'{"headline":{"type":"x"},"then":{"type":"y"}}'):
        assert not found.rules_out(body)


def test_what_a_headline_does_not_repeat_is_no_null():
    found = Difference.of(loaded(), one(match={"principal": ["x"]}))
    assert not found.touches([{"principal": None}])
    assert found.touches([{}])
