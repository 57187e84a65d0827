"""Requests to one queue of Amazon SQS: each entry of a batch is done, refused, or tried again."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any, Self

from botocore.exceptions import BotoCoreError, ClientError

from triage.adapters.aws import sessions
from triage.adapters.aws.limits import AwsLimits
from triage.domain.errors import TriageError
from triage.ports.clock import Clock

ENTRIES_MAX = 10
ATTEMPTS, PAUSE_SECONDS = 4, 0.2
LONG_POLL_SECONDS = 20
"""What a request that waits for messages may take longer than others."""
Entry = dict[str, Any]


class QueueUnusable(TriageError):
    """Amazon SQS refused, or did not answer."""

    def __init__(self, url: str, operation: str, why: str) -> None:
        super().__init__(f"the queue {url.rpartition('/')[2]} failed to {operation}: {why}")


class QueueRequests:
    """Speaks to a queue by its URL, with the credentials at hand."""

    def __init__(self, client: Any, url: str, clock: Clock) -> None:
        self.client = client
        self.url = url
        self._clock = clock

    @classmethod
    def to(cls, url: str, region: str, limits: AwsLimits, clock: Clock) -> Self:
        """Open a connection of our own."""
        config = sessions.config(
            limits,
            read_timeout=limits.read_seconds + LONG_POLL_SECONDS,
            max_pool_connections=limits.connections,
        )
        return cls(sessions.session(region).client("sqs", config=config), url, clock)

    def unusable(self, operation: str, why: str) -> QueueUnusable:
        """Say what failed."""
        return QueueUnusable(self.url, operation, why)

    def close(self) -> None:
        """Let go of every connection."""
        self.client.close()

    def attributes(self, names: Sequence[str]) -> Mapping[str, str]:
        """Read attributes of the queue. Raises QueueUnusable."""
        answer = self.ask("get_queue_attributes", AttributeNames=list(names))
        attributes: Mapping[str, str] = answer["Attributes"]
        return attributes

    def each(self, operation: str, entries: Sequence[Entry]) -> Mapping[int, str]:
        """Do it for every entry; return why SQS refused some, by their place.

        What failed for a reason of its own is tried again. Raises QueueUnusable once every batch
        had its turn.
        """
        refused: dict[int, str] = {}
        left: str = ""
        for start in range(0, len(entries), ENTRIES_MAX):
            numbered = dict(enumerate(entries[start : start + ENTRIES_MAX], start))
            left = self._until_done(operation, numbered, refused) or left
        if left:
            raise self.unusable(operation, left)
        return refused

    def _until_done(
        self, operation: str, pending: dict[int, Entry], refused: dict[int, str]
    ) -> str:
        """Return why some could not be done after all; "" when all were done or refused."""
        why = ""
        for attempt in range(ATTEMPTS):
            if attempt:
                self._clock.wait(PAUSE_SECONDS * 2**attempt)
            named = [{"Id": str(place), **entry} for place, entry in pending.items()]
            failed = self.ask(operation, Entries=named).get("Failed", ())
            codes = {int(one["Id"]): one for one in failed}
            refused |= {at: one["Code"] for at, one in codes.items() if one["SenderFault"]}
            pending = {at: pending[at] for at, one in codes.items() if not one["SenderFault"]}
            if not pending:
                return ""
            why = str(next(one["Code"] for one in codes.values() if not one["SenderFault"]))
        return why

    def ask(self, operation: str, **fields: Any) -> Mapping[str, Any]:
        """Do one request. Raises QueueUnusable."""
        call: Callable[..., Mapping[str, Any]] = getattr(self.client, operation)
        try:
            return call(QueueUrl=self.url, **fields)
        except ClientError as error:
            code = str(error.response.get("Error", {}).get("Code", ""))
            raise self.unusable(operation, code) from error
        except BotoCoreError as error:
            raise self.unusable(operation, type(error).__name__) from error
