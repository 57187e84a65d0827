"""Queues as Amazon SQS keeps them: what waits, what is hidden, what was received too often.

Every operation costs the same however much waits. Standard queues only. A request may ask for what
a standard queue may do and seldom does: `twice` delivers every message once more, at once, under
another receipt; `shuffled` delivers in no order.

Facts: SQS developer guide, "Visibility timeout", "Dead-letter queues"; API reference,
ReceiveMessage and StartMessageMoveTask.
"""

import hashlib
import heapq
import json
import uuid
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from itertools import count
from threading import RLock
from typing import Any

from triage.sandbox.place import Place

MOVED_PER_SECOND = 100
"""How fast a move task is here when nobody says."""
DEFAULTS: Mapping[str, str] = {
    "VisibilityTimeout": "30",
    "MaximumMessageSize": "1048576",
    "MessageRetentionPeriod": "345600",
    "DelaySeconds": "0",
    "ReceiveMessageWaitTimeSeconds": "0",
    "SqsManagedSseEnabled": "true",
}
"""CreateQueue, API reference."""


@dataclass(kw_only=True, eq=False)
class Letter:
    """One message in one queue. `receipt` names the last time it was handed out."""

    id: str
    body: str
    attributes: Mapping[str, Any]
    group: str
    sent: datetime
    number: float
    receives: int = 0
    first: datetime | None = None
    receipt: str = ""
    until: datetime | None = None
    came_from: str = ""
    copy: bool = False

    def __lt__(self, other: "Letter") -> bool:
        return self.number < other.number


Hidden = tuple[datetime, str, Letter]


@dataclass(kw_only=True)
class Queue:
    """One queue. Whoever calls holds the lock of all of them."""

    place: Place
    name: str
    created: datetime
    attributes: dict[str, str] = field(default_factory=lambda: dict(DEFAULTS))
    tags: dict[str, str] = field(default_factory=dict)
    ready: list[Letter] = field(default_factory=list)
    hidden: list[Hidden] = field(default_factory=list)
    flying: dict[str, Letter] = field(default_factory=dict)
    delayed: int = 0
    drawn: int = 0

    @property
    def arn(self) -> str:
        return f"arn:aws:sqs:{self.place.region}:{self.place.account}:{self.name}"

    @property
    def url(self) -> str:
        return f"https://sqs.{self.place.region}.amazonaws.com/{self.place.account}/{self.name}"

    @property
    def redrive(self) -> tuple[str, int]:
        """Where what was received too often goes, and how often that is; ("", 0) for nowhere."""
        policy = json.loads(self.attributes.get("RedrivePolicy") or "{}")
        return policy.get("deadLetterTargetArn", ""), int(policy.get("maxReceiveCount", 0))

    def put(self, letter: Letter, until: datetime | None = None) -> None:
        """Add a letter, hidden `until` then; what never was received is delayed, not in flight."""
        letter.receipt, letter.until = "", until
        if until is None:
            heapq.heappush(self.ready, letter)
            return
        self.delayed += 1
        heapq.heappush(self.hidden, (until, "", letter))

    def come_back(self, now: datetime) -> None:
        """Show again what was hidden long enough."""
        while self.hidden and self.hidden[0][0] < now:
            until, receipt, letter = heapq.heappop(self.hidden)
            if letter.until != until or letter.receipt != receipt:
                continue
            self.delayed -= not receipt
            self.flying.pop(receipt, None)
            letter.until = None
            heapq.heappush(self.ready, letter)

    def next(self, *, shuffled: bool) -> Letter:
        """Take the oldest of those that wait, or any."""
        if shuffled:
            self.drawn += 1
            place = _draw(self.name, self.drawn, len(self.ready))
            self.ready[place], self.ready[-1] = self.ready[-1], self.ready[place]
            letter = self.ready.pop()
            heapq.heapify(self.ready)
            return letter
        return heapq.heappop(self.ready)

    def hand_out(self, letter: Letter, now: datetime, hide: timedelta) -> Letter:
        """Give out a receipt; return the letter as it is at this moment."""
        letter.receives += 1
        letter.first = letter.first or now
        letter.receipt = uuid.uuid4().hex
        self.flying[letter.receipt] = letter
        self.hide(letter, now + hide)
        return replace(letter)

    def hide(self, letter: Letter, until: datetime) -> None:
        letter.until = until
        heapq.heappush(self.hidden, (until, letter.receipt, letter))

    def show(self, letter: Letter) -> None:
        """Let whoever asks next have it."""
        self.flying.pop(letter.receipt, None)
        letter.until = None
        heapq.heappush(self.ready, letter)

    def forget(self, receipt: str) -> None:
        """Delete what this receipt holds; one that holds nothing any more is no error."""
        letter = self.flying.pop(receipt, None)
        if letter is not None:
            letter.receipt, letter.until = "", None

    def empty(self) -> None:
        self.ready, self.hidden, self.flying, self.delayed = [], [], {}, 0


