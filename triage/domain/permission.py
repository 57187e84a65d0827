"""What a licence allows right now, as a decision rests on it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from triage.domain.account import Tier
from triage.domain.decision import Level

Likeness = tuple[str, ...]


def licence_key(rule: str, tier: Tier | str) -> str:
    """Name the licence of a rule, by its meaning, in a tier."""
    return f"{rule} {tier}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """How far a rule may go in a tier, and for which tickets.

    It covers scores below `below`, until `until` (exclusive), and tickets that are like `known`
    ones; None is no bound. Closes count from `since` on when the rate of samples is chosen.
    """

    level: Level = Level.SHADOW
    below: float | None = None
    until: datetime | None = None
    known: frozenset[Likeness] | None = None
    since: datetime | None = None

    def why_not(self, score: float, likeness: Likeness, now: datetime) -> str | None:
        """Say why a ticket may not close by it; None when it may."""
        if self.level is not Level.AUTO:
            return f"the rule's licence is {self.level}, not {Level.AUTO}"
        if self.until is not None and now >= self.until:
            return f"the rule's licence ended on {self.until:%Y-%m-%d}"
        if self.known is not None and likeness not in self.known:
            return "nothing like it was seen while the rule's licence was earned"
        if self.below is not None and not score < self.below:
            return f"its score {score:.3f} is not below {self.below:.3f}, as the licence demands"
        return None

    def as_record(self) -> dict[str, Any]:
        """Write it; the same permission is the same bytes."""
        return {
            "level": self.level,
            "below": self.below,
            "until": self.until and self.until.isoformat(),
            "known": None if self.known is None else sorted(map(list, self.known)),
            "since": self.since and self.since.isoformat(),
        }

    @classmethod
    def from_record(cls, record: Any) -> "Permission":
        """Read it back, equal; decisions from before there were bounds kept the level alone."""
        if isinstance(record, str):
            return cls(level=Level(record))
        known = record["known"]
        return cls(
            level=Level(record["level"]),
            below=record["below"],
            until=_moment(record["until"]),
            known=None if known is None else frozenset(tuple(one) for one in known),
            since=_moment(record["since"]),
        )


def _moment(text: str | None) -> datetime | None:
    return None if text is None else datetime.fromisoformat(text)
