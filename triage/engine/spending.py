"""Spending: once a minute each worker writes down what it asked of AWS."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.ports.clock import Clock
from triage.ports.overview import Ledger, Purse

PART = "spending"


@dataclass(kw_only=True)
class Bookkeeper:
    """Notes the last whole minute; `step` is a worker's upkeep."""

    purse: Purse
    ledger: Ledger
    clock: Clock
    owner: str
    _noted: datetime | None = field(default=None, init=False)
    _wrote: bool = field(default=True, init=False)

    def step(self) -> int:
        """Write once a minute, as long as there is something or was something; say how much."""
        now = self.clock.now()
        minute = now.replace(second=0, microsecond=0)
        if minute == self._noted:
            return 0
        spent = self.purse.spent(now)
        # Nothing after nothing is not written: an idle worker costs no transaction.
        if spent or self._wrote:
            self.ledger.note(self.owner, spent, now)
        self._noted, self._wrote = minute, bool(spent)
        return 0
