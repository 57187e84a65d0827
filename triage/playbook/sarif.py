"""Problems as SARIF 2.1.0: what code scanning shows beside the line.

https://docs.oasis-open.org/sarif/sarif/v2.1.0/sarif-v2.1.0.html and
https://docs.github.com/en/code-security/code-scanning/integrating-with-code-scanning/sarif-support-for-code-scanning
say which parts there have to be.
"""

import hashlib
from collections.abc import Iterable, Mapping
from types import MappingProxyType
from typing import Any

from triage.playbook.lint_rules import RULES, LintRule
from triage.playbook.problem import Problem, Severity

VERSION = "2.1.0"
SCHEMA = "https://json.schemastore.org/sarif-2.1.0.json"
ROOT = "PLAYBOOKS"
"""What paths are relative to: the folder that was linted, unless a prefix says more."""
LEVELS: Mapping[Severity, str] = MappingProxyType(
    {Severity.ERROR: "error", Severity.WARNING: "warning"}
)
SECURITY = frozenset({"tainted", "moot", "no-proof", "no-signature", "no-default"})
"""Rules whose breach an attacker would use."""


def sarif(problems: Iterable[Problem], version: str, prefix: str = "") -> Mapping[str, Any]:
    """Write a log of one run. `prefix` leads from the repository's root to what was linted."""
    ids = list(RULES)
    driver = {
        "name": "triage playbook lint",
        "version": version,
        "rules": [_rule(id_, rule) for id_, rule in RULES.items()],
    }
    results = [_result(one, ids, prefix) for one in problems]
    return {
        "$schema": SCHEMA,
        "version": VERSION,
        "runs": [
            {"tool": {"driver": driver}, "columnKind": "unicodeCodePoints", "results": results}
        ],
    }


def _rule(id_: str, rule: LintRule) -> Mapping[str, Any]:
    wrong, right = (f"```\n{text.rstrip()}\n```" for text in (rule.wrong, rule.right))
    advice = f"{rule.why}\n\nInstead: {rule.instead}."
    return {
        "id": id_,
        "name": "".join(word.capitalize() for word in id_.split("-")),
        "shortDescription": {"text": rule.says},
        "fullDescription": {"text": f"{rule.says} {rule.why}"},
        "help": {
            "text": f"{rule.why} Instead: {rule.instead}.",
            "markdown": f"{advice}\n\nFound:\n\n{wrong}\n\nRight:\n\n{right}",
        },
        "defaultConfiguration": {"level": LEVELS[rule.severity]},
        "properties": {"tags": ["security" if id_ in SECURITY else "correctness"]},
    }


def _result(problem: Problem, ids: list[str], prefix: str) -> Mapping[str, Any]:
    uri = f"{prefix}{problem.path}"
    region = {"startLine": problem.line, "startColumn": problem.column}
    artifact = {"artifactLocation": {"uri": uri}, "region": region}
    place = {"ruleIndex": ids.index(problem.rule)} if problem.rule in ids else {}
    return {
        "ruleId": problem.rule,
        **place,
        "level": LEVELS[problem.severity],
        "message": {"text": _told(problem)},
        "locations": [{"physicalLocation": artifact}],
        # The line is left out, so that a finding stays one while the file around it moves.
        "partialFingerprints": {"triage/v1": _fingerprint(uri, problem.rule, problem.message)},
    }


def _told(problem: Problem) -> str:
    return f"{problem.message}\nInstead: {instead(problem)}"


def instead(problem: Problem) -> str:
    """What to do about a problem: the word that was meant, or what its rule says."""
    if problem.suggestion:
        return f"write {problem.suggestion!r}"
    return RULES[problem.rule].instead if problem.rule in RULES else "see its page"


def _fingerprint(*parts: str) -> str:
    whole = "\0".join(parts).encode("utf-8", "surrogatepass")
    return hashlib.sha256(whole).hexdigest()[:32]
