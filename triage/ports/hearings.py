"""What was heard from where, and which canaries came back."""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.hearing import Canary, Heard, Hearing
from triage.domain.lookout import Lookout

Listen = Callable[[Hearing | None, Heard], Hearing]
"""The pure stage: what was known of a lookout, and what is known now."""


class Hearings(Protocol):
    """Signs of life, kept over restarts."""

    def heard(self, notes: Sequence[Heard], listen: Listen) -> None:
        """Add notes, all in one transaction in which nobody else adds."""

    def overdue(self, now: datetime) -> Sequence[Hearing]:
        """Those past their deadline of whom nobody was told yet."""

    def told(self, lookout: Lookout, at: datetime) -> None:
        """Note that people were told; it counts until something arrives."""

    def all(self) -> Sequence[Hearing]:
        """Everything that was ever heard of, in order."""


class Canaries(Protocol):
    """Canaries under way."""

    def sent(self, canary: Canary) -> None:
        """Remember one before it is sent."""

    def arrived(self, canary_id: str, at: datetime) -> bool:
        """Note that it came back; False for one that nobody here sent."""

    def lost(self, now: datetime) -> Sequence[Canary]:
        """Those that are due and did not arrive, of whom nobody was told yet."""

    def told(self, canary_id: str, at: datetime) -> None:
        """Note that people were told."""

    def newest(self) -> Canary | None:
        """The one sent last."""
