"""Which of many patterns match an event: a walk down the tree.

An event pays for the slots at the root, each looked up once, and for what was found there. A field
is read once, and each distinct clause is answered once.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage.playbook.index.compiled import UNREAD, compiled
from triage.playbook.index.likelihood import likelihood
from triage.playbook.index.roots import below, roots_of
from triage.playbook.index.tree import Grower, entries_of
from triage.playbook.pattern.consistency import linked
from triage.playbook.pattern.leaves import MISSING, PLAIN, Spread, leaf
from triage.playbook.pattern.pattern import Pattern

SPREAD_MIN = 2


class Matcher:
    """All patterns behind one look. `traffic` are events like those to come, if any are at hand."""

    __slots__ = (
        "_linked",
        "_paths",
        "_patterns",
        "_places",
        "_roots",
        "_together",
        "_unread",
        "root",
    )

    def __init__(self, patterns: Sequence[Pattern], traffic: Iterable[Any] = ()) -> None:
        branches = [
            (number, branch)
            for number, pattern in enumerate(patterns)
            for branch in pattern.branches
        ]
        uses = Counter(clause for _, branch in branches for clause in set(branch))
        grower = Grower(likelihood(uses.elements(), traffic), uses)
        self.root = grower.grow(entries_of(branches), root=True)
        self._patterns = patterns
        self._together = {
            number: tuple({grower.number(clause.path) for clause in branch})
            for number, branch in branches
            if linked(branch)
        }
        self._linked = frozenset(self._together)
        self._paths = tuple(grower.fields)
        self._unread = [UNREAD] * len(self._paths)
        self._roots = roots_of(self.root, self._paths)
        self._places = tuple(self._roots.places.get(path) for path in self._paths)

    def matching(self, event: Mapping[str, Any]) -> list[int]:
        """Give the numbers of the patterns that match, in their order."""
        event = event if event.__class__ is dict else dict(event)
        read = self._unread[:]
        objects = self._roots.nowhere[:]
        nodes = self._roots.found(event, objects, read)
        hits: list[int] = []
        answers: dict[int, bool] = {}

        def reader(field: int) -> Any:
            return self._read(field, event, objects, read)

        for node in nodes:  # which grows while it is walked
            if node.done:
                hits += node.done
            if node.chains:
                (node.run or compiled(node))(read, reader, answers, hits)
            for field, slot, table in node.tables:
                value = read[field]
                nodes += below(slot, table, reader(field) if value is UNREAD else value)
        numbers = sorted(set(hits))
        if self._linked.isdisjoint(numbers):
            return numbers
        return [one for one in numbers if self._consistent(one, event, read)]

    def _read(self, field: int, event: dict[str, Any], objects: list[Any], read: list[Any]) -> Any:
        place = self._places[field]
        if place is not None:
            holder = objects[place[0]]
            if holder.__class__ is dict:
                value = holder.get(place[1], MISSING)
                if value.__class__ in PLAIN:
                    read[field] = value
                    return value
        value = read[field] = leaf(event, self._paths[field])
        return value

    def _consistent(self, number: int, event: dict[str, Any], read: list[Any]) -> bool:
        """Tell whether some branch holds in one element of each array.

        Two fields can differ in that only when both were read out of objects in arrays, and such
        are in `read`.
        """
        fields = self._together.get(number)
        if fields is None:
            return True
        spread = sum(read[one].__class__ is Spread for one in fields)
        return spread < SPREAD_MIN or self._patterns[number].matches(event)

    @property
    def groups(self) -> int:
        """How many look-ups the root costs every event, and chains that nothing leads to."""
        return len(self.root.tables) + len(self.root.chains)

    def candidates(self, event: Mapping[str, Any]) -> int:
        """Count the branches that are looked at because what they are anchored on holds."""
        return len(self.root.chains) + sum(
            node.size
            for node in self._roots.found(dict(event), self._roots.nowhere[:], self._unread[:])
        )
