"""What was asked of the sandbox, in order."""

from collections import deque
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from threading import Lock

LOGGED_MAX = 50_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Logged:
    """One answered request. `operation` is empty when no service model knew it."""

    at: datetime
    account: str
    region: str
    service: str
    operation: str
    status: int
    faults: tuple[str, ...] = ()

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


class RequestLog:
    """Bounded: past LOGGED_MAX the oldest go."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._requests: deque[Logged] = deque(maxlen=LOGGED_MAX)

    def add(self, request: Logged) -> None:
        with self._lock:
            self._requests.append(request)

    def all(self) -> Sequence[Logged]:
        with self._lock:
            return tuple(self._requests)

    def named(self, name: str) -> Sequence[Logged]:
        """Return the calls of one operation: `named("cloudtrail.LookupEvents")`."""
        return tuple(request for request in self.all() if request.name == name)

    def clear(self) -> None:
        with self._lock:
            self._requests.clear()

    def __iter__(self) -> Iterator[Logged]:
        return iter(self.all())

    def __len__(self) -> int:
        return len(self.all())
