"""Which of many patterns match an event: a walk through the event that leaves fewer and fewer.

All branches are one set of bits. Whatever is met, a leaf or the names of an object, leaves those
that it satisfies: one look-up and one `&`, however many patterns there are. What no branch that is
left cares about is not walked into, and arrays come last, when few are left.
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


class Matcher:
    """All patterns behind one look."""

    def __init__(self, patterns: Sequence[Pattern]) -> None:
        numbered = [
            (number, branch, together)
            for number, pattern in enumerate(patterns)
            for branch, together in zip(pattern.branches, pattern.together, strict=True)
        ]
        self._numbers = [number for number, _, _ in numbered]
        self._together = [together for _, _, together in numbered]
        self._every: Bits = (1 << len(numbered)) - 1
        self._room = Room()
        self._found: dict[Bits, Found] = {}
        self._room.share(self._found)
        self.fields: dict[tuple[Names, int], Field] = {}
        self._root = self._field(())
        for at, (_, branch, _) in enumerate(numbered):
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
            if self._room.admits(1):
                self._found[bits] = found
        return found

    def _sure(self, bits: Bits, event: Mapping[str, Any], unsure: Iterable[Bits]) -> Bits:
        """Look at each branch by itself that narrowing left, but cannot tell whether it holds."""
        for some in unsure:
            for one in members(bits & some):
                if not self._together[one].hold(event):
                    bits ^= 1 << one
        return bits

    def _narrowed(self, bits: Bits, value: Any, field: Field, unsure: list[Bits]) -> Bits:
        """Leave those of some branches that a value under a name satisfies, with all below it.

        Adds to `unsure` those that have to be looked at once more.
        """
        walked: list[tuple[Any, Field]] = [(value, field)]
        arrays: list[tuple[Any, Field]] = []
        for value, field in walked:  # which grows meanwhile
            if not bits & field.cares:
                continue
            kind = value.__class__
            if kind is dict:
                lacking, leaves, by_class, inner = field.plans[tuple(value)]
                bits &= lacking
                try:
                    for name, values in leaves:
                        bits &= values[value[name]]
                        if not bits:
                            return bits
                    for name, classes in by_class:
                        found = value[name]
                        bits &= classes[found.__class__][found]
                except TypeError:
                    field.learn(value)
                    walked.append((value, field))
                    continue
                for name, below in inner:
                    walked.append((value[name], below))
            elif kind is list:
                if len(value) == 1:
                    # One element is as good as no array around it.
                    walked.append((value[0], field))
                else:
                    arrays.append((value, field))
            elif kind in LEAVES:
                bits &= field.by_class[kind][value] & field.nothing_below
            elif isinstance(value, ARRAYS):
                arrays.append((value, field))
            elif isinstance(value, Mapping):
                walked.append((dict(value), field))
            else:
                bits &= field.satisfied(value) & field.nothing_below
        for value, field in arrays:
            if bits & field.cares:
                bits = self._narrowed_by_any(bits, value, field, unsure)
        return bits

    def _narrowed_by_any(
        self, bits: Bits, array: Sequence[Any], field: Field, unsure: list[Bits]
    ) -> Bits:
        """Leave those that an array satisfies: by one leaf what is wanted here, below in one object.

        A branch that wants things here and below is unsure anyway.
        """
        leaves, objects = flat(array)
        caring = bits & field.cares
        left = caring & ~field.here if objects else caring & ~field.nothing_below
        if objects:
            for one in objects:
                left ^= self._narrowed(left, one, field, unsure)
                if not left:
                    break
            if len(objects) > 1 and caring & field.loose:
                unsure.append(field.loose)
        bits ^= left
        return bits & (field.any_satisfied(leaves) if leaves else field.nothing_here)

    def _want(self, branch: Branch, bit: Bits) -> None:
        """File the clauses of one branch, what is deepest first."""
        for clause in sorted(branch, key=lambda one: -len(one.path)):
            above = [self._field(clause.path[:depth]) for depth in range(len(clause.path))]
            layer = 0
            while (field := self._field(clause.path, layer)).cares & bit:
                layer += 1
            field.want(clause, bit)
            for one in (*above, field):
                one.cares |= bit
            if clause.absent:
                for one in above:
                    one.loose |= bit

    def _field(self, path: Names, layer: int = 0) -> Field:
        """Find or make the field of a path.

        Where a branch wants two things of one field, or of a field and of what is below it, each
        has a layer of its own: different leaves of an array may satisfy them.
        """
        found = self.fields.get((path, layer))
        if found is None:
            found = self.fields[path, layer] = Field(self._every, self._room)
            if path:
                self._field(path[:-1]).below.setdefault(path[-1], []).append(found)
        return found
