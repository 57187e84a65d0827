"""What the tests of a playbook leave out is found, with its line."""

import pytest

from tests.pasts import BASE
from triage.playbook.check import check
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.coverage import percent
from triage.wiring.rehearsing import rehearsed, sheet

HEAD = """\
playbook: told
title: Something
owner: somebody
why: Because.
"""
RULES = """\
rules:
  - rule: crown jewels
    when: subject.name == "crown"
    escalate: high
    because: "It is a crown jewel."
  - rule: the rest
    escalate: medium
    because: "It is not."
"""
CROWN = """\
tests:
  - test: a crown jewel is urgent
    ticket: { like: securityhub-s3.8, subject: { arn: "arn:aws:s3:::crown" } }
    expect: { escalate: high }
"""
REST = """\
  - test: the rest is not
    ticket: { like: securityhub-s3.8 }
    expect: { escalate: medium }
"""


def gaps(match, tests=CROWN + REST):
    """What no test of a playbook with this match exercises, by line."""
    found = sheet("p.yaml", HEAD + match + RULES + tests)
    assert [str(one) for one in found.problems if one.severity == "error"] == []
    assert [one.problem for one in found.ran if one.problem] == []
    return {(one.line, one.what) for one in found.gaps}


def test_where_every_rule_decides_and_every_part_is_needed_nothing_is_missing():
    assert gaps('match: { type: ["S3.8"] }\n') == set()


@pytest.mark.parametrize(
    ("match", "missing"),
    [
        (
            'match:\n  type:\n    - S3.8\n    - prefix: "EC2."\n',
            {(8, "no test needs type: {'prefix': 'EC2.'}")},
        ),
        # Either would do alone, so no test shows that both are wanted.
        (
            'match:\n  type:\n    - S3.8\n    - prefix: "S3."\n',
            {(7, "no test needs type: ['S3.8']"), (8, "no test needs type: {'prefix': 'S3.'}")},
        ),
        (
            "match:\n  $or:\n    - type: [S3.8]\n    - region: [eu-west-3]\n",
            {(8, "no test needs $or.1.region: ['eu-west-3']")},
        ),
        ("match:\n  type: [S3.8]\n  account: { tier: [{ anything-but: [sandbox] }] }\n", set()),
        ("match:\n  type: [S3.8]\n  event: { Gone: [{ exists: false }] }\n", set()),
    ],
)
def test_a_part_of_a_match_is_exercised_where_a_test_would_not_match_without_it(match, missing):
    assert gaps(match) == missing


def test_a_rule_that_no_test_decides_by_is_missing():
    assert gaps('match: { type: ["S3.8"] }\n', CROWN) == {
        (11, "no test decides by the rule 'the rest'")
    }


def test_a_test_that_fails_exercises_nothing():
    wrong = BASE.replace("escalate: high, rule", "escalate: low, rule")
    found = sheet("p.yaml", wrong)
    assert found.failed
    assert [one.what for one in found.gaps] == ["no test decides by the rule 'crown jewels'"]


def test_a_playbook_without_parts_is_all_covered():
    assert (percent(0, 0), percent(4, 1)) == (100.0, 75.0)


def test_two_playbooks_of_one_name_are_a_problem_of_the_second():
    one, other = rehearsed({"a.yaml": BASE, "b.yaml": BASE})
    assert (one.failed, other.failed) == (False, True)
    assert [str(found) for found in other.problems] == [
        "b.yaml:1:1  bucket-block is the name of a.yaml already"
    ]


@pytest.mark.slow
def test_several_processes_find_what_one_does():
    files = {"a.yaml": BASE, "b.yaml": "playbook: [", "c.yaml": BASE.replace("bucket-block", "c")}
    assert rehearsed(files, 2) == rehearsed(files, 1)


def test_the_builders_playbook_is_sound():
    assert check("p.yaml", BASE, VOCABULARY).problems == ()
