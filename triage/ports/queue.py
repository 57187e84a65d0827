"""Where messages come from."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.errors import TriageError
from triage.domain.message import Message


class Unchanging(TriageError):
    """This queue is only looked at; asking more of it is a defect of whoever does."""

    def __init__(self, what: str) -> None:
        super().__init__(f"nothing is changed here, and this would {what}")


class Queue(Protocol):
    """At-least-once delivery. A message not acknowledged in time is delivered again."""

    def submit(self, bodies: Sequence[bytes]) -> int:
        """Durably add messages, byte for byte; return how many. All, or an error.

        A queue without transactions may hold some of them after an error. Submitting all of them
        again is safe, since what was recorded is recognised.
        """

    def receive(self, *, at_most: int, wait_seconds: float) -> Sequence[Message]:
        """Return up to `at_most` messages, oldest first, each hidden from others for a lease.

        Waits up to `wait_seconds` when there is none; an empty answer is not an error. Fewer
        come when they are large, so that a batch fits in memory; one always does.
        """

    def acknowledge(self, messages: Sequence[Message]) -> None:
        """Forget these messages for good.

        A receipt that is unknown, or whose message was handed out again since, is ignored.
        """

    def release(self, messages: Sequence[Message]) -> None:
        """Give these messages back at once, for whoever asks next.

        A queue that gives up on messages may keep one away for a while that was given back before.
        """

    def depth(self) -> int:
        """How many messages wait or are in flight. For people and gauges, not for decisions."""

    def oldest(self) -> datetime | None:
        """When the oldest message that waits was sent, as far as the queue knows; for gauges."""

    def close(self) -> None:
        """Let go of every connection."""
