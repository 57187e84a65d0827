"""What a change of playbooks can touch: never less than it does."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import a_threat, a_ticket, an_account
from tests.examples import examples
from tests.playbooks import a_playbook, a_rule
from triage.domain.decision import Priority
from triage.domain.severity import Severity
from triage.domain.verdict import Verdict
from triage.playbook.index import Index
from triage.playbook.loader import Loaded
from triage.playbook.syntax import CloseAs, EscalateTo, Limits
from triage.playbook.view import ticket_view
from triage.stages.dedup import headline
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


@settings(max_examples=examples(90), deadline=None)
@given(CLAUSES, TICKETS)
def test_whatever_a_changed_playbook_matches_is_touched(match, ticket):
    after = one(match=match)
    matched = after.index.matching(ticket_view(ticket, an_account()))
    touched = Difference.of(loaded(), after).touches([headline(ticket)])
    assert touched or not matched
