"""The queue port on a standard queue of Amazon SQS.

Ten messages go in a request, and a request that is answered may still have failed for some of them;
those are tried again. What SQS hands out beyond a batch waits here for the next one.

SQS counts how often it hands a message out, and gives up on it in the end, whoever is to blame. So
a healthy one is spared: a message that is given back comes at once the first time, and ever later
after that; and who starts, or has just failed, takes one message, then two, then four. A worker
that dies at once, over and over, costs each time one message one of its lives, not fifty.

https://docs.aws.amazon.com/AWSSimpleQueueService/latest/APIReference/API_ReceiveMessage.html
"""

import math
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from triage.adapters.aws.parcels import (
    ATTRIBUTE,
    PARCEL_BYTES_MAX,
    Delivery,
    Parcel,
    Unclaimed,
    from_api,
    opened,
    packed,
)
from triage.adapters.aws.queue_requests import ENTRIES_MAX, Entry, QueueRequests, QueueUnusable
from triage.domain.json import digest
from triage.domain.message import Message
from triage.ports.clock import Clock
from triage.ports.object_store import ObjectStore

BATCH_BYTES_MAX = 8 * 1024 * 1024
"""Bytes handed out at a time. Read as JSON they take ten times as much memory."""
SMALL_BYTES = 262_144
"""What every queue takes, however old; above that the queue is asked what it takes."""
WAIT_SECONDS_MAX = 20
HIDE_SECONDS_MAX = 43_200
BACK_PART, BACK_SECONDS_MAX = 24, 900
"""What part of a lease a message stays away that was given back twice; it doubles each time."""
STRIDE_MAX = 1024
EXTENSIONS_MAX = 20
"""After that whoever holds a message is taken for dead."""
SYSTEM = ["ApproximateReceiveCount", "SentTimestamp", "ApproximateFirstReceiveTimestamp"]
DEPTH = [
    "ApproximateNumberOfMessages",
    "ApproximateNumberOfMessagesNotVisible",
    "ApproximateNumberOfMessagesDelayed",
]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Held:
    """A message in our hands: until when it is hidden from others, and how often it was."""

    receipt: str
    until: datetime
    times: int
    extended: int = 0


