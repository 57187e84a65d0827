"""AWS's own request limits, where they decide how an adapter must behave."""

from collections import deque
from collections.abc import Callable, Mapping
from threading import Lock

from triage.sandbox.call import Call

PUBLISHED: Mapping[str, int] = {"cloudtrail.LookupEvents": 2}
"""Requests a second, per account and Region (CloudTrail API reference, LookupEvents)."""


class Limits:
    """Counts calls in a sliding second. Off unless `per_second` names the operation."""

    def __init__(self, per_second: Mapping[str, int], seconds: Callable[[], float]) -> None:
        self.per_second = dict(per_second)
        self._seconds = seconds
        self._lock = Lock()
        self._recent: dict[tuple[str, str, str], deque[float]] = {}

    def allows(self, call: Call) -> bool:
        """Count the call, and say whether the service would still have served it."""
        most = self.per_second.get(call.name)
        if most is None:
            return True
        now = self._seconds()
        with self._lock:
            recent = self._recent.setdefault((call.name, call.account, call.region), deque())
            while recent and now - recent[0] >= 1.0:
                recent.popleft()
            if len(recent) >= most:
                return False
            recent.append(now)
            return True

    def clear(self) -> None:
        with self._lock:
            self._recent.clear()
