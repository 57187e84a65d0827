"""Anchor: every event goes into the leaf log once, and signed heads of it out of our own reach.

Whoever can write the store can write all of it, the log too, but not what a head elsewhere says the
log was. One worker at a time does it, under a lease; what a crash leaves undone the next step does.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.errors import TriageError
from triage.domain.head import Head, NoHead, SignedHead, signed_head
from triage.ports.clock import Clock
from triage.ports.head_keeper import HeadKeeper
from triage.ports.head_signer import HeadSigner
from triage.ports.leaf_log import Appended, Cursor, LeafLog

PART = "anchors"
AT_ONCE = 1000
LEASE_SECONDS = 60.0
OVERLAP = timedelta(minutes=10)
"""A transaction may take a minute, clocks differ, and an event is as old as its message."""
SWEEP = timedelta(hours=6)
"""How often all cases are looked at, for what happened with a time long past."""


class Forked(TriageError):
    """A head was exported of what is not here: an older copy went on, or something was cut off."""

    def __init__(self, place: str, exported: Head) -> None:
        super().__init__(
            f"{place} vouches for {exported.size} events of {exported.at.isoformat()} that are not "
            "here: this is an older copy, or its end was cut off; `triage audit verify --against` "
            "says more, and another place for heads (anchor.place) begins anew"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Export:
    """How heads leave: signed by whom, kept where, how often at most."""

    signer: HeadSigner
    keeper: HeadKeeper
    interval: timedelta


class Busy(TriageError):
    """Another worker anchors at this moment."""

    def __init__(self) -> None:
        super().__init__("a worker is anchoring at this moment; ask again in a minute")


@dataclass(kw_only=True)
class Anchorer:
    """Appends and exports; `step` is a worker's upkeep. `owner` names this process in leases.

    It looks along what changed last, and every so often at all cases.
    """

    log: LeafLog
    clock: Clock
    owner: str
    export: Export | None = None
    _cursor: Cursor = field(default_factory=Cursor, init=False)
    _began: datetime | None = field(default=None, init=False)
    _swept: datetime | None = field(default=None, init=False)
    _sweeping: bool = field(default=True, init=False)
    _last: SignedHead | None = field(default=None, init=False)

    def step(self) -> int:
        """Anchor some events and export a head when it is time; return how many were anchored."""
        now = self.clock.now()
        if not self.log.held(now=now, owner=self.owner, lease_seconds=LEASE_SECONDS):
            return 0
        count = self._append(now).count
        if self.export is not None and self._is_time(self.export, now):
            self._export(self.export, now)
        return count

    def finish(self) -> SignedHead | None:
        """Anchor all there is and export its head now; None where heads are exported nowhere.

        Raises Busy while another worker holds the lease.
        """
        self._cursor, self._sweeping = Cursor(), True
        while True:
            now = self.clock.now()
            if not self.log.held(now=now, owner=self.owner, lease_seconds=LEASE_SECONDS):
                raise Busy
            if self._append(now).lap:
                return self._export(self.export, now) if self.export else None

    def _append(self, now: datetime) -> Appended:
        self._began = self._began or now
        done = self.log.append(self._cursor, now=now, owner=self.owner, at_most=AT_ONCE)
        self._cursor = done.cursor
        if done.lap:
            self._begin_again(self._began, now)
        return done

    def _begin_again(self, began: datetime, now: datetime) -> None:
        if self._sweeping:
            self._swept = began
        self._sweeping = self._swept is None or now - self._swept >= SWEEP
        self._cursor = Cursor() if self._sweeping else Cursor(changed=began - OVERLAP)
        self._began = None

    def _is_time(self, export: Export, now: datetime) -> bool:
        last = self._last or self.log.exported()
        return last is None or now - last.head.at >= export.interval

    def _export(self, export: Export, now: datetime) -> SignedHead:
        """Sign, keep, note, in that order: after a crash in between a head is kept twice."""
        head = self.log.head(now)
        if self._last is None:
            noted = self.log.exported()
            self._refuse_a_fork(export.keeper, noted)
            self._last = noted
        if self._last is None or self._last.head.size != head.size:
            signed = export.signer.sign(head)
            export.keeper.keep(signed)
            self.log.note(signed, export.keeper.place)
            self._last = signed
        return self._last

    def _refuse_a_fork(self, keeper: HeadKeeper, noted: SignedHead | None) -> None:
        """What was kept and not noted, as after a crash, has to be about the events that are here.

        Raises Forked.
        """
        beyond = noted.head.size if noted else -1
        log = self.log.head(self.clock.now()).log
        for place, line in keeper.kept(beyond=beyond):
            try:
                kept = signed_head(line, place).head
            except NoHead:
                continue  # the audit names it
            news = kept.log == log and kept.size > beyond
            if news and self.log.root(kept.size) != kept.root:
                raise Forked(place, kept)
