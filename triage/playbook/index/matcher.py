"""Which of many patterns match an event: a walk through the event that leaves fewer and fewer.

All branches of all patterns are one set of bits. Whatever is met, a leaf or the names of an object,
leaves those that it satisfies: one look-up and one `&`, however many patterns there are. What none
that is left cares about is not walked into, and arrays come last, when few are left.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from triage.playbook.index.bits import Bits, members
from triage.playbook.index.field import Field
from triage.playbook.index.room import Room
from triage.playbook.index.values import LEAVES
from triage.playbook.pattern.leaves import ARRAYS, Names, flat
from triage.playbook.pattern.pattern import Branch, Pattern

Found = tuple[int, ...]
Walk = list[tuple[Any, Field]]


class Matcher:
    """All patterns behind one look."""

    __slots__ = (
        "_every",
        "_fields",
        "_found",
        "_layered",
        "_numbers",
        "_room",
        "_root",
        "_together",
    )

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        branches = [branch for pattern in patterns for branch in pattern.branches]
        self._together = [together for pattern in patterns for together in pattern.together]
        self._numbers = [at for at, pattern in enumerate(patterns) for _ in pattern.branches]
        self._every: Bits = (1 << len(branches)) - 1
        self._layered: Bits = 0
        self._room = Room()
        self._found: dict[Bits, Found] = {}
        self._room.share(self._found)
        self._fields: dict[tuple[Names, int], Field] = {}
        self._root = self._field(())
        for at, branch in enumerate(branches):
            self._want(branch, 1 << at)
        self._root.settle()

    def matching(self, event: Mapping[str, Any]) -> Found:
        """Give the numbers of the patterns that match, in their order."""
        unsure: list[Bits] = []
        bits = self._narrowed(self._every, event, self._root, unsure)
        if unsure:
            bits = self._sure(bits, event, unsure)
        found = self._found.get(bits)
        if found is None:
            found = tuple(dict.fromkeys(self._numbers[one] for one in members(bits)))
            if self._room.admits(len(found)):
                self._found[bits] = found
        return found

    @property
    def groups(self) -> int:
        """How many fields are looked up at all; an event pays for those that it has."""
        return sum(1 for field in self._fields.values() if field.here)

    @property
    def branches(self) -> int:
        """How many combinations of clauses there are; `$or` makes more than one of a pattern."""
        return len(self._numbers)

    def candidates(self, event: Mapping[str, Any]) -> int:
        """Count the branches that narrowing leaves, of which arrays may still rule some out."""
        return self._narrowed(self._every, event, self._root, []).bit_count()

    def _narrowed(  # noqa: C901, PLR0912 - a call for each part costs as much as the part
        self, bits: Bits, top: Any, under: Field, unsure: list[Bits]
    ) -> Bits:
        """Leave those of some branches that what stands under a name satisfies, with all below it.

        Adds to `unsure` those that may have to be looked at once more.
        """
        walk: Walk = [(top, under)]
        arrays: Walk = []
        for value, field in walk:  # which grows meanwhile
            if not bits & field.cares:
                continue
            kind = value.__class__
            if kind is dict:
                lacking, leaves, classed, inner = field.plans[tuple(value)]
                bits &= lacking
                try:
                    for name, values in leaves:
                        bits &= values[value[name]]
                        if not bits:
                            return bits
                    for name, by_class in classed:
                        leaf = value[name]
                        bits &= by_class[leaf.__class__][leaf]
                except TypeError:  # something else than a leaf
                    if not field.learn(value):
                        raise
                    walk.append((value, field))
                    continue
                for name, below in inner:
                    walk.append((value[name], below))
            elif kind in LEAVES:
                bits &= field.by_class[kind][value] & field.nothing_below
            else:
                _sort_in(value, field, walk, arrays)
        for value, field in arrays:
            if bits & field.cares:
                bits = self._narrowed_by_any(bits, value, field, unsure)
        return bits

    def _narrowed_by_any(
        self, bits: Bits, array: Sequence[Any], field: Field, unsure: list[Bits]
    ) -> Bits:
        """Leave those that an array satisfies.

        What a branch wants right here, any leaf may be; what it wants below, one object must have.
        """
        leaves, objects, nested = flat(array)
        if nested and bits & self._layered:
            unsure.append(self._layered)
        here = field.any_satisfied(leaves) if leaves else field.nothing_here
        if not objects:
            return bits & here & field.nothing_below
        open_ = caring = bits & field.cares & ~field.here
        for one in objects:
            open_ ^= self._narrowed(open_, one, field, unsure)
            if not open_:
                break
        if len(objects) > 1 and caring & field.loose:
            unsure.append(field.loose)
        return (bits ^ open_) & here

    def _sure(self, bits: Bits, event: Mapping[str, Any], unsure: Iterable[Bits]) -> Bits:
        """Look once more at what narrowing left but cannot tell.

        Something that has to be missing was missing in one element of an array, and may be there in
        another; or two things that are wanted of a field were in different arrays of an array.
        """
        for some in unsure:
            for one in members(bits & some):
                if not self._together[one].hold(event):
                    bits ^= 1 << one
        return bits

    def _want(self, branch: Branch, bit: Bits) -> None:
        """File the clauses of one branch, what is deepest first."""
        for clause in sorted(branch, key=lambda one: -len(one.path)):
            above = [self._field(clause.path[:depth]) for depth in range(len(clause.path))]
            layer = 0
            while (field := self._field(clause.path, layer)).cares & bit:
                layer += 1
                self._layered |= bit
            field.want(clause, bit)
            for one in (*above, field):
                one.cares |= bit
            if clause.absent:
                for one in above:
                    one.loose |= bit

    def _field(self, path: Names, layer: int = 0) -> Field:
        """Find or make the field of a path.

        Where a branch wants two things of one field, or of a field and of what is below it, each
        has a layer of its own: different elements of an array may satisfy them, if they are not in
        different arrays of it.
        """
        found = self._fields.get((path, layer))
        if found is None:
            found = self._fields[path, layer] = Field(self._every, self._room)
            if path:
                self._field(path[:-1]).below.setdefault(path[-1], []).append(found)
        return found


def _sort_in(value: Any, field: Field, walk: Walk, arrays: Walk) -> None:
    """Say how to go on with what is no dict, and no leaf as a parser of JSON gives it."""
    if isinstance(value, ARRAYS):
        if len(value) == 1:
            # One element is as good as no array around it.
            walk.append((value[0], field))
        else:
            arrays.append((value, field))
    elif isinstance(value, Mapping):
        walk.append((dict(value), field))
    else:
        arrays.append(((value,), field))
