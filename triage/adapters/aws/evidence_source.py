"""Raw reads of AWS: cached, made once, budgeted, in time or not at all."""

from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from concurrent.futures import TimeoutError as NotInTime
from datetime import datetime
from threading import Lock

from cachetools import TTLCache

from triage.adapters.aws.budget import Budget
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.failing import TooLate, failed
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.operations import OPERATIONS
from triage.adapters.aws.paging import Desk
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.ports.clock import Clock


class AwsEvidence:
    """The evidence source port on AWS."""

    def __init__(
        self, clients: Clients, clock: Clock, limits: AwsLimits, budget: Budget | None = None
    ) -> None:
        self._clients = clients
        self._clock = clock
        self._limits = limits
        self._budget = budget or Budget(limits.rates, clock)
        self._pool = ThreadPoolExecutor(limits.threads, thread_name_prefix="aws")
        self._lock = Lock()
        self._under_way: dict[Read, tuple[datetime, Future[RawRead]]] = {}
        self._cache: TTLCache[Read, RawRead] = TTLCache(limits.cache_entries, limits.cache_seconds)

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        asked = {read: self._ask(read, deadline, fresh) for read in reads}
        return {read: self._await(read, one, deadline) for read, one in asked.items()}

    def close(self) -> None:
        """Stop asking and close every connection."""
        self._pool.shutdown(wait=True, cancel_futures=True)
        self._clients.close()

    def _ask(self, read: Read, deadline: datetime, fresh: datetime) -> RawRead | Future[RawRead]:
        with self._lock:
            kept = self._cache.get(read)
            if kept is not None and not isinstance(kept, Failed) and kept.as_of >= fresh:
                return kept
            asked, flight = self._under_way.get(read, (None, None))
            if asked is None or flight is None or asked < fresh:
                asked = self._clock.now()
                flight = self._pool.submit(self._make, read, deadline, asked)
                self._under_way[read] = (asked, flight)
            return flight

    def _await(self, read: Read, asked: RawRead | Future[RawRead], deadline: datetime) -> RawRead:
        if not isinstance(asked, Future):
            return asked
        left = (deadline - self._clock.now()).total_seconds()
        try:
            return asked.result(timeout=max(left, 0.0))
        except NotInTime:
            return Failed(failure=Failure.SLOW, detail=read.kind)

    def _make(self, read: Read, deadline: datetime, asked: datetime) -> RawRead:
        # The age of an answer is when it was asked for: it may be that old on arrival.
        found = self._guarded(read, deadline, asked)
        with self._lock:
            if self._under_way.get(read, (None,))[0] == asked:
                del self._under_way[read]
            if not isinstance(found, Failed):
                self._cache[read] = found
        return found

    def _guarded(self, read: Read, deadline: datetime, asked: datetime) -> RawRead:
        operation = OPERATIONS.get(read.kind)
        if operation is None:
            return Failed(failure=Failure.UNSUPPORTED, detail=read.kind)
        try:
            payload = operation(self._desk(read, deadline), read)
        except Exception as error:  # noqa: BLE001 - whatever happens to a read, it is an answer
            return failed(read.kind, error, asked)
        return Got(payload=payload, as_of=asked, source=read.kind)

    def _desk(self, read: Read, deadline: datetime) -> Desk:
        def turn() -> None:
            if not self._budget.take(read.kind, read.account, read.region, deadline=deadline):
                raise TooLate

        client: Callable[[str], object] = lambda service: self._clients.client(  # noqa: E731 - one use
            service, read.account, read.region
        )
        return Desk(client=client, turn=turn, pages=self._limits.pages)
