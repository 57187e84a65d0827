"""The tests that travel with playbooks: they can fail, and every rule and unknown has one."""

import pytest

from tests.playbooks import SHIPPED, SOUND, checked
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.rehearse import rehearse

TEST = SOUND[SOUND.index("tests:") :]


def outcome(test):
    """What is wrong with the one test of a playbook."""
    playbook = checked(SOUND).playbook
    example = playbook.tests[0]
    content = {"test": "t", "ticket": {"like": "securityhub-s3.8"}, **test}
    changed = type(example)(name="t", content=content, place=0, line=1)
    again = type(playbook)(
        **{
            name: getattr(playbook, name)
            for name in ("name", "title", "owner", "why", "match", "evidence", "rules", "limits")
        },
        tests=(changed,),
    )
    (found,) = rehearse(again, VOCABULARY)
    return found.problem


BLOCKED = {"bucket": {"public_access_blocked": True, "explanation": "on"}}


@pytest.mark.parametrize(
    ("evidence", "expect"),
    [
        (BLOCKED, {"close": "no longer present", "ground": "proof", "rule": "blocked now"}),
        (BLOCKED, {"because": "on"}),
        ({"bucket": "absent"}, {"escalate": "any", "because": "it is absent"}),
        ({"bucket": "unknown"}, {"escalate": "medium"}),
        ({}, {"escalate": "any", "because": "could not find out whether public access"}),
        ({**BLOCKED, "source": "unknown"}, {"would": "close: no longer present"}),
    ],
)
def test_a_test_that_holds_has_no_problem(evidence, expect):
    assert outcome({"evidence": evidence, "expect": expect}) == ""


def test_a_test_speaks_for_further_types_too():
    expect = {"close": "no longer present"}
    assert outcome({"also": ["S3.8"], "evidence": BLOCKED, "expect": expect}) == ""
    problem = outcome({"also": ["S3.8", "S3.9"], "evidence": BLOCKED, "expect": expect})
    assert problem == "the playbook's match does not hold for a S3.9"


@pytest.mark.parametrize(
    ("test", "problem"),
    [
        ({"evidence": BLOCKED, "expect": {"escalate": "any"}}, "expected escalate: any, got close"),
        ({"evidence": BLOCKED, "expect": {"ground": "licence"}}, "expected ground: licence"),
        ({"evidence": BLOCKED, "expect": {"because": "off"}}, "expected because: off"),
        ({"evidence": BLOCKED, "expect": {"rule": "another"}}, "expected rule: another"),
        ({"evidence": {}, "expect": {"close": "no longer present"}}, "expected close"),
        ({"evidence": {}, "expect": {"resolve": ["x"]}}, "expected resolve"),
        ({"evidence": {}}, "the test expects nothing"),
        ({"expect": {"clos": "benign"}}, "a test cannot expect 'clos'; did you mean 'close'?"),
        ({"evidence": {"buckt": {}}, "expect": {"escalate": "any"}}, "asks for no 'buckt'"),
        ({"evidence": {"bucket": 5}, "expect": {"escalate": "any"}}, "an answer is a mapping"),
        ({"ticket": {"like": "x"}, "expect": {"escalate": "any"}}, "no sample is called 'x'"),
        (
            {
                "ticket": {"like": "securityhub-s3.8", "colour": "red"},
                "expect": {"escalate": "any"},
            },
            "a test cannot set 'colour'",
        ),
        (
            {"ticket": {"like": "securityhub-s3.8", "severity": "grave"}, "expect": {}},
            "the test cannot be set up",
        ),
        (
            {"ticket": {"like": "securityhub-s3.2"}, "expect": {"escalate": "any"}},
            "the playbook's match does not hold",
        ),
        ({"at": "tomorrow", "expect": {"escalate": "any"}}, "the test cannot be set up"),
        (
            {"signatures": [{"knd": "x"}], "expect": {"escalate": "any"}},
            "the test cannot be set up",
        ),
    ],
)
def test_a_test_that_does_not_hold_says_why(test, problem):
    assert problem in outcome(test)


@pytest.mark.parametrize("path", SHIPPED)
def test_what_ships_passes_its_own_tests(path):
    ran = rehearse(checked(SHIPPED[path]).playbook, VOCABULARY)
    assert [one.problem for one in ran if one.problem] == []


@pytest.mark.parametrize("path", SHIPPED)
def test_every_rule_that_ships_has_a_test_in_which_it_decides(path):
    playbook = checked(SHIPPED[path]).playbook
    reached = {one.rule for one in rehearse(playbook, VOCABULARY)}
    assert {rule.name for rule in playbook.rules} <= reached


@pytest.mark.parametrize("path", SHIPPED)
def test_every_question_that_ships_has_a_test_in_which_it_has_no_answer(path):
    playbook = checked(SHIPPED[path]).playbook
    given = [example.content.get("evidence", {}) for example in playbook.tests]
    for name in playbook.evidence:
        assert any(evidence.get(name, "unknown") == "unknown" for evidence in given), name


@pytest.mark.parametrize("expect", [{"escalate": "any"}, {"would": "close: benign"}])
def test_a_test_that_fails_says_what_was_decided_instead(expect):
    ((word, value),) = expect.items()
    assert outcome({"evidence": BLOCKED, "expect": expect}) == (
        f"expected {word}: {value}, got close: no longer present by proof (blocked now): on"
    )


def test_a_test_that_fails_on_an_escalation_says_what_it_would_have_done():
    problem = outcome({"evidence": {**BLOCKED, "source": "absent"}, "expect": {"close": "benign"}})
    assert problem == (
        "expected close: benign, got escalate: medium, would close: no longer present"
        " (blocked now): its source does not know it; the rule said: on"
    )
    problem = outcome({"evidence": {"bucket": "absent"}, "expect": {"close": "benign"}})
    assert problem.startswith("expected close: benign, got escalate: medium (None): could not")
