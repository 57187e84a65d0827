"""How the work stands, and what each worker spends of AWS's patience."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.overview import Overview, Spent


class Overviews(Protocol):
    """Looks at what there is, cheaply: by indexes, and no more of it than a bound."""

    def look(self, now: datetime) -> Overview:
        """Return how the work stands."""


class Ledger(Protocol):
    """Where workers write down what they spent, so that it can be seen together."""

    def note(self, owner: str, spent: Sequence[Spent], at: datetime) -> None:
        """Replace what this worker noted before; what others left behind long ago is forgotten."""


class Purse(Protocol):
    """Knows what this process spent."""

    def spent(self, now: datetime) -> Sequence[Spent]:
        """Return the last whole minute, where there was anything."""
