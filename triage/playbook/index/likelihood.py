"""How likely a clause holds of the next event: estimated from the rules, refined from traffic.

Nobody writes a rule for what never comes, so a value is taken to be as common in events as it is in
rules. Events that were seen say more, where there are any. It decides what is looked at first, and
never what matches.
"""

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from itertools import islice
from typing import Any

from triage.playbook.index.slots import Key, Slot, slots_of
from triage.playbook.pattern.clause import Clause
from triage.playbook.pattern.leaves import leaf

UNSEEN = 2
"""What no rule names takes part as well, with the weight of so many rules."""
EVENTS_MAX = 1000
"""Events looked at, at most."""


@dataclass(frozen=True, slots=True)
class Likelihood:
    """Shares between 0 and 1, by slot and key."""

    shares: Mapping[tuple[Slot, Key], float]

    def of(self, clause: Clause) -> float:
        """Give the chance that a clause holds; the alternatives' chances add up, to one at most."""
        chances = (
            sum(self.shares[slots_of(clause.path, one)[0]] for one in atom.sought)
            if atom.sought
            else atom.likely
            for atom in clause.atoms
        )
        return min(1.0, sum(chances))


def likelihood(clauses: Iterable[Clause], traffic: Iterable[Any] = ()) -> Likelihood:
    """Count what rules name and, where there is traffic, what events have."""
    named: Counter[tuple[Slot, Key]] = Counter()
    for clause in clauses:
        for atom in clause.atoms:
            for one in atom.sought:
                named.update(slots_of(clause.path, one))
    totals: Counter[Slot] = Counter()
    for (slot, _), count in named.items():
        totals[slot] += count
    shares = {pair: count / (totals[pair[0]] + UNSEEN) for pair, count in named.items()}
    events = list(islice(traffic, EVENTS_MAX))
    return Likelihood(shares | _seen(shares, totals, events) if events else shares)


def _seen(
    shares: Mapping[tuple[Slot, Key], float], slots: Iterable[Slot], events: list[Any]
) -> dict[tuple[Slot, Key], float]:
    """Weigh what was counted with the estimate, which counts as one event."""
    seen: Counter[tuple[Slot, Key]] = Counter()
    for slot in slots:
        for event in events:
            seen.update((slot, one) for one in slot.keys(leaf(event, slot.path)))
    return {pair: (seen[pair] + share) / (len(events) + 1) for pair, share in shares.items()}