class SqsQueue:
    """Safe to share between threads. `claims` holds what is too large for SQS.

    `gently` is to begin with one message, and to double what is taken whenever that went well.
    """

    def __init__(
        self,
        requests: QueueRequests,
        clock: Clock,
        *,
        lease_seconds: float,
        claims: ObjectStore | None = None,
        gently: bool = True,
    ) -> None:
        self._requests = requests
        self._clock = clock
        self._lease = min(math.ceil(lease_seconds), HIDE_SECONDS_MAX)
        self._claims = claims
        self._gently = gently
        self._stride = 1 if gently else STRIDE_MAX
        self._lock = Lock()
        self._waiting: deque[Delivery] = deque()
        self._held: dict[str, _Held] = {}
        self._bytes_max = 0
        self._oldest: datetime | None = None

    # --- in ---------------------------------------------------------------------------------------

    def submit(self, bodies: Sequence[bytes]) -> int:
        """Send them, ten and a mebibyte at a time. Raises TooLarge before anything is sent.

        After a QueueUnusable some may be there. Sending again is safe: they are known by then.
        """
        small = all(len(body) <= SMALL_BYTES // 2 for body in bodies)
        most = SMALL_BYTES if small else self._takes()
        parcels = [packed(body, bytes_max=most, claims=bool(self._claims)) for body in bodies]
        for parcel in parcels:
            if parcel.claim and self._claims:
                self._claims.write(digest(parcel.claim), parcel.claim)
        for batch in _batches(parcels):
            self._send(batch)
        return len(bodies)

    def _takes(self) -> int:
        if not self._bytes_max:
            told = self._requests.attributes(["MaximumMessageSize"])
            self._bytes_max = min(int(told["MaximumMessageSize"]), PARCEL_BYTES_MAX)
        return self._bytes_max

    def _send(self, parcels: Sequence[Parcel]) -> None:
        refused = self._requests.each("send_message_batch", [_entry(parcel) for parcel in parcels])
        if refused:
            raise self._requests.unusable("send_message_batch", next(iter(refused.values())))

    # --- out --------------------------------------------------------------------------------------

    def receive(self, *, at_most: int, wait_seconds: float) -> Sequence[Message]:
        at_most = min(at_most, self._stride)
        with self._lock:
            while self._waiting and self._gone(self._waiting[0]):
                self._held.pop(self._waiting.popleft().receipt, None)
        self._fetch(at_most, wait_seconds)
        with self._lock:
            mine = list(_that_fit(self._waiting, at_most))
        self._oldest = min((one.sent for one in mine), default=None)
        return [message for one in mine if (message := self._open(one)) is not None]

    def _gone(self, delivery: Delivery) -> bool:
        """Whether it may be in other hands before we are done with it."""
        held = self._held.get(delivery.receipt)
        return held is None or held.until < self._clock.now() + timedelta(seconds=self._lease / 2)

    def _fetch(self, at_most: int, wait_seconds: float) -> None:
        """Ask for more until there is a batch; only the first request waits, and only if idle."""
        with self._lock:
            count, size = len(self._waiting), sum(one.weight for one in self._waiting)
        wait = 0 if count else wait_seconds
        while count < at_most and size < BATCH_BYTES_MAX:
            wanted = min(at_most - count, ENTRIES_MAX)
            found = self._receive(wanted, wait)
            count, size = count + len(found), size + sum(one.weight for one in found)
            wait = 0
            if len(found) < wanted:
                return

    def _receive(self, at_most: int, wait_seconds: float) -> Sequence[Delivery]:
        asked = self._clock.now()
        answer = self._requests.ask(
            "receive_message",
            MaxNumberOfMessages=at_most,
            WaitTimeSeconds=min(math.ceil(wait_seconds), WAIT_SECONDS_MAX),
            VisibilityTimeout=self._lease,
            MessageSystemAttributeNames=SYSTEM,
            MessageAttributeNames=[ATTRIBUTE],
        )
        found = [from_api(one) for one in answer.get("Messages", ())]
        until = asked + timedelta(seconds=self._lease)
        with self._lock:
            self._waiting.extend(found)
            for one in found:
                self._held[one.receipt] = _Held(receipt=one.receipt, until=until, times=one.times)
        return found

    def _open(self, delivery: Delivery) -> Message | None:
        """None when its bytes cannot be had now: it is given back, and dead after enough tries."""
        try:
            return opened(delivery, self._claims)
        except Unclaimed:
            self._give_back([delivery.receipt])
            return None

    # --- done -------------------------------------------------------------------------------------

    def acknowledge(self, messages: Sequence[Message]) -> None:
        receipts = [message.receipt for message in messages]
        self._let_go(receipts)
        self._stride = min(self._stride * 2, STRIDE_MAX) if receipts else self._stride
        # A receipt that holds nothing any more is refused, and that is all right.
        self._requests.each("delete_message_batch", [{"ReceiptHandle": one} for one in receipts])

    def release(self, messages: Sequence[Message]) -> None:
        self._stride = 1 if self._gently else STRIDE_MAX
        self._give_back([message.receipt for message in messages])

    def _give_back(self, receipts: Sequence[str]) -> None:
        held = self._let_go(receipts)
        seconds = {one.receipt: _away(one.times, self._lease) for one in held}
        entries = [
            {"ReceiptHandle": one, "VisibilityTimeout": seconds[one]}
            for one in receipts
            if one in seconds
        ]
        self._requests.each("change_message_visibility_batch", entries)

    def _let_go(self, receipts: Iterable[str]) -> Sequence[_Held]:
        with self._lock:
            return [held for one in receipts if (held := self._held.pop(one, None)) is not None]

    def keep(self) -> int:
        """Hide longer what takes long; a step for the background. Return how many that were."""
        now, lease = self._clock.now(), timedelta(seconds=self._lease)
        with self._lock:
            late = [one for one in self._held.values() if one.until - now < lease * 2 / 3]
        tired = [one.receipt for one in late if one.extended >= EXTENSIONS_MAX or one.until < now]
        self._let_go(tired)
        kept = [one for one in late if one.receipt not in set(tired)]
        refused = self._requests.each(
            "change_message_visibility_batch",
            [{"ReceiptHandle": one.receipt, "VisibilityTimeout": self._lease} for one in kept],
        )
        self._extended([one for place, one in enumerate(kept) if place not in refused], now + lease)
        self._let_go(kept[place].receipt for place in refused)
        return len(kept) - len(refused)

    def _extended(self, kept: Sequence[_Held], until: datetime) -> None:
        with self._lock:
            for one in kept:
                if one.receipt in self._held:
                    self._held[one.receipt] = _Held(
                        receipt=one.receipt,
                        until=until,
                        times=one.times,
                        extended=one.extended + 1,
                    )

    # --- for people -------------------------------------------------------------------------------

    def depth(self) -> int:
        told = self._requests.attributes(DEPTH)
        return sum(int(told[name]) for name in DEPTH)

    def oldest(self) -> datetime | None:
        return self._oldest

    def close(self) -> None:
        """Give back what was not handed on, and let go of every connection."""
        with self._lock:
            left = [one.receipt for one in self._waiting]
            self._waiting.clear()
        # Otherwise they come back by themselves when their time is up.
        with suppress(QueueUnusable):
            self._give_back(left)
        self._requests.close()
        if self._claims is not None:
            self._claims.close()


def _away(times: int, lease_seconds: int) -> int:
    """Seconds until a message that was handed out so often comes again.

    At a lease of two minutes the tenth time is twenty minutes after the first.
    """
    seconds = math.ceil(lease_seconds / BACK_PART * 2 ** min(times - 2, 20))
    return 0 if times <= 1 else min(seconds, BACK_SECONDS_MAX)


def _entry(parcel: Parcel) -> Entry:
    entry: Entry = {"MessageBody": parcel.text}
    if parcel.attributes:
        entry["MessageAttributes"] = parcel.attributes
    if parcel.group:
        entry["MessageGroupId"] = parcel.group
    return entry


def _batches(parcels: Iterable[Parcel]) -> Iterator[Sequence[Parcel]]:
    """As many as one request takes, in order."""
    batch: list[Parcel] = []
    size = 0
    for parcel in parcels:
        if batch and (len(batch) == ENTRIES_MAX or size + parcel.size > PARCEL_BYTES_MAX):
            yield batch
            batch, size = [], 0
        batch.append(parcel)
        size += parcel.size
    if batch:
        yield batch


def _that_fit(waiting: deque[Delivery], at_most: int) -> Iterator[Delivery]:
    """Take the first that are no more than a batch may hold; at least one, where there is one."""
    size = 0
    for _ in range(at_most):
        if not waiting:
            return
        weight = waiting[0].weight
        if size and size + weight > BATCH_BYTES_MAX:
            return
        size += weight or 1
        yield waiting.popleft()
