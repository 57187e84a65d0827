"""All playbooks behind one look-up.

Patterns that pin the type (nearly all do) are found by hash; the others are tried one by one.
"""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from triage.playbook.pattern import Pattern, compile_pattern
from triage.playbook.syntax import Playbook

Entry = tuple[Playbook, Pattern]


@dataclass(frozen=True, slots=True)
class Index:
    """Compiled patterns, by type where they name one."""

    by_type: Mapping[str, tuple[Entry, ...]]
    open: tuple[Entry, ...]

    @classmethod
    def of(cls, playbooks: Iterable[Playbook]) -> "Index":
        by_type: dict[str, list[Entry]] = defaultdict(list)
        others: list[Entry] = []
        for playbook in playbooks:
            entry = (playbook, compile_pattern(playbook.match))
            types = entry[1].exact("type")
            for one in types:
                by_type[one].append(entry)
            if not types:
                others.append(entry)
        return cls({key: tuple(entries) for key, entries in by_type.items()}, tuple(others))

    def matching(self, view: Mapping[str, Any]) -> tuple[Playbook, ...]:
        """Find the playbooks whose pattern matches, in the order of their names."""
        candidates = (*self.by_type.get(view["type"], ()), *self.open)
        found = [playbook for playbook, pattern in candidates if pattern.matches(view)]
        return tuple(sorted(found, key=lambda playbook: playbook.name))
