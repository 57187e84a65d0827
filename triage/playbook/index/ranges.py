"""Numeric ranges, all at once: between two neighbouring bounds every number satisfies the same."""

from bisect import bisect_left
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from triage.playbook.index.bits import Bits
from triage.playbook.pattern.atom import Atom
from triage.playbook.pattern.numbers import comparable


@dataclass(slots=True)
class Ranges:
    """Which branches a number satisfies. `edges` are all bounds, in order."""

    wanted: dict[Atom, Bits] = field(default_factory=dict)
    edges: list[float] = field(default_factory=list)
    known: dict[tuple[int, bool], Bits] = field(default_factory=dict)
    """By the first bound that is not below the number, and whether the number is that bound."""

    def add(self, atom: Atom, bounds: Iterable[float], bits: Bits) -> None:
        """Let these branches want this range."""
        self.wanted[atom] = self.wanted.get(atom, 0) | bits
        for bound in bounds:
            at = bisect_left(self.edges, bound)
            if at == len(self.edges) or self.edges[at] != bound:
                self.edges.insert(at, bound)

    def of(self, leaf: Any) -> Bits:
        """Which branches a leaf satisfies."""
        number = comparable(leaf)
        if number is None:
            return 0
        at = bisect_left(self.edges, number)
        place = at, at < len(self.edges) and self.edges[at] == number
        if place not in self.known:
            self.known[place] = self._tried(number)
        return self.known[place]

    def _tried(self, number: float) -> Bits:
        found = 0
        for atom, bits in self.wanted.items():
            if atom.holds(number):
                found |= bits
        return found
