"""Rules about what a close rests on."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule

NO_TESTS = "tests: []\n"


def _close(condition: str, as_: str = "no longer present") -> str:
    return (
        f"rules:\n  - rule: over\n    when: {condition}\n    close: {as_}\n"
        f'    because: "{{{{ bucket.explanation }}}}"\n{NO_TESTS}'
    )


CHANGE = (
    "evidence:\n  bucket: { ask: s3.public_access }\n  change: { ask: cloudtrail.last_change }\n"
)

RULES: Mapping[str, LintRule] = {
    "tainted": LintRule(
        says="A close rests on text that somebody else may have written.",
        why=(
            "User agents, names, tags and records are written by whoever calls, so an attacker"
            " would choose to be closed. Such text may raise a risk and never lower it."
        ),
        instead="rest the close on a proof or a signature; use the text to escalate",
        wrong=CHANGE + _close('bucket.public_access_blocked and change.user_agent == "terraform"'),
        right=CHANGE + _close("bucket.public_access_blocked and change is not absent"),
    ),
    "moot": LintRule(
        says="A close rests on what the source says of its own finding.",
        why="A finding that is suppressed, archived or resolved says nothing about the resource.",
        instead="rest the close on a look at the resource",
        wrong=_close('bucket.public_access_blocked and ticket.status == "resolved"'),
        right=_close("bucket.public_access_blocked"),
    ),
    "no-proof": LintRule(
        says="Nothing in the condition negates the finding's own condition.",
        why=(
            "`close: no longer present` is a statement about the resource; only a fresh look that"
            " contradicts the finding proves it."
        ),
        instead="one of the conditions of docs/reference/proofs.md, joined by `and`",
        wrong=_close("not bucket.acl_public"),
        right=_close("bucket.public_access_blocked"),
    ),
    "no-signature": LintRule(
        says="A close looks as if it were by signature and is not.",
        why="Under `or` or `not`, or about another subject, no signature has to hold.",
        instead="signed(kind, subject) as a condition of its own, joined by `and`",
        wrong=_close('signed("public-website", subject) or bucket.acl_public', "benign"),
        right=_close('signed("public-website", subject) and bucket.acl_public', "benign"),
    ),
}
