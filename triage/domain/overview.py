"""How the work stands at one moment, for whoever runs it. No decision reads it."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from triage.domain.evidence import Failure
from triage.domain.json import Record

ASKED = ("could not find out ", "could not confirm it at its source: ")
"""How an escalation's reason begins when an answer was unknown."""
INCONCLUSIVE = "inconclusive"
"""The look-up was made, and nothing could be concluded from it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Lease:
    """What one process holds of a kind, and until when at the latest."""

    owner: str
    kind: str
    count: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Spent:
    """Calls of one AWS API in one account and Region: used, refused and allowed in a minute."""

    api: str
    account: str
    region: str
    used: int
    refused: int
    allowed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Anchors:
    """How many events are anchored, since when, and the last head that left."""

    events: int = 0
    appended: datetime | None = None
    exported: int = 0
    exported_at: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """The whole of it. Counts of what waits stop at a bound; then they are that bound.

    `cases` by status; `unanswered` are open escalations of late by why an answer was unknown;
    `effects` and `timers` by state; `per_hour` events of the last hour by kind; `spent` is the last
    whole minute of every worker together, what is nearest to its limit first.
    """

    at: datetime
    due: int
    oldest_due: datetime | None
    cases: Mapping[str, int]
    unanswered: Mapping[str, int]
    effects: Mapping[str, int]
    timers: Mapping[str, int]
    leases: tuple[Lease, ...]
    anchors: Anchors
    per_hour: Mapping[str, int]
    spent: tuple[Spent, ...]


def unanswered(decided: Record | None) -> frozenset[str]:
    """Say why answers were unknown that a decision wanted: the failure of a look-up, mostly."""
    return frozenset(_whys(decided)) if decided else frozenset()


def _whys(decided: Record) -> Iterator[str]:
    for reason in decided.get("reasons", ()):
        if reason.startswith(ASKED):
            _, _, why = reason.partition(": ")
            named = (str(one) for one in Failure if why.startswith(f"the look-up was {one}"))
            yield next(named, INCONCLUSIVE)
