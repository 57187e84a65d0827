"""Which clause of each branch is looked up first.

Every branch is found by one clause: the one that holds least often. Each further slot costs every
event a look-up, so a slot that few branches chose is given up again when they can be found almost
as well by slots that are there anyway.
"""

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass

from triage.playbook.index.likelihood import Likelihood
from triage.playbook.index.slots import Key, Slot, is_whole, slots_of
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.leaves import Names

CANDIDATE_COST = 3.0
"""What it costs to look at a branch in vain, in look-ups of a slot."""
KEYS_MAX = 128
"""A clause with more alternatives is not looked up by them: each would be filed."""


@dataclass(frozen=True, slots=True)
class Entry:
    """A branch of pattern `number`, as far as it is still open.

    `clauses` are to be decided; those in `narrowed` were looked up by a part of their operand,
    and only their tests are left to make.
    """

    number: int
    clauses: tuple[Clause, ...]
    narrowed: tuple[Clause, ...] = ()

    def without(self, clause: Clause, *, whole: bool) -> "Entry":
        """What is left once a clause was looked up."""
        rest = tuple(one for one in self.clauses if one != clause)
        return Entry(self.number, rest, self.narrowed if whole else (*self.narrowed, clause))


@dataclass(frozen=True, slots=True)
class Anchor:
    """A clause, where it is filed (each key with whether it says all), how often it holds."""

    clause: Clause
    filed: tuple[tuple[Slot, Key, bool], ...]
    likely: float

    @property
    def slots(self) -> frozenset[Slot]:
        return frozenset(slot for slot, _, _ in self.filed)


def anchors(clause: Clause, likelihood: Likelihood) -> Iterator[Anchor]:
    """File a clause, at coarser and coarser sizes.

    Nothing is given when one of its alternatives cannot be looked up, or when they are many.
    """
    places = [
        (slots_of(clause.path, one), atom.whole, one)
        for atom in clause.atoms
        for one in atom.sought
    ]
    if len(places) > KEYS_MAX or any(not atom.sought for atom in clause.atoms):
        return
    for level in range(max(len(slots) for slots, _, _ in places)):
        filed = [(*slots[min(level, len(slots) - 1)], whole, one) for slots, whole, one in places]
        chance = sum(likelihood.shares[slot, key] for slot, key, _, _ in filed)
        keys = tuple((slot, key, whole or is_whole(slot, one)) for slot, key, whole, one in filed)
        yield Anchor(clause, keys, min(1.0, chance))


def choose(entries: Sequence[Entry], likelihood: Likelihood) -> list[Anchor | None]:
    """Choose an anchor for every entry; None for those that have none."""
    found = [
        [one for clause in entry.clauses for one in anchors(clause, likelihood)]
        for entry in entries
    ]
    common = Counter(slot for every in found for one in every for slot in one.slots)
    options = [sorted(every, key=lambda one: _preference(one, common)) for every in found]
    chosen = [found[0] if found else None for found in options]
    used = Counter(slot for one in chosen if one for slot in one.slots)
    for slot, _ in sorted(used.items(), key=lambda pair: (pair[1], repr(pair[0]))):
        moves = _moves(slot, chosen, options, used)
        if moves is not None:
            for at, new in moves.items():
                old = chosen[at]
                used.subtract(old.slots if old else ())
                used.update(new.slots)
                chosen[at] = new
    return chosen


def _preference(one: Anchor, common: Mapping[Slot, int]) -> tuple[float, int, int, Names]:
    """The rarest first; among equals the slot that others have too, then by name."""
    # By name at last, so that the same rules always give the same tree.
    shared = min(common[slot] for slot in one.slots)
    return round(one.likely, 2), -shared, len(one.filed), one.clause.path


def _moves(
    slot: Slot,
    chosen: Sequence[Anchor | None],
    options: Sequence[Iterable[Anchor]],
    used: Counter[Slot],
) -> dict[int, Anchor] | None:
    """Where else the branches of a slot could go, if that costs less than the slot does."""
    moves: dict[int, Anchor] = {}
    cost = 0.0
    for at, old in enumerate(chosen):
        if old is None or slot not in old.slots:
            continue
        new = next((one for one in options[at] if _there(one, slot, used)), None)
        if new is None:
            return None
        cost += (new.likely - old.likely) * CANDIDATE_COST
        if cost > 1.0:
            return None
        moves[at] = new
    return moves


def _there(one: Anchor, slot: Slot, used: Counter[Slot]) -> bool:
    return slot not in one.slots and all(used[other] > 0 for other in one.slots)
