"""Asking less often than AWS allows: one token bucket per API, account and Region."""

from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from threading import Lock

BURST_SECONDS = 1.0


class Budget:
    """Hands out turns. A turn that would come after the deadline is refused at once."""

    def __init__(self, per_second: Mapping[str, float], now: Callable[[], datetime]) -> None:
        self._per_second = per_second
        self._now = now
        self._lock = Lock()
        self._next: dict[tuple[str, str, str], datetime] = {}

    def turn(self, kind: str, account: str, region: str, deadline: datetime) -> float | None:
        """Reserve the next turn: how many seconds to wait for it, or None when it is too late."""
        rate = self._per_second.get(kind)
        if rate is None:
            return 0.0
        with self._lock:
            now = self._now()
            place = (kind, account, region)
            start = max(self._next.get(place, now), now - timedelta(seconds=BURST_SECONDS))
            if start > deadline:
                return None
            self._next[place] = start + timedelta(seconds=1 / rate)
        return max((start - now).total_seconds(), 0.0)
