"""Rules about conditions and texts."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule
from triage.playbook.problem import Severity

OPEN = '    escalate: high\n    because: "Open."\n'
NO_TESTS = "tests: []\n"


def _when(condition: str, above: str = "") -> str:
    return f"rules:\n{above}  - rule: look\n    when: {condition}\n{OPEN}{NO_TESTS}"


RULES: Mapping[str, LintRule] = {
    "expression": LintRule(
        says="A condition or text is no expression of this language.",
        why="It could not be evaluated.",
        instead="one of the words of docs/reference/language.md",
        wrong=_when("bucket.acl_public =="),
        right=_when("bucket.acl_public"),
    ),
    "no-default": LintRule(
        says="`default(` or `is defined` stands around an answer.",
        why=(
            "It would turn an unknown into a value: a look-up that was throttled would read like"
            " one that found nothing."
        ),
        instead="let it be unknown, or ask `is absent`",
        wrong=_when("bucket.acl_public | default(true)"),
        right=_when("bucket.acl_public"),
    ),
    "unknown-name": LintRule(
        says="A name is nothing that is asked for.",
        why="A condition on it never has a value.",
        instead="a name below `evidence`, or ticket, account, subject, now",
        wrong=_when("bukcet.acl_public"),
        right=_when("bucket.acl_public"),
    ),
    "unknown-field": LintRule(
        says="A field is none that the answer has.",
        why="A condition on it never has a value.",
        instead="a field of docs/reference/questions.md",
        wrong=_when("bucket.acl_pubic"),
        right=_when("bucket.acl_public"),
    ),
    "no-condition": LintRule(
        says="Something stands as a condition that is neither true nor false.",
        why="There is no truthiness here: an empty text is not false, it is a mistake.",
        instead="compare it",
        wrong=_when("ticket.count"),
        right=_when("ticket.count > 3"),
    ),
    "wrong-kind": LintRule(
        says="Two things are compared or combined that never go together.",
        why="A boolean never equals a text and a number has no upper case: it never has a value.",
        instead="compare with a value of the field's type",
        wrong=_when('bucket.acl_public == "yes"'),
        right=_when("bucket.acl_public == true"),
    ),
    "not-evidence": LintRule(
        says="`is absent` is asked of something that is no answer.",
        why="Only an answer can be proven to be nothing; a field of it has a value or none.",
        instead="ask it of the name below `evidence`, or ask `is none`",
        wrong=_when("subject is absent"),
        right=_when("bucket is absent"),
    ),
    "unreachable": LintRule(
        says="A rule is never reached, or never holds.",
        why="Rules are tried in order and the first that holds decides.",
        instead="write it above the rule that shadows it, or leave it out",
        wrong=_when(
            "bucket.acl_public and bucket.policy_public",
            '  - { rule: any, when: bucket.acl_public, escalate: low, because: "." }\n',
        ),
        right=_when(
            "bucket.policy_public",
            '  - { rule: any, when: bucket.acl_public, escalate: low, because: "." }\n',
        ),
    ),
    "unused": LintRule(
        says="Evidence is asked for and never used.",
        why="It costs a look-up, and permissions, for every ticket.",
        instead="use it in a condition or a text, or leave it out",
        wrong=(
            "evidence:\n  bucket: { ask: s3.public_access }\n"
            "  who: { ask: cloudtrail.last_change }\n"
        ),
        right="evidence:\n  bucket: { ask: s3.public_access }\n",
        severity=Severity.WARNING,
    ),
}
