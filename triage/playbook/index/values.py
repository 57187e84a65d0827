"""Which branches a leaf satisfies, as far as it was asked before."""

from collections.abc import Callable
from typing import Any, Final

from typing_extensions import override

from triage.playbook.index.bits import Bits
from triage.playbook.index.room import Room

LEAVES: Final[frozenset[type]] = frozenset({str, int, float, bool, type(None)})
"""Classes of what a parser of JSON gives for a leaf."""


class Values(dict[Any, Bits]):
    """Looked up with `values[leaf]`. What is no leaf, an object or an array, raises TypeError."""

    __slots__ = ("_room", "_same", "_satisfied")

    def __init__(self, satisfied: Callable[[Any], Bits], room: Room) -> None:
        super().__init__()
        self._satisfied = satisfied
        self._room = room
        self._same: dict[Bits, Bits] = {}
        """Many values satisfy the same branches, and one number serves them all."""
        room.share(self)

    def __missing__(self, leaf: Any) -> Bits:
        kind = leaf.__class__
        if kind not in LEAVES:
            message = f"{kind.__name__} is no leaf"
            raise TypeError(message)
        bits = self._satisfied(leaf)
        if self._room.admits(len(leaf) if kind is str else 1):
            bits = self[leaf] = self._same.setdefault(bits, bits)
        return bits

    @override
    def clear(self) -> None:
        """Forget what was asked."""
        super().clear()
        self._same.clear()


class ByClass(dict[type, Values]):
    """Values of a field where true and 1 are not the same, which they are to Python.

    Looked up with `by_class[leaf.__class__][leaf]`.
    """

    __slots__ = ()

    def __init__(self, satisfied: Callable[[Any], Bits], room: Room) -> None:
        others = Values(satisfied, room)
        super().__init__(dict.fromkeys(LEAVES, others))
        self[bool] = Values(satisfied, room)

    def __missing__(self, kind: type) -> Values:
        message = f"{kind.__name__} is no leaf"
        raise TypeError(message)
