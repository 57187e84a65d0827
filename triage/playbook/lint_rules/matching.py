"""Rules about `match`."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule

LOOK = 'rules:\n  - { rule: look, escalate: low, because: "{{ bucket.explanation }}" }\n'

RULES: Mapping[str, LintRule] = {
    "pattern": LintRule(
        says="The event pattern is none.",
        why="EventBridge would refuse it as well; a misspelt operator matches nothing.",
        instead="one of the operators of docs/reference/language.md, with what it takes",
        wrong='match: { type: [{ prefx: "S3." }] }\n' + LOOK,
        right='match: { type: [{ prefix: "S3." }] }\n' + LOOK,
    ),
    "never-matches": LintRule(
        says="No ticket of any source can match.",
        why="The playbook looks as if it watched something, and never speaks.",
        instead="a type that the source has, a number in 0 to 100, a field the source fills",
        wrong='match: { source: [guardduty], type: ["S3.8"] }\n' + LOOK,
        right='match: { source: [securityhub], type: ["S3.8"] }\n' + LOOK,
    ),
    "matches-everything": LintRule(
        says="Nearly every ticket matches.",
        why="One rule too wide then decides over findings that its author never thought of.",
        instead="name the types it is about",
        wrong='match: { region: [{ prefix: "" }] }\n' + LOOK,
        right='match: { type: ["S3.8"] }\n' + LOOK,
    ),
}
