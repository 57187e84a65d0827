"""Asking less often than AWS allows: one token bucket per API, account and Region."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock

from triage.adapters.aws.limits import Rate


class Budget:
    """Hands out turns. A turn that would come after the deadline is refused at once."""

    def __init__(self, rates: Mapping[str, Rate], now: Callable[[], datetime]) -> None:
        self._rates = rates
        self._now = now
        self._lock = Lock()
        self._next: dict[tuple[str, str, str], datetime] = {}

    def turn(self, kind: str, account: str, region: str, deadline: datetime) -> float | None:
        """Reserve the next turn: how many seconds to wait for it, or None when it is too late.

        The next turn lies in the past by as much as a burst may catch up.
        """
        rate = self._rates.get(kind)
        if rate is None:
            return 0.0
        step = timedelta(seconds=1 / rate.per_second)
        with self._lock:
            now, place = self._now(), (kind, account, region)
            earliest = now - step * (rate.burst - 1)
            start = max(self._next.get(place, earliest), earliest)
            if start > deadline:
                return None
            self._next[place] = start + step
        return max((start - now).total_seconds(), 0.0)
