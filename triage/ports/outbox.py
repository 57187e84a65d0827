"""Intended effects and timers, claimed by lease."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.effect import Effect, EffectStatus, Timer


class Outbox(Protocol):
    """The transactional outbox: intents are written with the event that caused them."""

    def claim_effects(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Effect]:
        """Take intended effects that are due and free; each comes with `attempts` counted up."""

    def finish(self, effect: Effect, *, owner: str, status: EffectStatus, outcome: str) -> None:
        """Record how it ended. Does nothing when `owner` no longer holds it."""

    def postpone(self, effect: Effect, *, owner: str, due: datetime, outcome: str) -> None:
        """Give it back to be tried again at `due`, with what went wrong this time."""

    def effects(self, *, case_id: str | None = None, at_most: int = 100) -> Sequence[Effect]:
        """List effects, newest first."""

    def claim_timers(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Timer]:
        """Take timers that are due and free."""

    def fired(self, timer: Timer, *, owner: str) -> None:
        """Delete a timer that has done its work. Does nothing when `owner` lost it."""
