"""Array consistency: fields of one match may not lie in different elements of one array.

"Refuse to recognize any match in which any two fields are within JSON objects that are in different
elements of the same array" (https://github.com/aws/event-ruler#json-array-matching). So the clauses
of a branch are put together into a tree of names, and at every array one element has to satisfy the
whole subtree. Each element is looked at once a node of the tree: an event cannot make it slow.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.leaves import ARRAYS, MISSING, PLAIN, leaf


@dataclass(slots=True)
class Tree:
    """What has to hold here, and below it by name."""

    here: list[Clause] = field(default_factory=list)
    below: dict[str, "Tree"] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Together:
    """Clauses that have to hold together."""

    tree: Tree
    absent: tuple[Clause, ...]
    """Those that a missing field satisfies. It is missing from the whole event, so it belongs to
    no element; where it is there, it has to do like any other."""

    @classmethod
    def of(cls, clauses: Sequence[Clause]) -> "Together":
        """Put clauses together, once for all events."""
        absent = tuple(one for one in clauses if one.absent)
        return cls(_tree(one for one in clauses if one not in absent), absent)

    def hold(self, event: Mapping[str, Any]) -> bool:
        """Tell whether all hold, in one element of each array."""
        there = [one for one in self.absent if leaf(event, one.path) is not MISSING]
        tree = _tree([*_clauses(self.tree), *there]) if there else self.tree
        return _holds(tree, event)


def _clauses(tree: Tree) -> Iterator[Clause]:
    yield from tree.here
    for below in tree.below.values():
        yield from _clauses(below)


def _tree(clauses: Iterable[Clause]) -> Tree:
    root = Tree()
    for clause in clauses:
        node = root
        for name in clause.path:
            node = node.below.setdefault(name, Tree())
        node.here.append(clause)
    return root


def _holds(tree: Tree, value: Any) -> bool:
    if value.__class__ is dict or isinstance(value, Mapping):
        return not tree.here and all(
            name in value and _holds(below, value[name]) for name, below in tree.below.items()
        )
    if isinstance(value, ARRAYS):
        return _one_element_holds(tree, value)
    return not tree.below and all(clause.holds(value) for clause in tree.here)


def _one_element_holds(tree: Tree, array: Sequence[Any]) -> bool:
    # Arrays in arrays are put aside rather than gone into, as deep as anybody may nest them.
    aside = [(tree.here, array)]
    for here, values in aside:  # which grows meanwhile
        # A leaf right here is in no object, so it ties the other fields to nothing.
        plain = [one for one in values if one.__class__ in PLAIN]
        unmet = [clause for clause in here if not any(map(clause.holds, plain))]
        if not unmet and not tree.below:
            return True
        rest = Tree(unmet, tree.below)
        for one in values:
            if isinstance(one, ARRAYS):
                aside.append((unmet, one))
            elif one.__class__ not in PLAIN and _holds(rest, one):
                return True
    return False
