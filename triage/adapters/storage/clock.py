"""The database's time, so that the machines of many workers need not agree about theirs.

Leases, due times and timers are compared between processes. The server is asked every so often;
in between time passes as this machine's counter says, which nobody sets.
"""

import time
from collections.abc import Callable
from datetime import datetime, timedelta

from sqlalchemy import func, select

from triage.adapters.storage.engine import Database
from triage.domain.moments import moment
from triage.ports.clock import Clock

AGAIN_SECONDS = 30.0
ROUND_TRIP_SECONDS_MAX = 1.0
"""An answer that took longer says too little about when it was given."""


class ServerClock:
    """The clock port by PostgreSQL's time; it waits as `inner` does.

    A server that does not answer is asked again later, and time goes on as it went.
    """

    def __init__(
        self, database: Database, inner: Clock, elapsed: Callable[[], float] = time.monotonic
    ) -> None:
        self._database = database
        self._inner = inner
        self._elapsed = elapsed
        self._known = (inner.now(), elapsed())
        """A moment, and what the counter said then; replaced whole, for there are threads."""
        self._asked = elapsed()
        self._learn(self._ask())

    def now(self) -> datetime:
        at, counted = self._known
        return at + timedelta(seconds=self._elapsed() - counted)

    def wait(self, seconds: float) -> None:
        self._inner.wait(seconds)

    def step(self) -> int:
        """Ask the server again when it is time to; it is upkeep that never has more to do."""
        if self._elapsed() - self._asked >= AGAIN_SECONDS:
            self._asked = self._elapsed()
            at, counted, round_trip = self._ask()
            if round_trip <= ROUND_TRIP_SECONDS_MAX:
                self._learn((at, counted, round_trip))
        return 0

    def ahead(self) -> timedelta:
        """How far this machine's own clock is ahead of the server's."""
        return self._inner.now() - self.now()

    def _learn(self, answer: tuple[datetime, float, float]) -> None:
        at, counted, _ = answer
        self._known = (at, counted)

    def _ask(self) -> tuple[datetime, float, float]:
        """The server's time, what the counter said about then, and how long the answer took."""
        micros = func.floor(func.extract("epoch", func.clock_timestamp()) * 1_000_000)
        with self._database.reading() as connection:
            began = self._elapsed()
            at = moment(int(connection.execute(select(micros)).scalar_one()))
            took = self._elapsed() - began
        return at, began + took / 2, took
