"""Signatures that change while the engine runs: one taken back must not wait for a restart."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.person import Signature
from triage.engine.rulebook import Rulebook
from triage.ports.clock import Clock

PART = "rereading"


@dataclass(kw_only=True)
class Rereader:
    """Reads what holds now and then and puts it in force; one thread calls `step`.

    What cannot be read is raised, and what held before stays in force.
    """

    read: Callable[[], tuple[Signature, ...]]
    rulebook: Rulebook
    clock: Clock
    every: timedelta = timedelta(seconds=30)
    _next: datetime | None = None

    def step(self) -> int:
        """Look, if it is time; 1 when something else holds now."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + self.every
        return int(self.rulebook.attest(self.read()))
