"""What code scanning gets: each problem once, at its place, with what to do about it."""

import hashlib

import pytest

from triage.playbook.lint_rules import RULES
from triage.playbook.problem import Problem, Severity
from triage.playbook.sarif import SECURITY, instead, sarif

KNOWN = Problem(
    path="p.yaml", rule="unknown-key", message="no", line=3, column=7, suggestion="owner"
)
OTHER = Problem(path="q.yaml", rule="of nobody", message="hm", severity=Severity.WARNING)


def test_a_log_has_one_run_with_every_rule_and_every_problem():
    log = sarif([KNOWN, OTHER], "1.2.3", "books/")
    (run,) = log["runs"]
    rules = run["tool"]["driver"].pop("rules")
    assert [one["id"] for one in rules] == list(RULES)
    mark = hashlib.sha256(b"books/p.yaml\0unknown-key\0no").hexdigest()[:32]
    other = hashlib.sha256(b"books/q.yaml\0of nobody\0hm").hexdigest()[:32]
    assert log == {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {"driver": {"name": "triage playbook lint", "version": "1.2.3"}},
                "columnKind": "unicodeCodePoints",
                "results": [
                    {
                        "ruleId": "unknown-key",
                        "ruleIndex": list(RULES).index("unknown-key"),
                        "level": "error",
                        "message": {"text": "no\nInstead: write 'owner'"},
                        "locations": [located("books/p.yaml", 3, 7)],
                        "partialFingerprints": {"triage/v1": mark},
                    },
                    {
                        "ruleId": "of nobody",
                        "level": "warning",
                        "message": {"text": "hm\nInstead: see its page"},
                        "locations": [located("books/q.yaml", 1, 1)],
                        "partialFingerprints": {"triage/v1": other},
                    },
                ],
            }
        ],
    }


def located(uri, line, column):
    region = {"startLine": line, "startColumn": column}
    return {"physicalLocation": {"artifactLocation": {"uri": uri}, "region": region}}


@pytest.mark.parametrize("id_", ["tainted", "unknown-key"])
def test_a_rule_says_why_what_instead_and_shows_both(id_):
    rule = RULES[id_]
    rules = sarif([], "1")["runs"][0]["tool"]["driver"]["rules"]
    wrong, right = rule.wrong.rstrip(), rule.right.rstrip()
    assert rules[list(RULES).index(id_)] == {
        "id": id_,
        "name": {"tainted": "Tainted", "unknown-key": "UnknownKey"}[id_],
        "shortDescription": {"text": rule.says},
        "fullDescription": {"text": f"{rule.says} {rule.why}"},
        "help": {
            "text": f"{rule.why} Instead: {rule.instead}.",
            "markdown": f"{rule.why}\n\nInstead: {rule.instead}.\n\nFound:\n\n```\n{wrong}\n```"
            f"\n\nRight:\n\n```\n{right}\n```",
        },
        "defaultConfiguration": {"level": "error"},
        "properties": {"tags": ["security" if id_ == "tainted" else "correctness"]},
    }


def test_what_an_attacker_would_use_are_rules_that_exist():
    assert RULES.keys() >= SECURITY


def test_without_a_suggestion_the_rule_says_what_instead():
    bare = Problem(path="p.yaml", rule="unknown-key", message="no")
    assert instead(bare) == RULES["unknown-key"].instead
