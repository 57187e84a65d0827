"""Rules about keys, words and names."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule, Of
from triage.playbook.problem import Severity

RULES: Mapping[str, LintRule] = {
    "unknown-key": LintRule(
        says="A key means nothing here.",
        why=(
            "A key that is passed over silently is a condition that never applies: `filter:` for"
            " `match:` has made policies act on everything."
        ),
        instead="write the key that was meant, or leave it out",
        wrong='filter: { type: ["S3.8"] }\n',
        right='match: { type: ["S3.8"] }\n',
    ),
    "missing-key": LintRule(
        says="A key that has to be there is missing.",
        why="Without it nobody knows what the playbook is about, or whose it is.",
        instead="add the key that is named",
        wrong="rules:\n  - rule: look\n    escalate: high\n",
        right='rules:\n  - rule: look\n    escalate: high\n    because: "It is open."\n',
    ),
    "wrong-type": LintRule(
        says="A value is of another type than its key takes.",
        why="YAML reads `yes`, 1e3 and 08 in its own way; what is meant is said by its type.",
        instead="write the value as the type named, in quotes where text is meant",
        wrong="title: [A, playbook]\n",
        right="title: A playbook\n",
    ),
    "bad-name": LintRule(
        says="A name cannot be used.",
        why="Names stand in commands, file names, licences and conditions.",
        instead="lower-case words-with-hyphens for playbooks; one word that is free for answers",
        wrong="playbook: A Playbook!\n",
        right="playbook: a-playbook\n",
    ),
    "unknown-word": LintRule(
        says="A word is none of those that may stand here.",
        why="A misspelt priority, verdict, question, fix or tier would never apply.",
        instead="write one of the words of docs/reference/language.md",
        wrong="evidence:\n  bucket: { ask: s3.public_acess }\n",
        right="evidence:\n  bucket: { ask: s3.public_access }\n",
    ),
    "outcome": LintRule(
        says="A rule does not have exactly one outcome.",
        why="A rule that closes and escalates says two things; one without says nothing.",
        instead="exactly one of close, resolve and escalate",
        wrong='rules:\n  - rule: look\n    because: "It is open."\n',
        right='rules:\n  - rule: look\n    escalate: high\n    because: "It is open."\n',
    ),
    "rule-twice": LintRule(
        says="Two rules have one name.",
        why="Licences, tests and pages name rules; two of one name cannot be told apart.",
        instead="give the rule a name of its own",
        wrong=(
            "rules:\n"
            '  - { rule: look, when: bucket.acl_public, escalate: high, because: "." }\n'
            '  - { rule: look, escalate: low, because: "." }\n'
        ),
        right=(
            "rules:\n"
            '  - { rule: open, when: bucket.acl_public, escalate: high, because: "." }\n'
            '  - { rule: look, escalate: low, because: "." }\n'
        ),
    ),
    "name-taken": LintRule(
        says="Two playbooks have one name.",
        why="Only one of them would be in the set.",
        instead="give the playbook a name of its own",
        wrong="playbook: a-playbook\n",
        right="playbook: another-playbook\n",
        of=Of.SET,
    ),
    "no-effect": LintRule(
        says="A limit bounds something the playbook never does.",
        why="Whoever wrote it believes that something is limited.",
        instead="leave the limit out, or let a rule repair; `at_most` bounds closes",
        wrong="limits: { per_hour: 5 }\n",
        right="limits: { at_most: suggest }\n",
        severity=Severity.WARNING,
    ),
    "untested": LintRule(
        says="The playbook has no tests.",
        why="What it does to a ticket it knows nothing of is seen in production first.",
        instead="a test for every rule, and one in which every answer is unknown",
        wrong="tests: []\n",
        right=(
            "tests:\n"
            "  - test: it ends\n"
            "    ticket: { like: securityhub-s3.8 }\n"
            "    evidence: { bucket: { public_access_blocked: true } }\n"
            "    expect: { close: no longer present }\n"
        ),
        severity=Severity.WARNING,
    ),
}
