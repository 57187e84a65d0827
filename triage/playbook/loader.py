"""Many files into one set of playbooks, with every problem of every file."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.domain.json import canonical, digest
from triage.playbook.check import check
from triage.playbook.index import Index
from triage.playbook.problem import Problem, Severity
from triage.playbook.syntax import Playbook
from triage.playbook.vocabulary import Vocabulary


@dataclass(frozen=True, slots=True, kw_only=True)
class Loaded:
    """A set of playbooks that belong together; `digest` names its exact texts."""

    playbooks: tuple[Playbook, ...]
    index: Index
    problems: tuple[Problem, ...]
    digest: str

    @property
    def sound(self) -> bool:
        return not any(problem.severity is Severity.ERROR for problem in self.problems)


def load(files: Mapping[str, str], vocabulary: Vocabulary) -> Loaded:
    """Check every file. Playbooks without an error are in the set, whatever others have."""
    checked = [check(path, files[path], vocabulary) for path in sorted(files)]
    found = [one.playbook for one in checked if one.playbook is not None]
    playbooks, twice = _by_name(found)
    return Loaded(
        playbooks=playbooks,
        index=Index.of(playbooks),
        problems=(*(problem for one in checked for problem in one.problems), *twice),
        digest=digest(canonical(dict(files))),
    )


def _by_name(playbooks: Iterable[Playbook]) -> tuple[tuple[Playbook, ...], list[Problem]]:
    first: dict[str, Playbook] = {}
    problems = []
    for playbook in playbooks:
        other = first.setdefault(playbook.name, playbook)
        if other is not playbook:
            message = f"{playbook.name} is the name of {other.path} already"
            problems.append(Problem(path=playbook.path, rule="name-taken", message=message))
    return tuple(first.values()), problems
