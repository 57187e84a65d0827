"""The daily inventory of everything that can silence us.

A difference against the last one that nobody signed is a tampering ticket, submitted before the new
list is remembered: after a crash in between it is told again, and is the same case. A list that
cannot be read is unknown: what was remembered stays, and when it stays so people are told.
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta

from triage.domain.evidence import Failed
from triage.domain.inventory import Difference, Items
from triage.domain.lookout import Lookout, Page, Progress, Tally
from triage.domain.person import Signature
from triage.engine.turns import Turns
from triage.ports.clock import Clock
from triage.ports.metrics import Metrics
from triage.ports.queue import Queue
from triage.ports.silencers import Inventories, Silencers
from triage.ports.watermarks import Watermarks
from triage.stages import alarm
from triage.stages.inventory import differences, signed_by
from triage.stages.reconcile import Pace, failed, went_on

SOURCE = "inventory"
FAILURES_TOLD = 3
"""In a row; the retries in between get longer and longer."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventorist:
    """Lists what can silence us and compares. `owner` names this process in leases."""

    silencers: Silencers
    inventories: Inventories
    watermarks: Watermarks
    queue: Queue
    metrics: Metrics
    clock: Clock
    owner: str
    lookouts: Callable[[], Sequence[Lookout]]
    signatures: Callable[[], Sequence[Signature]]
    pace: Pace
    lists_at_once: int = 4
    list_seconds: float = 120.0
    lease_seconds: float = 300.0

    def step(self) -> int:
        """Go through the lists that are due; return how many had their turn."""
        among = self.lookouts()
        self.watermarks.ensure(among, due=self.clock.now())
        return len(self._turns.take(among, self._turn))

    @property
    def _turns(self) -> Turns:
        return Turns(
            watermarks=self.watermarks,
            clock=self.clock,
            owner=self.owner,
            at_once=self.lists_at_once,
            lease_seconds=self.lease_seconds,
            part=SOURCE,
        )

    def compare(self, lookout: Lookout) -> Sequence[Difference] | Failed:
        """What is different right now; nothing is remembered and nobody is told."""
        items = self._items(lookout)
        if isinstance(items, Failed):
            return items
        return differences(self.inventories.seen(lookout), lookout, items)

    def _items(self, lookout: Lookout) -> Items | Failed:
        deadline = self.clock.now() + timedelta(seconds=self.list_seconds)
        return self.silencers.items(lookout, deadline=deadline)

    def _turn(self, progress: Progress) -> None:
        items = self._items(progress.lookout)
        after = (
            self._unread(progress, items)
            if isinstance(items, Failed)
            else self._read(progress, items)
        )
        self.watermarks.keep(after, owner=self.owner)

    def _unread(self, progress: Progress, failure: Failed) -> Progress:
        now, lookout = self.clock.now(), progress.lookout
        self.metrics.reconciled(SOURCE, "failed", 1)
        after = failed(progress, failure, now, self.pace)
        before = self.inventories.seen(lookout)
        if before is not None and after.failures == FAILURES_TOLD:
            self.queue.submit([alarm.blindness(lookout, failure, before.listed, now)])
        return after

    def _read(self, progress: Progress, items: Items) -> Progress:
        now, lookout = self.clock.now(), progress.lookout
        found = differences(self.inventories.seen(lookout), lookout, items)
        unsigned = [one for one in found if signed_by(one, self.signatures(), now) is None]
        self.queue.submit([alarm.tampering(one, now) for one in unsigned])
        self.inventories.keep(lookout, items, now)
        self.metrics.reconciled(SOURCE, "unsigned", len(unsigned))
        self.metrics.reconciled(SOURCE, "signed", len(found) - len(unsigned))
        tally = Tally(found=len(items), new=len(unsigned), updated=len(found) - len(unsigned))
        ended = went_on(progress, Page(records=()), tally, now, self.pace)
        return replace(ended, reached=now)
