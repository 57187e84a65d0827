"""What recorded decisions came to under a set of playbooks, kept from one backtest to the next.

A decision is a function of the inputs that its event names by hash, of the playbooks and of the
code. So what one came to is kept under the hash of its event, in a memory that belongs to one set
of playbooks, one classifier and one state of the code. Kept are our own words and names of rules,
and by which hashes the inputs are stored: nothing of a ticket's text.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from triage.domain.decision import Priority
from triage.domain.json import Record, canonical, digest
from triage.stages.compare import Closing, Outcome

PARTS = ("evidence", "organisation", "signatures", "licences", "model")
"""Inputs of a decision that are read again to make it anew, besides what it was told."""


@dataclass(frozen=True, slots=True)
class Remembered:
    """What a decision came to, without its reasons, and the hashes of all it rests on."""

    outcome: Outcome
    rests_on: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Both:
    """What one decision came to on both sides."""

    before: Outcome
    after: Outcome
    rests_on: tuple[str, ...]


def resting_on(inputs: Record) -> tuple[str, ...]:
    """Hashes of all bytes that a decision is made again from."""
    told = (name for name, _ in inputs.get("tellings", ()))
    return (*told, *(inputs[name] for name in PARTS if name in inputs))


@dataclass(kw_only=True)
class Memory:
    """One side's; `grown` once something was learnt."""

    rows: dict[str, Remembered] = field(default_factory=dict)
    grown: bool = False

    def keep(self, name: str, outcome: Outcome, rests_on: tuple[str, ...]) -> None:
        """Remember what the decision of this event came to."""
        if name not in self.rows:
            self.rows[name] = Remembered(outcome, rests_on)
            self.grown = True

    def as_record(self) -> Record:
        """Write it as plain data, in which equal things stand once."""
        outcomes: dict[tuple[Any, ...], int] = {}
        names: dict[str, int] = {}
        rows = {
            event: [
                outcomes.setdefault(_written(row.outcome), len(outcomes)),
                *(names.setdefault(name, len(names)) for name in row.rests_on),
            ]
            for event, row in self.rows.items()
        }
        return {"outcomes": list(outcomes), "names": list(names), "rows": rows}

    @classmethod
    def from_record(cls, record: Record) -> "Memory":
        """Read it back; one that is not whole is empty."""
        try:
            return cls(rows=dict(_rows(record)))
        except (LookupError, TypeError, ValueError, AttributeError):
            return cls()


def _written(outcome: Outcome) -> tuple[Any, ...]:
    return (
        outcome.action,
        str(outcome.closing),
        str(outcome.priority) if outcome.priority else None,
        outcome.told,
        outcome.rule,
    )


def _rows(record: Record) -> Iterator[tuple[str, Remembered]]:
    if not record:
        return
    outcomes = [_read(*row) for row in record["outcomes"]]
    names = record["names"]
    for event, (outcome, *rests_on) in record["rows"].items():
        yield event, Remembered(outcomes[outcome], tuple([names[one] for one in rests_on]))


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
    """Those of both sides, for one part of a history; without any nothing is remembered."""

    base: Memory | None = None
    head: Memory | None = None

    def of(self, body: bytes) -> Both | None:
        """What the decision with these bytes came to on both sides, where both are known."""
        if self.base is None or self.head is None or not (self.base.rows and self.head.rows):
            return None
        name = digest(body)
        before, after = self.base.rows.get(name), self.head.rows.get(name)
        if before is None or after is None:
            return None
        return Both(before.outcome, after.outcome, before.rests_on)

    def keep(self, body: bytes, before: Outcome, after: Outcome, rests_on: tuple[str, ...]) -> None:
        """Remember what it came to."""
        if self.base is not None and self.head is not None:
            name = digest(body)
            self.base.keep(name, before, rests_on)
            self.head.keep(name, after, rests_on)


def side_name(playbooks: str, model: Mapping[str, Any] | None, code: str) -> str:
    """Name the memory of one side: its set of playbooks by digest, its classifier, the code."""
    return digest(canonical([playbooks, model, code]))
