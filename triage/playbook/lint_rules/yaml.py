"""Rules about a file being a document at all."""

from collections.abc import Mapping

from triage.playbook.lint_rules.rule import LintRule, Of

REVIEW = "What is read in review has to be what is run; YAML's clever parts make that hard to see."

RULES: Mapping[str, LintRule] = {
    "yaml-syntax": LintRule(
        says="The file is no YAML.",
        why="Nothing of it can be read, so none of it protects anything.",
        instead="mend the YAML at the place named; quote texts that hold ': ' or begin with '{'",
        wrong="playbook: [a",
        right="playbook: a-playbook\n",
        of=Of.TEXT,
    ),
    "yaml-shape": LintRule(
        says="The file is not a mapping of keys to values.",
        why="A playbook is one mapping; a list of playbooks in one file has no single owner.",
        instead="one file a playbook, beginning with `playbook: its-name`",
        wrong="- playbook: a-playbook\n",
        right="playbook: a-playbook\n",
        of=Of.TEXT,
    ),
    "yaml-twice": LintRule(
        says="A key is there twice.",
        why="Most readers of YAML keep the last one silently, and reviewers see the first.",
        instead="keep one of the two",
        wrong="title: One\ntitle: Two\n",
        right="title: One\n",
        of=Of.TEXT,
    ),
    "yaml-key": LintRule(
        says="A key is not a word.",
        why=REVIEW,
        instead="write a plain word as key",
        wrong="? [a, b]\n: c\n",
        right="a: c\n",
        of=Of.TEXT,
    ),
    "yaml-alias": LintRule(
        says="An anchor or alias is used.",
        why=REVIEW,
        instead="write the value out where it is needed",
        wrong="title: &words A title\nwhy: *words\n",
        right="title: A title\nwhy: A title\n",
        of=Of.TEXT,
    ),
    "yaml-merge": LintRule(
        says="A merge key is used.",
        why=REVIEW,
        instead="write the keys out",
        wrong="match: { <<: { type: [a] } }\n",
        right="match: { type: [a] }\n",
        of=Of.TEXT,
    ),
    "yaml-tag": LintRule(
        says="A tag is used.",
        why="Tags make readers build objects; playbooks hold plain data only.",
        instead="leave the tag out",
        wrong="title: !text A title\n",
        right="title: A title\n",
        of=Of.TEXT,
    ),
    "yaml-depth": LintRule(
        says="The file is nested too deeply or has too many parts.",
        why="Bounds keep one file from stopping the worker that reads it.",
        instead="split it into several playbooks",
        wrong="a: " + "[" * 40 + "]" * 40 + "\n",
        right="a: [[1]]\n",
        of=Of.TEXT,
    ),
    "yaml-size": LintRule(
        says="The file is larger than 256 KiB.",
        why="Bounds keep one file from stopping the worker that reads it.",
        instead="split it into several playbooks",
        wrong="# " + "x" * 40 + " and so on, for more than 256 KiB\n",
        right="playbook: a-playbook\n",
        of=Of.TEXT,
    ),
}
