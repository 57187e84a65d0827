"""The look-ups that every event pays for, laid out so that each is one step.

Fields are grouped by the object they are in, and an object is reached once for all of its fields.
What is no string or whole number in plain objects (an array on the way, null, a fraction) takes the
slower way, to the same end.
"""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Final, NamedTuple

from triage.playbook.index.slots import DERIVED, Key, Slot
from triage.playbook.index.tree import Node
from triage.playbook.pattern.atom import Kind
from triage.playbook.pattern.leaves import MISSING, PLAIN, Names, Spread, leaf
from triage.playbook.pattern.numbers import key

Table = Mapping[Key, Node]
Derived = tuple[Kind, int, Callable[[Any, int], Key], Table]
Field = tuple[str, int, Table, tuple[Derived, ...]]
"""Its name, its number, its values as they are, and what is made of them."""
PREFIX: Final = Kind.PREFIX
SUFFIX: Final = Kind.SUFFIX
SEVERAL: Final = frozenset({list, Spread})
TEXT: Final = frozenset({str})


class Holder(NamedTuple):
    """An object that has fields of the root, or objects that do. `place` numbers it."""

    place: int
    depth: int
    name: str
    fields: tuple[Field, ...]
    holders: tuple["Holder", ...]
    below: tuple[Field, ...]
    """Its fields and those of every object in it: what to read slowly when it is an array."""


@dataclass(frozen=True, slots=True)
class Roots:
    """The tables of a root; `tables` has them again by field, with their slots.

    `places` says, by the path of a field, which object it is in, if that is a holder, and its name
    there; `nowhere` has nothing in the place of each.
    """

    holder: Holder
    tables: Mapping[int, tuple[tuple[Slot, Table], ...]]
    tested: tuple[Node, ...]
    places: Mapping[Names, tuple[int, str]]
    nowhere: list[Any]

    def found(  # noqa: C901, PLR0912 - every call that would shorten it costs each event
        self, event: dict[str, Any], objects: list[Any], read: list[Any]
    ) -> list[Node]:
        """Give the nodes that an event leads to.

        Leaves the objects it came by in `objects`, and what it read in `read`.
        """
        nodes = list(self.tested)
        here: list[tuple[Any, Holder]] = [(event, self.holder)]
        for held, (place, depth, _, fields, holders, _) in here:  # which grows while it is walked
            objects[place] = held
            for name, number, exact, derived in fields:
                value = read[number] = held.get(name, MISSING)
                kind = value.__class__
                if kind is str:
                    node = exact.get(value)
                    if node is not None:
                        nodes.append(node)
                    for made, size, derive, table in derived:
                        if made is PREFIX:
                            node = table.get(value[:size])
                        elif made is SUFFIX:
                            node = table.get(value[-size:])
                        else:
                            node = table.get(derive(value, size))
                        if node is not None:
                            nodes.append(node)
                elif kind is int:
                    node = exact.get(value)
                    if node is not None:
                        nodes.append(node)
                elif value is MISSING:
                    continue
                elif kind in PLAIN:
                    node = exact.get(key(value))
                    if node is not None:
                        nodes.append(node)
                else:
                    nodes += self._slowly(value, depth + 1, ((name, number, exact, derived),), read)
            for inner in holders:
                value = held.get(inner.name)
                if value.__class__ is dict:
                    here.append((value, inner))
                elif value is not None and _may_hold(value):
                    nodes += self._slowly(value, depth + 1, inner.below, read)
        return nodes

    def _slowly(
        self, value: Any, depth: int, fields: Iterable[Field], read: list[Any]
    ) -> list[Node]:
        """Look up fields in a value that stands `depth` names deep and is no plain object."""
        nodes: list[Node] = []
        for _, number, _, _ in fields:
            tables = self.tables[number]
            found = read[number] = leaf(value, tables[0][0].path[depth:])
            if found is not MISSING:
                for slot, table in tables:
                    nodes += below(slot, table, found)
        return nodes


def below(slot: Slot, table: Table, value: Any) -> list[Node]:
    """Look up a leaf, or several, in one table."""
    if value.__class__ not in SEVERAL:
        keys: Iterable[Key] = slot.keys(value)
    elif TEXT.issuperset(map(type, value)):
        keys = _text_keys(slot, set(value))
    else:
        keys = slot.keys(value)
    return [table[one] for one in keys if one in table]


def _text_keys(slot: Slot, leaves: set[str]) -> Iterable[Key]:
    if slot.kind is Kind.EXACT:
        return leaves
    derive, size = DERIVED[slot.kind], slot.size
    return {derive(one, size) for one in leaves}


def _may_hold(value: Any) -> bool:
    # PLAIN first: asking whether it is a Mapping takes ten times as long.
    return value.__class__ not in PLAIN and isinstance(value, Mapping | list | tuple)


def roots_of(root: Node, fields: Iterable[Names]) -> Roots:
    """Lay out a root; `fields` are all that may be read later."""
    by_field: dict[int, list[tuple[Slot, Table]]] = defaultdict(list)
    for number, slot, table in root.tables:
        by_field[number].append((slot, table))
    tables = {number: tuple(found) for number, found in by_field.items()}
    tested = (Node(root.done, (), root.chains, 0),) if root.done or root.chains else ()
    numbers: dict[Names, int] = {}
    holder = _holder(
        (), [(found[0][0].path, number) for number, found in tables.items()], tables, numbers
    )
    places = {path: (numbers[path[:-1]], path[-1]) for path in fields if path[:-1] in numbers}
    return Roots(holder, tables, tested, places, [None] * len(numbers))


def _holder(
    path: Names,
    inside: Sequence[tuple[Names, int]],
    tables: Mapping[int, tuple[tuple[Slot, Table], ...]],
    numbers: dict[Names, int],
) -> Holder:
    """Lay out one object: `inside` are the fields in it, at any depth, with their numbers."""
    place = numbers.setdefault(path, len(numbers))
    depth = len(path)
    deeper: dict[str, list[tuple[Names, int]]] = defaultdict(list)
    fields = []
    for inner, number in inside:
        if len(inner) > depth + 1:
            deeper[inner[depth]].append((inner, number))
        else:
            fields.append(_field(number, inner[-1], tables[number]))
    holders = tuple(
        _holder((*path, name), found, tables, numbers) for name, found in deeper.items()
    )
    below = (*fields, *(one for holder in holders for one in holder.below))
    return Holder(place, depth, path[-1] if path else "", tuple(fields), holders, below)


def _field(number: int, name: str, found: tuple[tuple[Slot, Table], ...]) -> Field:
    exact = next((table for slot, table in found if slot.kind is Kind.EXACT), {})
    derived = tuple(
        (slot.kind, slot.size, DERIVED[slot.kind], table)
        for slot, table in found
        if slot.kind is not Kind.EXACT
    )
    return name, number, exact, derived
