"""Reconcile: what never reached the queue is looked for, page by page, and goes the same way in.

A step takes the lookouts that are due, asks each for one page, submits what the store does not have
yet and writes down how far it came, in that order: after a crash in between a page is read again,
and what was submitted twice is one case. A lookout that goes on is due again behind those that
waited, so that no account keeps the others from their turn.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.case import Case, case_id
from triage.domain.errors import NoSuchCase
from triage.domain.evidence import Failed
from triage.domain.json import Record, canonical
from triage.domain.lookout import Lookout, Progress, Tally
from triage.domain.message import Message, Reception
from triage.domain.ticket import CanonicalKey, Ticket
from triage.engine.turns import Turns
from triage.ports.case_store import CaseStore
from triage.ports.clock import Clock
from triage.ports.findings_source import FindingsSource
from triage.ports.metrics import Metrics
from triage.ports.queue import Queue
from triage.ports.watermarks import Watermarks
from triage.stages.dedup import admit
from triage.stages.normalise import normalise
from triage.stages.reconcile import Pace, begun, failed, went_on

NEW, UPDATED, UNREADABLE, KNOWN = "new", "updated", "unreadable", "known"
KINDS = (NEW, UPDATED, UNREADABLE, KNOWN)


@dataclass(frozen=True, slots=True, kw_only=True)
class Reconciler:
    """Looks for findings that nobody told us of. `owner` names this process in leases.

    `lookouts` says where, each time anew; `paces` how often, by source.
    """

    source: FindingsSource
    watermarks: Watermarks
    queue: Queue
    cases: CaseStore
    metrics: Metrics
    clock: Clock
    owner: str
    lookouts: Callable[[], Sequence[Lookout]]
    paces: Mapping[str, Pace] = field(default_factory=dict)
    lookouts_at_once: int = 4
    page_seconds: float = 60.0
    lease_seconds: float = 300.0

    def step(self) -> int:
        """Read one page of each lookout that is due; return how many had their turn."""
        among = self.lookouts()
        self.watermarks.ensure(among, due=self.clock.now())
        return len(self._turns.take(among, self._turn))

    @property
    def _turns(self) -> Turns:
        return Turns(
            watermarks=self.watermarks,
            clock=self.clock,
            owner=self.owner,
            at_once=self.lookouts_at_once,
            lease_seconds=self.lease_seconds,
            part="reconcile",
        )

    def run(self, wanted: Sequence[Lookout], say: Callable[[Progress], None]) -> None:
        """Bring these to the end of a cycle, or to the first thing that goes wrong."""
        now = self.clock.now()
        self.watermarks.ensure(wanted, due=now)
        before = {one.lookout: one for one in self._among(wanted)}
        self.watermarks.hasten(wanted, due=now)
        left = set(wanted)
        while left:
            only = [one for one in wanted if one in left]
            for progress in self._one_round(only):
                say(progress)
                ended = progress.cycles > before[progress.lookout].cycles
                left -= {progress.lookout} if ended or progress.problem else set()

    def _one_round(self, wanted: Sequence[Lookout]) -> Sequence[Progress]:
        if taken := self._turns.take(wanted, self._turn):
            return taken
        self.clock.wait(1.0)  # a worker is at it
        return self._among(wanted)

    def _among(self, wanted: Sequence[Lookout]) -> Sequence[Progress]:
        return [one for one in self.watermarks.all() if one.lookout in set(wanted)]

    def _turn(self, progress: Progress) -> Progress:
        pace = self.paces.get(progress.lookout.source, Pace())
        after = self._page(begun(progress, self.clock.now(), pace), pace)
        self.watermarks.keep(after, owner=self.owner)
        return after

    def _page(self, progress: Progress, pace: Pace) -> Progress:
        if progress.window is None:
            raise ValueError("a turn has a window")
        deadline = self.clock.now() + timedelta(seconds=self.page_seconds)
        page = self.source.page(
            progress.lookout, progress.window, progress.cursor, deadline=deadline
        )
        if isinstance(page, Failed):
            self.metrics.reconciled(progress.lookout.source, "failed", 1)
            return failed(progress, page, self.clock.now(), pace)
        tally = self._submit(progress.lookout.source, page.records)
        return went_on(progress, page, tally, self.clock.now(), pace)

    def _submit(self, source: str, records: Sequence[Record]) -> Tally:
        now = self.clock.now()
        bodies = [canonical(record) for record in records]
        kinds = [self._is(body, now) for body in bodies]
        self.queue.submit([body for body, kind in zip(bodies, kinds, strict=True) if kind != KNOWN])
        for kind in KINDS:
            self.metrics.reconciled(source, kind, kinds.count(kind))
        return Tally(found=len(kinds), new=kinds.count(NEW), updated=kinds.count(UPDATED))

    def _is(self, body: bytes, now: datetime) -> str:
        """Whether the store has it: only what it is certain to call a duplicate is left out."""
        parts = normalise(Message(id="", body=body, received=now)).parts
        told = [
            self._would_be(one, now) if isinstance(one, Ticket) else UNREADABLE for one in parts
        ]
        return min(told, key=KINDS.index)

    def _would_be(self, ticket: Ticket, now: datetime) -> str:
        case = self._case(ticket.key)
        admission = admit(case, ticket, now)
        if admission.reception is Reception.DUPLICATE and not admission.due:
            return KNOWN
        return NEW if admission.reception is Reception.NEW else UPDATED

    def _case(self, key: CanonicalKey) -> Case | None:
        try:
            return self.cases.case(case_id(key))
        except NoSuchCase:
            return None
