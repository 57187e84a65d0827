"""Many files into one set of playbooks, with every problem of every file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

from triage.domain.json import Record, canonical, digest
from triage.playbook.check import Checked, check
from triage.playbook.index import Index
from triage.playbook.problem import Problem, Severity
from triage.playbook.remembered import entry_of, name_of, recall
from triage.playbook.syntax import Playbook
from triage.playbook.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A set of playbooks that belong together; `digest` names its exact texts.

    `entries` are worth keeping: given to `load` again, they spare the check of the same texts.
    """

    playbooks: tuple[Playbook, ...]
    index: Index
    problems: tuple[Problem, ...]
    digest: str
    entries: Mapping[str, Record] = field(default_factory=dict)

    @property
    def sound(self) -> bool:
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def load(
    files: Mapping[str, str],
    vocabulary: Vocabulary,
    entries: Mapping[str, Record] = MappingProxyType({}),
) -> Loaded:
    """Check every file. Playbooks without an error are in the set, whatever others have.

    `entries` are what earlier loads found, under the same code and vocabulary.
    """
    named = {path: name_of(files[path]) for path in sorted(files)}
    checked = [
        _checked(path, files[path], entries.get(name), vocabulary) for path, name in named.items()
    ]
    found = [one.playbook for one in checked if one.playbook is not None]
    playbooks, twice = _by_name(found)
    return Loaded(
        playbooks=playbooks,
        index=Index.of(playbooks),
        problems=(*(problem for one in checked for problem in one.problems), *twice),
        digest=digest(canonical(dict(files))),
        entries={name: entry_of(one) for name, one in zip(named.values(), checked, strict=True)},
    )


def _checked(path: str, text: str, entry: Record | None, vocabulary: Vocabulary) -> Checked:
    recalled = recall(path, entry, vocabulary) if entry else None
    return recalled or check(path, text, vocabulary)


def _by_name(playbooks: Iterable[Playbook]) -> tuple[tuple[Playbook, ...], list[Problem]]:
    first: dict[str, Playbook] = {}
    problems = []
    for playbook in playbooks:
        other = first.setdefault(playbook.name, playbook)
        if other is not playbook:
            message = f"{playbook.name} is the name of {other.path} already"
            problems.append(Problem(path=playbook.path, rule="name-taken", message=message))
    return tuple(first.values()), problems
