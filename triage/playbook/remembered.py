"""What was found of a text once, as plain data, so that the same text need not be checked again.

Reading YAML with its places takes a hundred times as long as building a playbook from what it says.
The entry of a text is kept under the hash of the text; whoever keeps entries has to forget all of
them when the code or the vocabulary that checked them is another (`fingerprint` of the file).
"""

from typing import TYPE_CHECKING, Any

from triage.domain.json import Record, digest
from triage.playbook.build import build
from triage.playbook.check import Checked
from triage.playbook.document import Document, Path, Place
from triage.playbook.page import Page
from triage.playbook.problem import Problem, Severity
from triage.playbook.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Mapping


def name_of(text: str) -> str:
    """Under which name the entry of a text is kept."""
    return digest(text.encode("utf-8", "surrogatepass"))


def entry_of(checked: Checked) -> Record:
    """Write down what was found."""
    problems = [
        [one.rule, one.message, one.line, one.column, str(one.severity), one.suggestion]
        for one in checked.problems
    ]
    if checked.playbook is None:
        return {"problems": problems}
    lines = {str(test.place): test.line for test in checked.playbook.tests}
    return {"problems": problems, "content": checked.content, "lines": lines}


def recall(path: str, entry: Record, vocabulary: Vocabulary) -> Checked | None:
    """Give what was found, or None when the entry does not hold what one should."""
    try:
        problems = tuple(_problem(path, row) for row in entry["problems"])
        if "content" not in entry:
            return Checked(playbook=None, problems=problems)
        return _rebuilt(path, entry, problems, vocabulary)
    except (LookupError, TypeError, ValueError, AttributeError):
        return None


def _problem(path: str, row: list[Any]) -> Problem:
    rule, message, line, column, severity, suggestion = row
    return Problem(
        path=path,
        rule=rule,
        message=message,
        line=line,
        column=column,
        severity=Severity(severity),
        suggestion=suggestion,
    )


def _rebuilt(
    path: str, entry: Record, problems: tuple[Problem, ...], vocabulary: Vocabulary
) -> Checked | None:
    content: Mapping[str, Any] = entry["content"]
    places: dict[Path, Place] = {
        ("tests", int(place)): (int(line), 1) for place, line in entry["lines"].items()
    }
    page = Page(path=path, document=Document(content, places, {}))
    playbook = build(page, vocabulary)
    # A sound playbook builds without a word; one that does not was not what was written down.
    if page.problems:
        return None
    return Checked(playbook=playbook, problems=problems, content=content)
