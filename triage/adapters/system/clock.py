"""The real time."""

from datetime import UTC, datetime
from threading import Event


class SystemClock:
    """The clock port; a wait ends early when `stopping` is set."""

    def __init__(self, stopping: Event | None = None) -> None:
        self._stopping = stopping or Event()

    def now(self) -> datetime:
        return datetime.now(UTC)  # noqa: TID251 - the one place where time comes from

    def wait(self, seconds: float) -> None:
        self._stopping.wait(seconds)
