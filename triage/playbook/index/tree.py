"""The index as a tree: at every node, what is decided, what to look up and what to test.

A look-up leads on to the node of what it found, and is made once for all the branches below. Where
looking up does not pay, each branch is a chain of tests, the one that fails most often first.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from triage.playbook.index.anchors import Anchor, Entry, choose
from triage.playbook.index.likelihood import Likelihood
from triage.playbook.index.slots import Key, Slot
from triage.playbook.pattern.atom import Kind
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.leaves import Names

Run = Callable[[list[Any], Callable[[int], Any], dict[int, bool], list[int]], None]
"""Takes fields as far as they are read, what reads another, answers so far, and hits so far."""
SHARED_MIN = 4
"""Below the root, a look-up has to replace so many tests."""
CHAINS_MAX = 8
"""With so few branches left, looking up costs more than trying each."""
PLAIN_MAX = 32
"""Among so few, only what can be looked up as it is pays."""
SPREAD_MAX = 8
"""Below the root, a clause with more alternatives is tested, lest branches multiply."""


class Check(NamedTuple):
    """A clause, its field's number, and its own number when several branches have it."""

    clause: Clause
    field: int
    shared: int | None


Chain = tuple[int, tuple[Check, ...]]
"""The number of a pattern, and what is left to ask before it matches."""


@dataclass(slots=True)
class Node:
    """`done` match; the others match when what they lead to does. `size` counts branches below."""

    done: tuple[int, ...] = ()
    tables: tuple[tuple[int, Slot, Mapping[Key, "Node"]], ...] = ()
    chains: tuple[Chain, ...] = ()
    size: int = 0
    run: Run | None = None
    """The chains as a function, once they were needed."""


@dataclass(slots=True)
class Grower:
    """Builds nodes.

    Equal clauses get one number, so that an event answers each of them once, and so do equal
    fields, so that each is read once.
    """

    likelihood: Likelihood
    uses: Mapping[Clause, int]
    clauses: dict[Clause, int] = field(default_factory=dict)
    fields: dict[Names, int] = field(default_factory=dict)

    def grow(self, entries: Sequence[Entry], *, root: bool = False) -> Node:
        """Build the node of these branches."""
        done = tuple(one.number for one in entries if not one.clauses and not one.narrowed)
        rest = [one for one in entries if one.clauses or one.narrowed]
        chains: list[Chain] = []
        filed: dict[Slot, dict[Key, list[Entry]]] = defaultdict(lambda: defaultdict(list))
        for entry, found in zip(rest, self._anchors(rest, root=root), strict=True):
            if found is None:
                chains.append((entry.number, self._chain(entry)))
            else:
                _file(filed, entry, found)
        tables = tuple(
            (self.number(slot.path), slot, {key: self.grow(below) for key, below in table.items()})
            for slot, table in filed.items()
        )
        return Node(done, tables, tuple(chains), len(entries))

    def _anchors(self, entries: Sequence[Entry], *, root: bool) -> list[Anchor | None]:
        """Choose anchors; below the root, only where a look-up replaces several tests."""
        if len(entries) <= CHAINS_MAX and not root:
            return [None] * len(entries)
        chosen = choose(entries, self.likelihood)
        if root:
            return chosen
        many = len(entries) > PLAIN_MAX
        plain = [one if one and (many or _is_plain(one)) else None for one in chosen]
        used = Counter(slot for one in plain if one for slot in one.slots)
        return [
            one if one and min(used[s] for s in one.slots) >= SHARED_MIN else None for one in plain
        ]

    def _chain(self, entry: Entry) -> tuple[Check, ...]:
        clauses = sorted({*entry.clauses, *entry.narrowed}, key=self._order)
        return tuple(self._check(clause) for clause in clauses)

    def _order(self, clause: Clause) -> tuple[float, Names]:
        return self.likelihood.of(clause), clause.path

    def _check(self, clause: Clause) -> Check:
        shared = self.uses[clause] > 1
        number = self.clauses.setdefault(clause, len(self.clauses)) if shared else None
        return Check(clause, self.number(clause.path), number)

    def number(self, path: Names) -> int:
        """Number a field."""
        return self.fields.setdefault(path, len(self.fields))


def _is_plain(one: Anchor) -> bool:
    exact = all(slot.kind is Kind.EXACT for slot in one.slots)
    return exact and len(one.filed) <= SPREAD_MAX


def _file(filed: Mapping[Slot, Mapping[Key, list[Entry]]], entry: Entry, found: Anchor) -> None:
    for slot, key, whole in found.filed:
        filed[slot][key].append(entry.without(found.clause, whole=whole))


def entries_of(branches: Iterable[tuple[int, tuple[Clause, ...]]]) -> list[Entry]:
    """Open every branch, each with the number of its pattern."""
    return [Entry(number, tuple(dict.fromkeys(clauses))) for number, clauses in branches]
