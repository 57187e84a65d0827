"""What recorded decisions came to under a set of playbooks, kept from one backtest to the next.

A decision is a function of the inputs that its event names by hash, of the playbooks and of the
code. So what one came to is kept under the hash of its event in the chain of its case, in a memory
that belongs to one set of playbooks, one classifier and one state of the code. Kept are our own
words and names of rules, and by which hashes the inputs are stored: nothing of a ticket's text.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any, NamedTuple

import orjson

from triage.domain.decision import Priority
from triage.domain.json import Record, canonical, digest
from triage.ports.history import History
from triage.stages.compare import Closing, Flip, Outcome, compare

PARTS = ("evidence", "organisation", "signatures", "licences", "model")
"""Inputs of a decision that are read again to make it anew, besides what it was told."""

OUTCOMES_MAX = 16384
"""Outcomes that are kept read; a set of playbooks that has more is only slower."""

Row = tuple[str, str, str | None, str, str]
"""An outcome as it is written: action, closing, priority, all of it in one line, rule."""
WORDS = 5
CLOSINGS = frozenset(map(str, Closing))
PRIORITIES = frozenset({None, *map(str, Priority)})


class Both(NamedTuple):
    """What one decision came to on both sides, and how they differ."""

    before: Outcome
    after: Outcome
    flip: Flip | None

    @classmethod
    def of(cls, before: Outcome, after: Outcome) -> "Both":
        # Equal ones that were remembered are mostly one object.
        return cls(before, after, None if before is after else compare(before, after))


def resting_on(inputs: Record) -> tuple[str, ...]:
    """Hashes of all bytes that a decision is made again from."""
    told = (name for name, _ in inputs.get("tellings", ()))
    return (*told, *(inputs[name] for name in PARTS if name in inputs))


@dataclass(frozen=True, slots=True, kw_only=True)
class Memory:
    """One side's. Each event came to one of the `outcomes`, meant by its number.

    What the events rest on stays as it is written (JSON, see `as_record`) until somebody asks, and
    so does an outcome. What was `learnt` is known the next time.
    """

    outcomes: Sequence[Row] = ()
    events: Sequence[str] = ()
    came_to: dict[str, int] = field(default_factory=dict)
    names: str = "[]"
    rests_on: str = "[]"
    learnt: dict[str, tuple[Outcome, tuple[str, ...]]] = field(default_factory=dict)

    def of(self, event: str) -> Outcome | None:
        """What the decision came to, but not its reasons."""
        number = self.came_to.get(event)
        return None if number is None else _read(*self.outcomes[number])

    def stored_in(self, history: History) -> None:
        """Forget whatever rests on bytes that are stored no more, so that it is missed."""
        names = orjson.loads(self.names)
        if gone := history.gone(names):
            lost = {number for number, name in enumerate(names) if name in gone}
            for event in [one for one, row in self._rows().items() if not lost.isdisjoint(row)]:
                del self.came_to[event]

    def _rows(self) -> Mapping[str, Sequence[int]]:
        return dict(zip(self.events, orjson.loads(self.rests_on), strict=True))

    def as_record(self) -> Record:
        """Write it as plain data, in which outcomes and names stand once.

        What each event came to is in columns and what it rests on a text, so that a row takes next
        to nothing to read.
        """
        outcomes = {tuple(row): number for number, row in enumerate(self.outcomes)}
        names = {name: number for number, name in enumerate(orjson.loads(self.names))}
        came_to, rows = dict(self.came_to), dict(self._rows())
        for event, (outcome, parts) in self.learnt.items():
            came_to[event] = outcomes.setdefault(_written(outcome), len(outcomes))
            rows[event] = [names.setdefault(name, len(names)) for name in parts]
        return {
            "outcomes": list(outcomes),
            "events": list(came_to),
            "came_to": list(came_to.values()),
            "names": orjson.dumps(list(names)).decode(),
            "rests_on": orjson.dumps([rows[one] for one in came_to]).decode(),
        }

    @classmethod
    def from_record(cls, record: Record) -> "Memory":
        """Read it back; one that is not whole is empty."""
        try:
            return _whole(record) if record else cls()
        except (LookupError, TypeError, ValueError):
            return cls()


def _written(outcome: Outcome) -> Row:
    return (
        outcome.action,
        str(outcome.closing),
        str(outcome.priority) if outcome.priority else None,
        outcome.told,
        outcome.rule,
    )


def _whole(record: Record) -> Memory:
    outcomes, events, came_to = record["outcomes"], record["events"], record["came_to"]
    if not (all(map(_is_row, outcomes)) and set(came_to) <= set(range(len(outcomes)))):
        raise ValueError("it came to something that is no outcome")
    return Memory(
        outcomes=outcomes,
        events=events,
        came_to=dict(zip(events, came_to, strict=True)),
        names=record["names"],
        rests_on=record["rests_on"],
    )


def _is_row(row: Sequence[Any]) -> bool:
    return len(row) == WORDS and row[1] in CLOSINGS and row[2] in PRIORITIES


@lru_cache(maxsize=OUTCOMES_MAX)
def _read(action: str, closing: str, priority: str | None, told: str, rule: str) -> Outcome:
    return Outcome(
        action=action,
        closing=Closing(closing),
        priority=Priority(priority) if priority else None,
        told=told,
        rule=rule,
        because="",
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class Memories:
    """Those of both sides, for one part of a history."""

    base: Memory
    head: Memory

    @property
    def sides(self) -> tuple[Memory, Memory]:
        return self.base, self.head

    def of(self, event: str) -> Both | None:
        """What the decision came to on both sides, where both are known."""
        before, after = self.base.of(event), self.head.of(event)
        return None if before is None or after is None else Both.of(before, after)

    def keep(self, event: str, both: Both, rests_on: Collection[str]) -> None:
        """Remember what it came to."""
        for memory, outcome in ((self.base, both.before), (self.head, both.after)):
            if event not in memory.came_to:
                memory.learnt[event] = outcome, tuple(rests_on)


def side_name(playbooks: str, model: Mapping[str, Any] | None, code: str) -> str:
    """Name the memory of one side: its set of playbooks by digest, its classifier, the code."""
    return digest(canonical([playbooks, model, code]))
