"""All playbooks behind one look-up; what it costs does not grow with their number."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.playbook.index.matcher import Matcher
from triage.playbook.pattern import compile_pattern
from triage.playbook.syntax import Playbook


@dataclass(frozen=True, slots=True)
class Index:
    """Playbooks in the order of their names, and the matcher of their patterns."""

    playbooks: tuple[Playbook, ...]
    matcher: Matcher

    @classmethod
    def of(cls, playbooks: Iterable[Playbook]) -> "Index":
        """Compile every pattern. Raises PatternInvalid; playbooks that were checked have none."""
        ordered = tuple(sorted(playbooks, key=lambda playbook: playbook.name))
        return cls(ordered, Matcher([compile_pattern(one.match) for one in ordered]))

    def matching(self, view: Mapping[str, Any]) -> tuple[Playbook, ...]:
        """Find the playbooks whose pattern matches, in the order of their names."""
        return tuple(self.playbooks[number] for number in self.matcher.matching(view))
