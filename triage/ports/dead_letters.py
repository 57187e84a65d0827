"""Messages that a queue gave up on."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from triage.domain.message import Message


@dataclass(frozen=True, slots=True, kw_only=True)
class DeadLetter:
    """One of them. `problem` says what is wrong with it as far as the queue knows, else ""."""

    message: Message
    times: int
    first_taken: datetime | None
    problem: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Moved:
    """How far putting back has come; `failure` says why it ended before its time."""

    moved: int
    wanted: int
    running: bool
    failure: str = ""


class DeadLetters(Protocol):
    """What was handed out too often without being acknowledged."""

    @property
    def place(self) -> str:
        """The name of the queue that holds them."""

    def count(self) -> int:
        """How many there are."""

    def list(self, *, at_most: int) -> Sequence[DeadLetter]:
        """Show some; they stay where they are."""

    def put_back(self, *, per_second: int | None = None) -> None:
        """Begin to move all of them back to the queue they came from, as new messages.

        Raises the queue's own error, for instance when somebody does so already.
        """

    def progress(self) -> Moved | None:
        """How far the newest move has come; None when there never was one."""
