"""Listening: who has fallen silent against their own past, and does the queue still carry?

What arrives is noted in memory and written down once a step, so that intake never waits for it. A
crash loses the notes of one step: a silence seems that much longer, for once.
"""

import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Lock

import orjson

from triage.domain.hearing import Canary, Heard
from triage.domain.lookout import Lookout
from triage.domain.message import Message, Receipt
from triage.domain.ticket import Source, Ticket
from triage.ports.clock import Clock
from triage.ports.hearings import Canaries, Hearings
from triage.ports.queue import Queue
from triage.stages import alarm
from triage.stages.silence import Patience, listened

DELIVERED = b"detail-type"
"""What EventBridge sends says so; what a reconciler found does not, and is no sign of life."""
MARK = b'{"triage":{"canary":'
OURS = frozenset({Source.TRIAGE, Source.REPORT})
REGION = re.compile(r"[a-z]{2}(-[a-z]+){1,3}-\d")
PLACES_MAX = 1_000
"""Whoever writes to the queue chooses what a ticket says of its Region."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Watch:
    """How often a canary is sent (None: never), how long it may take, and how long is silence."""

    canary_every: timedelta | None = None
    canary_within: timedelta = timedelta(minutes=15)
    patience: Patience = field(default_factory=Patience)


@dataclass(frozen=True, slots=True, kw_only=True)
class Listener:
    """Notes what arrives; a step writes it down, and tells people of silence and lost canaries."""

    queue: Queue
    hearings: Hearings
    canaries: Canaries
    clock: Clock
    new_id: Callable[[], str]
    watch: Watch
    notes: dict[Lookout, Heard] = field(default_factory=dict)
    lock: Lock = field(default_factory=Lock)

    def came_back(self, message: Message) -> bool:
        """Whether this is a canary of ours; its arrival is on file when this says so."""
        name = canary_in(message.body)
        return bool(name) and self.canaries.arrived(name, message.received)

    def heard(self, messages: Sequence[Message], receipts: Sequence[Receipt]) -> None:
        """Note who was heard of. Only deliveries count."""
        delivered = {one.id: one.received for one in messages if DELIVERED in one.body}
        with self.lock:
            for receipt in receipts:
                if receipt.ticket is not None and receipt.message in delivered:
                    self._note(receipt.ticket, delivered[receipt.message])

    def _note(self, ticket: Ticket, at: datetime) -> None:
        region = ticket.region or ""
        lookout = Lookout(source=ticket.source, account="", region=region)
        full = lookout not in self.notes and len(self.notes) >= PLACES_MAX
        if ticket.source in OURS or full or (region and not REGION.fullmatch(region)):
            return
        known = self.notes.get(lookout)
        first, last = (min(known.first, at), max(known.last, at)) if known else (at, at)
        self.notes[lookout] = Heard(lookout=lookout, first=first, last=last)

    def step(self) -> int:
        """Write down, look for silence, send what is due, miss what did not arrive."""
        self.write_down()
        now = self.clock.now()
        silent = self.hearings.overdue(now)
        for hearing in silent:
            self.queue.submit([alarm.silence(hearing, now)])
            self.hearings.told(hearing.lookout, now)
        lost = self.canaries.lost(now)
        for canary in lost:
            self.queue.submit([alarm.lost_canary(canary, now)])
            self.canaries.told(canary.id, now)
        self._send_if_due(now)
        return len(silent) + len(lost)

    def send(self) -> Canary:
        """Put a canary on the queue; it is expected before it is sent."""
        now = self.clock.now()
        canary = Canary(id=self.new_id(), sent=now, due=now + self.watch.canary_within)
        self.canaries.sent(canary)
        self.queue.submit([alarm.canary(canary.id)])
        return canary

    def _send_if_due(self, now: datetime) -> None:
        every = self.watch.canary_every
        if every is None:
            return
        newest = self.canaries.newest()
        if newest is None or now - newest.sent >= every:
            self.send()

    def write_down(self) -> None:
        """Put on file what was noted since."""
        with self.lock:
            notes = list(self.notes.values())
            self.notes.clear()
        try:
            patience = self.watch.patience
            self.hearings.heard(notes, lambda known, note: listened(known, note, patience))
        except Exception:
            self._take_back(notes)
            raise

    def _take_back(self, notes: Sequence[Heard]) -> None:
        with self.lock:
            for note in notes:
                self.notes.setdefault(note.lookout, note)


def canary_in(body: bytes) -> str:
    """The id of the canary that a message is; "" for any other."""
    if not body.startswith(MARK):
        return ""
    try:
        inside: object = orjson.loads(body)["triage"]
    except (orjson.JSONDecodeError, KeyError):
        return ""
    if not isinstance(inside, Mapping) or len(inside) != 1:
        return ""
    name = inside.get("canary")
    return name if isinstance(name, str) else ""
