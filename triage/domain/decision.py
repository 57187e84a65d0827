"""Close, Resolve or Escalate, and why."""

from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from triage.domain.verdict import Verdict


class Priority(StrEnum):
    """How soon a person should look."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    CRITICAL = "critical"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS: Final = {priority: rank for rank, priority in enumerate(Priority)}


class Ground(StrEnum):
    """What a close rests on. There is no fourth."""

    PROOF = "proof"
    SIGNATURE = "signature"
    LICENCE = "licence"


class Level(StrEnum):
    """How far a rule may go; the order is the order of trust."""

    SHADOW = "shadow"
    SUGGEST = "suggest"
    AUTO = "auto"

    @property
    def rank(self) -> int:
        return list(Level).index(self)


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """A fix somebody could apply: its name in the catalogue and its parameters."""

    fix: str
    parameters: tuple[tuple[str, str], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Close:
    """Closed without a person, on a ground that can be shown: `signature` names the one it used."""

    verdict: Verdict
    ground: Ground
    rule: str
    reasons: tuple[str, ...]
    signature: str | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Resolve:
    """To be repaired by these fixes, in their order.

    `contains` says why a person gets the case as well; None where the repair ends it. `priority`
    is that person's. `asks` is whether the playbook wants somebody to agree first, `per_hour` how
    often its rule may repair.
    """

    fixes: tuple[Suggestion, ...]
    rule: str
    reasons: tuple[str, ...]
    priority: Priority
    contains: str | None = None
    asks: bool = False
    per_hour: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Escalate:
    """To a person. `would` is what a rule below its level would have done by itself.

    `signature` names the one by which it is no more urgent than this, as an exercise's.
    """

    priority: Priority
    reasons: tuple[str, ...]
    rule: str | None = None
    suggestions: tuple[Suggestion, ...] = ()
    would: str | None = None
    signature: str | None = None


Decision = Close | Resolve | Escalate
