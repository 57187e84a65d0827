"""Looking for what never reached the queue: where, how far, and what came of it."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.json import Record


@dataclass(frozen=True, slots=True, kw_only=True, order=True)
class Lookout:
    """One source of findings in one account and Region."""

    source: str
    account: str
    region: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """What changed from `start` to `end`, both included."""

    start: datetime
    end: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """Some records of a window, as the source's API gives them; `cursor` is "" on the last one."""

    records: tuple[Record, ...]
    cursor: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Tally:
    """Of the records found, how many opened a case and how many told a known one something new."""

    found: int = 0
    new: int = 0
    updated: int = 0

    def plus(self, other: "Tally") -> "Tally":
        return Tally(
            found=self.found + other.found,
            new=self.new + other.new,
            updated=self.updated + other.updated,
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a lookout has come.

    Everything that changed before `reached` was submitted; None before the first cycle ended.
    `window` is under way, and goes on at `cursor`; `tally` counts it, `last` the cycle before and
    `total` all that ended. `problem` says why the last page told nothing, `failures` how often in a
    row.
    """

    lookout: Lookout
    due: datetime
    reached: datetime | None = None
    window: Window | None = None
    cursor: str = ""
    tally: Tally = field(default_factory=Tally)
    last: Tally = field(default_factory=Tally)
    total: Tally = field(default_factory=Tally)
    cycles: int = 0
    problem: str = ""
    failures: int = 0
