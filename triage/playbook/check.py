"""Is this text a playbook? Every problem of the file, each with its place."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.playbook.build import build
from triage.playbook.document import read
from triage.playbook.lint import lint
from triage.playbook.page import Page
from triage.playbook.problem import Problem, Severity
from triage.playbook.syntax import Playbook
from triage.playbook.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Checked:
    """The playbook, unless there is an error; all problems in the order of their places.

    `content` is what the file says, as plain data, where there is a playbook.
    """

    playbook: Playbook | None
    problems: tuple[Problem, ...]
    content: Mapping[str, Any] = field(default_factory=dict)


def check(path: str, text: str, vocabulary: Vocabulary) -> Checked:
    """Check one file. Never raises, whatever the text."""
    document, problems = read(path, text)
    if document is None:
        return Checked(playbook=None, problems=tuple(problems))
    page = Page(path=path, document=document, problems=problems)
    playbook = build(page, vocabulary)
    lint(page, playbook, vocabulary)
    found = tuple(sorted(set(page.problems), key=lambda one: (one.line, one.column, one.message)))
    broken = any(problem.severity is Severity.ERROR for problem in found)
    if broken:
        return Checked(playbook=None, problems=found)
    return Checked(playbook=playbook, problems=found, content=document.content)
