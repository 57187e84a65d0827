"""Where messages come from: bootstrap's part that knows which queue stands behind the port."""

from collections.abc import Callable, Iterator, Sequence
from contextlib import closing, contextmanager
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING

from triage.domain.errors import TriageError
from triage.ports.clock import Clock
from triage.ports.dead_letters import DeadLetters
from triage.ports.object_store import ObjectStore
from triage.ports.queue import Queue
from triage.settings import Settings
from triage.wiring import database

if TYPE_CHECKING:
    from triage.adapters.aws.queue_requests import QueueRequests

PART = "queue"
"""What keeps messages hidden while they are worked on, among the worker's loops."""


class NoDeadLetters(TriageError):
    """There is nothing to look at."""

    exit_code = 3

    def __init__(self, why: str) -> None:
        super().__init__(f"there are no dead letters: {why}")


def opened(found: Settings, clock: Clock, data: Path | None = None) -> Queue:
    """Open Amazon SQS where it is set, else the inbox; a folder that was named has its own.

    Raises SchemaOutdated or StoreUnusable.
    """
    if data is not None or not found.queue.url:
        return database.inbox(found, clock, data)
    from triage.adapters.aws.queue import SqsQueue

    lease = found.worker.lease_seconds
    return SqsQueue(requests(found, clock), clock, lease_seconds=lease, claims=claims(found))


def requests(found: Settings, clock: Clock) -> "QueueRequests":
    """A connection to Amazon SQS."""
    from triage.adapters.aws.limits import AwsLimits
    from triage.adapters.aws.queue_requests import QueueRequests

    return QueueRequests.to(found.queue.url, found.queue.place, AwsLimits(), clock)


def claims(found: Settings) -> ObjectStore | None:
    """Where messages are that are too large for SQS; None for nowhere."""
    return objects(found.queue.claims, found.queue.place) if found.queue.claims else None


def objects(place: str, region: str) -> ObjectStore:
    """A folder, or a bucket at `s3://bucket/prefix`."""
    from triage.adapters.aws.limits import AwsLimits
    from triage.adapters.aws.objects import SCHEME, S3Objects
    from triage.adapters.files.objects import FolderObjects

    if place.startswith(SCHEME):
        return S3Objects.at(place, region, AwsLimits())
    return FolderObjects(Path(place))


def upkeep(queue: Queue) -> dict[str, Callable[[], int]]:
    """What the worker has to do for its queue in the background."""
    keep = getattr(queue, "keep", None)
    return {PART: keep} if keep else {}


def wait_seconds(found: Settings) -> float:
    """How long a look at the queue may wait for messages."""
    return found.queue.wait_seconds if found.queue.url else found.worker.poll_seconds


def unsound(found: Settings, clock: Clock) -> Sequence[str]:
    """All that is wrong with how the queue is set up. Raises QueueUnusable."""
    if not found.queue.url:
        return ()
    from triage.adapters.aws.queue_setup import problems, unfit, unwise

    with closing(requests(found, clock)) as asked:
        wrong = problems(asked, found.worker.lease_seconds, unfit, unwise)
    return [f"queue.url: {sentence}" for sentence in wrong]


@contextmanager
def opened_dead_letters(found: Settings, clock: Clock) -> Iterator[DeadLetters]:
    """The dead letters of the queue. Raises NoDeadLetters and QueueUnusable."""
    if not found.queue.url:
        raise NoDeadLetters("the inbox keeps every message until it is recorded")
    from triage.adapters.aws.dead_letters import dead_letters_of

    with closing(requests(found, clock)) as asked:
        letters = dead_letters_of(asked, clock, claims(found))
        if letters is None:
            raise NoDeadLetters("the queue has no redrive policy; see `triage config check`")
        yield letters


class Look:
    """What probes and gauges ask of Amazon SQS, over and over, on one connection of their own."""

    def __init__(self, found: Settings, clock: Clock) -> None:
        self._found = found
        self._clock = clock

    @cached_property
    def _requests(self) -> "QueueRequests":
        return requests(self._found, self._clock)

    def unfit(self) -> str:
        """What keeps the queue from being worked with; "" for nothing, or where it is the inbox."""
        if not self._found.queue.url:
            return ""
        from triage.adapters.aws.queue_setup import problems, unfit

        try:
            wrong = problems(self._requests, self._found.worker.lease_seconds, unfit)
        except TriageError as error:
            wrong = [str(error)]
        return "; ".join(f"queue.url: {sentence}" for sentence in wrong)

    def dead(self) -> float:
        """How many dead letters: none where it is the inbox, NaN where nobody can tell."""
        if not self._found.queue.url:
            return 0
        from triage.adapters.aws.dead_letters import dead_letters_of

        try:
            letters = dead_letters_of(self._requests, self._clock, None)
            return letters.count() if letters else 0
        except TriageError:
            return float("nan")

    def close(self) -> None:
        """Let go of the connection."""
        if "_requests" in vars(self):
            self._requests.close()
