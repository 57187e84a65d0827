"""What patterns want of one field, laid out so that a leaf is held against all of it at once.

Each operator has its way to be found: a value, a prefix of each length and a network of each size
are looked up, a range by the interval that a number is in, and `anything-but` by what it refuses.
Only what nothing leads to, such as `*inside*`, is tried by itself, once however many want it.
"""

from collections.abc import Callable, Hashable, Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from triage.playbook.index.bits import Bits
from triage.playbook.index.ranges import Ranges
from triage.playbook.pattern.addresses import WIDTHS, address, bounds, start
from triage.playbook.pattern.atom import Atom, Kind, Sought
from triage.playbook.pattern.numbers import key

Size = int
Place = tuple[Kind, Size]


def _network(leaf: str, bits: Size) -> Hashable:
    found = address(leaf)
    return None if found is None or bits > WIDTHS[found[0]] else start(found, bits)


DERIVED: Mapping[Kind, Callable[[str, Size], Hashable]] = MappingProxyType(
    {
        Kind.LOWER: lambda leaf, _: leaf.lower(),
        Kind.PREFIX: lambda leaf, size: leaf[:size],
        Kind.PREFIX_LOWER: lambda leaf, size: leaf.lower()[:size],
        Kind.SUFFIX: lambda leaf, size: leaf[-size:],
        Kind.SUFFIX_LOWER: lambda leaf, size: leaf.lower()[-size:],
        Kind.NETWORK: _network,
    }
)
"""What of a text is looked up; the size is in characters, or in bits of an address."""


@dataclass(slots=True)
class Found:
    """Branches that what was found satisfies, and those that it only leads to, by their test."""

    bits: Bits = 0
    tests: dict[Atom, Bits] = field(default_factory=dict)

    def of(self, leaf: Any) -> Bits:
        """Which branches a leaf satisfies that led here."""
        found = self.bits
        for atom, bits in self.tests.items():
            if atom.holds(leaf):
                found |= bits
        return found


@dataclass(slots=True)
class Operands:
    """Which branches a leaf satisfies."""

    exact: dict[Hashable, Bits] = field(default_factory=dict)
    derived: dict[Place, dict[Hashable, Found]] = field(default_factory=dict)
    ranges: Ranges = field(default_factory=Ranges)
    others: Found = field(default_factory=Found)
    refusing: Bits = 0
    refused: "Operands | None" = None

    def add(self, atom: Atom, bits: Bits) -> None:
        """Let these branches want this of the field."""
        if atom.ranged:
            self.ranges.add(atom, atom.ranged, bits)
        elif atom.refused and not self.refusing & bits:
            self._refuse(atom.refused, bits)
        elif atom.sought:
            for one in atom.sought:
                self._seek(atom, one, bits)
        else:
            # Of two anything-buts of one field one has to hold, not both: so the second is here.
            self.others.tests[atom] = self.others.tests.get(atom, 0) | bits

    def of(self, leaf: Any) -> Bits:
        """Which branches a leaf satisfies: a string, a number, true, false or null."""
        found = self.exact.get(key(leaf), 0)
        if self.others.tests:
            found |= self.others.of(leaf)
        if isinstance(leaf, str):
            found |= self._of_text(leaf)
        elif self.ranges.edges:
            found |= self.ranges.of(leaf)
        if self.refused is not None:
            found |= self.refusing & ~self.refused.of(leaf)
        return found

    def _of_text(self, leaf: str) -> Bits:
        found = 0
        for (kind, size), table in self.derived.items():
            led = table.get(DERIVED[kind](leaf, size))
            if led is not None:
                found |= led.of(leaf) if led.tests else led.bits
        return found

    def _refuse(self, atoms: Iterable[Atom], bits: Bits) -> None:
        self.refusing |= bits
        if self.refused is None:
            self.refused = Operands()
        for atom in atoms:
            self.refused.add(atom, bits)

    def _seek(self, atom: Atom, sought: Sought, bits: Bits) -> None:
        if sought.kind is Kind.EXACT:
            self.exact[sought.what] = self.exact.get(sought.what, 0) | bits
            return
        place, what = _place(sought)
        found = self.derived.setdefault(place, {}).setdefault(what, Found())
        if atom.whole:
            found.bits |= bits
        else:
            found.tests[atom] = found.tests.get(atom, 0) | bits


def _place(sought: Sought) -> tuple[Place, Hashable]:
    what: Any = sought.what
    if sought.kind is Kind.NETWORK:
        return (sought.kind, what.prefixlen), start(bounds(what)[0], what.prefixlen)
    return (sought.kind, 0 if sought.kind is Kind.LOWER else len(what)), what