@dataclass(kw_only=True)
class Moving:
    """A message move task: at most one a queue at a time."""

    handle: str
    source: str
    destination: str
    per_second: int
    started: datetime
    wanted: int
    moved: int = 0
    status: str = "RUNNING"
    failure: str = ""


class Queues:
    """Every queue by account, Region and name."""

    def __init__(self) -> None:
        self.lock = RLock()
        self.known: dict[tuple[Place, str], Queue] = {}
        self.tasks: list[Moving] = []
        self.numbers = count()

    def clear(self) -> None:
        with self.lock:
            self.known.clear()
            self.tasks.clear()

    def of(self, place: Place) -> Sequence[Queue]:
        return [queue for (where, _), queue in sorted(self.known.items()) if where == place]

    def by_arn(self, arn: str) -> Queue | None:
        return next((queue for queue in self.known.values() if queue.arn == arn), None)

    def sources(self, dead: Queue) -> Sequence[Queue]:
        """Queues whose dead letters go there."""
        return [queue for queue in self.known.values() if queue.redrive[0] == dead.arn]

    def letter(self, body: str, attributes: Mapping[str, Any], group: str, now: datetime) -> Letter:
        """Make a new message."""
        return Letter(
            id=str(uuid.uuid4()),
            body=body,
            attributes=attributes,
            group=group,
            sent=now,
            number=next(self.numbers),
        )

    def take(
        self, queue: Queue, now: datetime, at_most: int, hide: timedelta, odd: frozenset[str]
    ) -> list[Letter]:
        """Hand out up to `at_most`; what was received too often goes to the dead letters."""
        self.advance(now)
        queue.come_back(now)
        found: list[Letter] = []
        while queue.ready and len(found) < at_most:
            letter = queue.next(shuffled="shuffled" in odd)
            if self._dead(queue, letter):
                continue
            if "twice" in odd and not letter.copy:
                queue.put(replace(letter, copy=True, number=letter.number + 0.5))
                letter.copy = True
            found.append(queue.hand_out(letter, now, hide))
        return found

    def _dead(self, queue: Queue, letter: Letter) -> bool:
        arn, most = queue.redrive
        dead = self.by_arn(arn) if arn else None
        if dead is None or letter.receives < most:
            return False
        letter.came_from = queue.arn
        dead.put(letter)
        return True

    def advance(self, now: datetime) -> None:
        """Move what tasks should have moved by now."""
        for task in self.tasks:
            if task.status == "RUNNING":
                self._advance(task, now)

    def _advance(self, task: Moving, now: datetime) -> None:
        due = int((now - task.started).total_seconds() * task.per_second)
        source = self.by_arn(task.source)
        if source is None:
            task.status, task.failure = "FAILED", "AWS.SimpleQueueService.NonExistentQueue"
            return
        source.come_back(now)
        while task.status == "RUNNING" and source.ready and task.moved < min(due, task.wanted):
            self._move(heapq.heappop(source.ready), task, now)
        if task.status == "RUNNING" and (task.moved >= task.wanted or not source.ready):
            task.status = "COMPLETED" if due >= task.wanted else "RUNNING"

    def _move(self, letter: Letter, task: Moving, now: datetime) -> None:
        """Put it in as a new message; the letter of a task that fails stays where it was."""
        target = self.by_arn(task.destination or letter.came_from)
        if target is None:
            task.status, task.failure = "FAILED", "CouldNotDetermineMessageSource"
            source = self.by_arn(task.source)
            if source is not None:
                source.put(letter)
            return
        target.put(self.letter(letter.body, letter.attributes, letter.group, now))
        task.moved += 1


def _draw(name: str, number: int, among: int) -> int:
    """Give the `number`-th of a fixed sequence of places."""
    drawn = hashlib.sha256(f"{name}:{number}".encode()).digest()
    return int.from_bytes(drawn[:7], "big") % among


def counts(queue: Queue, now: datetime) -> Iterator[tuple[str, str]]:
    """Yield the counts that GetQueueAttributes shows."""
    queue.come_back(now)
    yield "ApproximateNumberOfMessages", str(len(queue.ready))
    yield "ApproximateNumberOfMessagesNotVisible", str(len(queue.flying))
    yield "ApproximateNumberOfMessagesDelayed", str(queue.delayed)
