"""Counting the accounts: an hourly snapshot of AWS Organizations, merged into the rules.

A failed one changes nothing: the last good snapshot stays, its age is told, and once it is too
old, accounts known only from it count as production.
"""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.account import Organisation
from triage.domain.evidence import Failed
from triage.domain.snapshot import Snapshot
from triage.engine.rulebook import Rulebook
from triage.ports.clock import Clock
from triage.ports.metrics import Metrics
from triage.ports.organisation_source import OrganisationSource, SnapshotKeep
from triage.stages.organise import Terms, organise

PART = "organisation"
STEP = timedelta(seconds=5)
"""How long one step may ask; a big organisation takes many steps."""
RETRY = timedelta(minutes=5)
"""How long after a failure, unless the interval is shorter."""
Survey = Iterator[Snapshot | Failed | None]


@dataclass(kw_only=True)
class Census:
    """Keeps the organisation map of a rulebook up to date; `step` is a worker's upkeep."""

    written: Organisation
    source: OrganisationSource
    keep: SnapshotKeep
    rulebook: Rulebook
    clock: Clock
    metrics: Metrics
    terms: Terms
    interval: timedelta
    last: Snapshot | None = None
    problem: str = ""
    _survey: Survey | None = field(default=None, init=False)
    _next: datetime | None = field(default=None, init=False)
    _in_force: tuple[Snapshot | None, bool] | None = field(default=None, init=False)

    def start(self) -> None:
        """Put in force what was kept before a restart."""
        self.last = self.keep.load()
        self._reorganise()
        if self.last is not None and self.last.age(self.clock.now()) >= timedelta(0):
            self._next = self.last.as_of + self.interval

    def step(self) -> int:
        """Ask a little, if it is time to; say how many requests were made."""
        now = self.clock.now()
        if self._survey is None:
            self._reorganise()  # it may have become too old meanwhile
            if self._next is not None and now < self._next:
                return 0
            self._survey = self.source.ask()
        return self._ask(self._survey, until=now + STEP)

    def _ask(self, survey: Survey, until: datetime) -> int:
        made = 0
        for answer in survey:
            made += 1
            if answer is not None:
                self._end(answer)
                break
            if self.clock.now() >= until:
                break
        return made

    def _end(self, answer: Snapshot | Failed) -> None:
        self._survey = None
        match answer:
            case Snapshot():
                self._next = answer.as_of + self.interval
                self.last, self.problem = answer, ""
                self._reorganise()
                self.keep.keep(answer)
            case Failed():
                self._next = self.clock.now() + min(RETRY, self.interval)
                self.problem = f"{answer.failure} ({answer.detail})"
                self.metrics.failed(PART)

    def _reorganise(self) -> None:
        """Merge again when there is another snapshot, or the last one stopped being believed."""
        now = self.clock.now()
        state = (self.last, self.last is not None and self.last.holds(now, self.terms.age_max))
        if state != self._in_force:
            self.rulebook.reorganise(organise(self.written, self.last, self.terms, now))
            self._in_force = state

    def report(self) -> None:
        """Tell the metrics how old the last snapshot is."""
        if self.last is not None:
            age = self.last.age(self.clock.now()).total_seconds()
            self.metrics.organisation(accounts=len(self.last.members), age_seconds=age)

    def note(self) -> str:
        """Say how old the last snapshot is, and why the last attempt failed."""
        failed = f"; asking again was {self.problem}" if self.problem else ""
        return told_age(self.last, self.clock.now()) + failed

    def too_old(self) -> str:
        """Say what decisions lack when there is no snapshot to be believed; "" when there is."""
        if self.last is None:
            return f"no snapshot yet: {self.problem}" if self.problem else ""
        if self.last.holds(self.clock.now(), self.terms.age_max):
            return ""
        return f"{self.note()}: accounts known only from it count as production"


def told_age(snapshot: Snapshot | None, now: datetime) -> str:
    """Write the age of a snapshot in a sentence."""
    if snapshot is None:
        return "no snapshot of AWS Organizations yet"
    minutes = snapshot.age(now).total_seconds() / 60
    moment = snapshot.as_of.isoformat(timespec="seconds")
    return f"{len(snapshot.members)} accounts as of {moment}, {minutes:.0f} min ago"
