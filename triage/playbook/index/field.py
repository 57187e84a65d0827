"""A name on the way to what patterns constrain, and which branches it satisfies.

Names form a tree, as they do in an event. Each knows which branches are satisfied when nothing
stands there, so that an object answers for all names it lacks at once, by the names it has.
"""

from collections.abc import Iterable, Mapping
from typing import Any, NamedTuple

from typing_extensions import override

from triage.playbook.index.bits import Bits
from triage.playbook.index.operands import Operands
from triage.playbook.index.room import Room
from triage.playbook.index.values import LEAVES, ByClass, Values
from triage.playbook.pattern.clause import Clause

Shape = tuple[str, ...]
"""The names of an object, in its order."""


class Plan(NamedTuple):
    """What to do with an object of one shape."""

    lacking: Bits
    """Branches that what it lacks satisfies."""
    leaves: tuple[tuple[str, Values], ...]
    by_class: tuple[tuple[str, ByClass], ...]
    inner: tuple[tuple[str, "Field"], ...]
    """Names under which other things than leaves may stand."""


class Plans(dict[Shape, Plan]):
    """Looked up with `plans[tuple(value)]`."""

    __slots__ = ("_field", "_room", "_sought")

    def __init__(self, field: "Field", room: Room) -> None:
        super().__init__()
        self._field = field
        self._room = room
        self._sought: dict[Shape, Plan] = {}
        """By those names only that patterns name."""
        room.share(self)

    def __missing__(self, shape: Shape) -> Plan:
        sought = tuple(filter(self._field.below.__contains__, shape))
        plan = self._sought.get(sought)
        if plan is None:
            plan = self._field.plan(sought)
            if self._room.admits(len(sought)):
                self._sought[sought] = plan
        if sought and self._room.admits(len(shape)):
            self[shape] = plan
        return plan

    @override
    def clear(self) -> None:
        """Forget which shapes came by."""
        super().clear()
        self._sought.clear()


class Field:
    """One name. Of `every` branch there is some want something here, and some of what is below.

    cares: want either.
    here: want something right here.
    loose: are satisfied by something missing below, which is for the whole event to tell, so that
        elements of an array do not say it.
    free: want nothing right here.
    nothing_here, nothing_below: are satisfied by there being no leaf, and nothing below.
    """

    def __init__(self, every: Bits, room: Room) -> None:
        self.every = every
        self.below: dict[str, list[Field]] = {}
        self.cares = self.here = self.loose = 0
        self.free = self.nothing_here = self.nothing_below = every
        self.leaf_only = True
        self._missing = 0
        self._operands = Operands()
        self.classed = False
        self.values = Values(self.satisfied, room)
        self.by_class = ByClass(self.satisfied, room)
        self.plans = Plans(self, room)

    def want(self, clause: Clause, bits: Bits) -> None:
        """Let branches want this here."""
        self.here |= bits
        if clause.absent:
            self._missing |= bits
        for atom in clause.atoms:
            self._operands.add(atom, bits)

    def settle(self) -> None:
        """Work out what follows, once everything is wanted."""
        self.leaf_only = not self.below
        self.free = self.every & ~self.here
        self.classed = any(
            self.satisfied(truth) != self.satisfied(int(truth)) for truth in (False, True)
        )
        self.nothing_here = self.free | self._missing
        for layers in self.below.values():
            for field in layers:
                field.settle()
                self.nothing_below &= field.nothing

    @property
    def nothing(self) -> Bits:
        """Branches that are satisfied by there being nothing, here and below."""
        return self.nothing_here & self.nothing_below

    def satisfied(self, leaf: Any) -> Bits:
        """Branches that a leaf satisfies, right here."""
        return self.free | self._operands.of(leaf)

    def any_satisfied(self, leaves: Iterable[Any]) -> Bits:
        """Branches that any of these leaves satisfies, right here."""
        found, by_class = 0, self.by_class
        for leaf in leaves:
            kind = leaf.__class__
            found |= by_class[kind][leaf] if kind in LEAVES else self.satisfied(leaf)
        return found

    def plan(self, names: Shape) -> Plan:
        """Plan for an object that has these names of those below, and no others."""
        lacking, there = self.nothing_here, frozenset(names)
        for name, layers in self.below.items():
            if name not in there:
                for field in layers:
                    lacking &= field.nothing
        fields = [(name, field) for name in names for field in self.below[name]]
        fields.sort(key=lambda one: -one[1].here.bit_count())
        return Plan(
            lacking,
            tuple((name, one.values) for name, one in fields if one.leaf_only and not one.classed),
            tuple((name, one.by_class) for name, one in fields if one.leaf_only and one.classed),
            tuple((name, one) for name, one in fields if not one.leaf_only),
        )

    def learn(self, value: Mapping[str, Any]) -> bool:
        """See where an object has other things than leaves, and expect them; False if nowhere."""
        others = [
            field
            for name, layers in self.below.items()
            for field in layers
            if value.get(name).__class__ not in LEAVES
        ]
        for field in others:
            field.leaf_only = False
        self.plans.clear()
        return bool(others)
