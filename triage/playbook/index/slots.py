"""Where an index looks: a field, or something made of it that many operands can be keyed by.

A prefix, a suffix and a network become virtual fields: the first or last characters of a field, or
the first bits of its address, at a few sizes only, so that look-ups number the sizes and not the
operands.
"""

from collections.abc import Callable, Hashable, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from triage.playbook.pattern.addresses import address, bounds, start
from triage.playbook.pattern.atom import Kind, Sought
from triage.playbook.pattern.leaves import MISSING, Names
from triage.playbook.pattern.numbers import NOTHING, key

CHARACTERS = (1, 4, 12, 24)
BITS: Mapping[int, tuple[int, ...]] = MappingProxyType({4: (0, 8, 16, 24), 6: (0, 16, 32, 48, 64)})
Key = Hashable


@dataclass(frozen=True, slots=True)
class Slot:
    """One table's field. `size` is in characters or bits, 0 where the whole value counts."""

    path: Names
    kind: Kind
    size: int = 0

    def keys(self, found: Any) -> tuple[Key, ...]:
        """Give what to look up for a leaf, for several, or for MISSING; each key once."""
        derive = DERIVED[self.kind]
        if isinstance(found, list):
            return tuple({derive(one, self.size): None for one in found})
        return () if found is MISSING else (derive(found, self.size),)


def slots_of(path: Names, sought: Sought) -> list[tuple[Slot, Key]]:
    """Give the slots under which an operand may be filed, and its keys there; best first."""
    kind, what = sought.kind, sought.what
    if kind is Kind.NETWORK:
        return _network_slots(path, what)
    if not isinstance(what, str) or kind in {Kind.EXACT, Kind.LOWER}:
        return [(Slot(path, kind), what)]
    sizes = [one for one in reversed(CHARACTERS) if one <= len(what)]
    return [(Slot(path, kind, size), DERIVED[kind](what, size)) for size in sizes]


def _network_slots(path: Names, block: Any) -> list[tuple[Slot, Key]]:
    # The version is in the key, so that both share a slot of the same number of bits.
    first, _ = bounds(block)
    sizes = [one for one in reversed(BITS[block.version]) if one <= block.prefixlen]
    return [(Slot(path, Kind.NETWORK, bits), start(first, bits)) for bits in sizes]


def is_whole(slot: Slot, sought: Sought) -> bool:
    """Tell whether the key says as much as the operand."""
    what = sought.what
    return isinstance(what, str) and slot.size == len(what)


def _lower(leaf: Any, _size: int) -> Key:
    return leaf.lower() if isinstance(leaf, str) else NOTHING


def _first(leaf: Any, size: int) -> Key:
    return leaf[:size] if isinstance(leaf, str) else NOTHING


def _first_lower(leaf: Any, size: int) -> Key:
    return leaf.lower()[:size] if isinstance(leaf, str) else NOTHING


def _last(leaf: Any, size: int) -> Key:
    return leaf[-size:] if isinstance(leaf, str) else NOTHING


def _last_lower(leaf: Any, size: int) -> Key:
    return leaf.lower()[-size:] if isinstance(leaf, str) else NOTHING


def _network(leaf: Any, size: int) -> Key:
    found = address(leaf)
    return NOTHING if found is None else start(found, size)


def _whole(leaf: Any, _size: int) -> Key:
    return key(leaf)


DERIVED: Mapping[Kind, Callable[[Any, int], Key]] = MappingProxyType(
    {
        Kind.EXACT: _whole,
        Kind.LOWER: _lower,
        Kind.PREFIX: _first,
        Kind.PREFIX_LOWER: _first_lower,
        Kind.SUFFIX: _last,
        Kind.SUFFIX_LOWER: _last_lower,
        Kind.NETWORK: _network,
    }
)
