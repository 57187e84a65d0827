"""Which tickets a change of playbooks can touch at all: the others need not be judged twice.

A decision rests on the playbooks that match, and on nothing else that the change is about. So a
ticket that none of the changed playbooks can match, as it was or as it is, comes out as before.
What a pattern asks of fields that a headline repeats is tested on the headline; whatever else it
asks may hold.
"""

from collections.abc import Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any, Final

from triage.domain.json import Record, canonical
from triage.playbook.loader import Loaded
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.leaves import Names
from triage.playbook.pattern.pattern import Branch, Pattern, compile_pattern
from triage.playbook.syntax import Playbook, Rule

HEADLINE: Final[Mapping[Names, str]] = {
    ("source",): "source",
    ("format",): "format",
    ("type",): "type",
    ("class",): "class",
    ("severity", "label"): "severity",
    ("severity", "score"): "score",
    ("status",): "status",
    ("sample",): "sample",
    ("account", "id"): "account",
    ("region",): "region",
    ("subject", "id"): "subject",
    ("principal",): "principal",
    ("title",): "title",
}
"""Fields of a ticket's view that its headline repeats, and under which name."""

TYPE: Final = b'"type":"'
"""What stands before the type of a headline, and in no text: quotes in a text are escaped."""

MISSING: Final = object()
"""Stands for what a headline does not repeat, about which anything may hold, unlike for a null."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """The playbooks that differ, by name, and the branches of their patterns, before and after.

    `types` are the only ones that any of the branches can match, as a headline's bytes have them;
    None where that is not known.
    """

    changed: tuple[str, ...]
    branches: tuple[Branch, ...]
    fields: tuple[str, ...]
    types: frozenset[bytes] | None
    _known: dict[tuple[Hashable, ...], bool] = field(default_factory=dict)

    @classmethod
    def of(cls, base: Loaded, head: Loaded) -> "Difference":
        """Compare two sets by what decides: words, tests and owners make no difference."""
        before, after = _by_name(base), _by_name(head)
        names = tuple(
            name
            for name in sorted(before.keys() | after.keys())
            if _meaning(before.get(name)) != _meaning(after.get(name))
        )
        both = [side[name] for name in names for side in (before, after) if name in side]
        patterns = [compile_pattern(one.match) for one in both]
        branches = [branch for pattern in patterns for branch in pattern.branches]
        asked = {HEADLINE.get(clause.path) for branch in branches for clause in branch}
        fields = tuple(sorted(one for one in asked if one is not None))
        types = _types(patterns)
        return cls(changed=names, branches=tuple(branches), fields=fields, types=types)

    def rules_out(self, told: bytes) -> bool:
        """Tell from the bytes of an event with a headline that no changed pattern can match it.

        What it leaves open `touches` decides: this only saves reading most of a history as JSON.
        """
        if self.types is None:
            return False
        start = told.find(TYPE) + len(TYPE)
        if start < len(TYPE) or told.find(TYPE, start) >= 0:
            return False
        return told[start : told.find(b'"', start)] not in self.types

    def touches(self, headlines: Iterable[Record]) -> bool:
        """Tell whether a ticket that was told so may be matched by what changed.

        Decided once for all headlines that say the same of what the changed patterns ask about.
        """
        return any(map(self._touches, headlines))

    def _touches(self, headline: Record) -> bool:
        # A list first: a generator takes three times as long, and every ticket comes here.
        key = tuple([headline.get(name, MISSING) for name in self.fields])
        found = self._known.get(key)
        if found is None:
            found = any(all(_may_hold(one, headline) for one in every) for every in self.branches)
            self._known[key] = found
        return found


def _types(patterns: Iterable[Pattern]) -> frozenset[bytes] | None:
    """Every type that one of them names; None where one names none, or none that stands plainly."""
    found = [pattern.exact("type") for pattern in patterns]
    types = frozenset(canonical(one)[1:-1] for names in found for one in names)
    plain = all(found) and not any(b"\\" in one for one in types)
    return types if plain else None


def alike(base: Loaded, head: Loaded) -> frozenset[str]:
    """Names of the playbooks that are the same on both sides, to the last word."""
    before, after = _by_name(base), _by_name(head)
    both = before.keys() & after.keys()
    return frozenset(name for name in both if before[name] == after[name])


def _by_name(loaded: Loaded) -> Mapping[str, Playbook]:
    return {one.name: one for one in loaded.playbooks}


def _meaning(playbook: Playbook | None) -> Any:
    if playbook is None:
        return None
    rules = [_rule(rule) for rule in playbook.rules]
    return playbook.match, dict(playbook.evidence), rules, playbook.limits


def _rule(rule: Rule) -> tuple[object, ...]:
    return rule.name, rule.when, rule.outcome, rule.suggest


def _may_hold(clause: Clause, headline: Record) -> bool:
    name = HEADLINE.get(clause.path)
    return name is None or name not in headline or clause.holds(headline[name])
