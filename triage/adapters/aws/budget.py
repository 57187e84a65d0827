"""Asking less often than AWS allows: one token bucket per API, account and Region.

A turn is taken when it is used and not before, so that a thread that wakes late pushes back the
ones behind it: whatever the load of this machine, requests leave no faster than the rate.
"""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from threading import Lock

from triage.adapters.aws.limits import Rate
from triage.adapters.aws.spending import Book, Place
from triage.domain.overview import Spent
from triage.ports.clock import Clock

EARLY = timedelta(milliseconds=50)
"""How much a wait may be short of what was asked, for the coarseness of timers."""


@dataclass(frozen=True, slots=True)
class _Turn:
    """It has come, or it may come at `at`."""

    come: bool
    at: datetime


class Budget:
    """Hands out turns. One that would come after the deadline is refused at once."""

    def __init__(self, rates: Mapping[str, Rate], clock: Clock) -> None:
        self._rates = rates
        self._clock = clock
        self._lock = Lock()
        self._next: dict[Place, datetime] = {}
        self._waiting: Counter[Place] = Counter()
        self._book = Book()

    def take(self, kind: str, account: str, region: str, *, deadline: datetime) -> bool:
        """Wait for a turn and use it; False when it does not come by the deadline.

        False also when the wait was cut short because somebody asked to stop: asking then would
        overdraw the budget.
        """
        rate, place = self._rates.get(kind), (kind, account, region)
        if rate is None:
            return self._clock.now() <= deadline
        taken = self._taken(place, rate, deadline)
        with self._lock:
            self._book.note(place, self._clock.now(), used=taken)
        return taken

    def _taken(self, place: Place, rate: Rate, deadline: datetime) -> bool:
        while not (turn := self._turn(place, rate)).come:
            if turn.at > deadline or not self._waited(place, turn.at):
                return False
        return turn.at <= deadline

    def spent(self, now: datetime) -> Sequence[Spent]:
        """What was used and refused in the last whole minute, and what a minute allows."""
        with self._lock:
            lines = self._book.last_minute(now)
        return [
            Spent(
                api=kind,
                account=account,
                region=region,
                used=line.used,
                refused=line.refused,
                allowed=int(self._rates[kind].per_second * 60),
            )
            for (kind, account, region), line in sorted(lines.items())
        ]

    def _turn(self, place: Place, rate: Rate) -> _Turn:
        step = timedelta(seconds=1 / rate.per_second)
        with self._lock:
            now = self._clock.now()
            # As far back as a burst may catch up.
            earliest = now - step * (rate.burst - 1)
            due = max(self._next.get(place, earliest), earliest)
            if due <= now:
                self._next[place] = due + step
                return _Turn(come=True, at=now)
            return _Turn(come=False, at=due + step * self._waiting[place])

    def _waited(self, place: Place, until: datetime) -> bool:
        """Wait behind those who wait already; False when the wait was cut short."""
        with self._lock:
            self._waiting[place] += 1
        try:
            self._clock.wait(max((until - self._clock.now()).total_seconds(), 0.0))
        finally:
            with self._lock:
                self._waiting[place] -= 1
        return self._clock.now() >= until - EARLY
