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

    def postpone(
        self, effect: Effect, *, owner: str, due: datetime, outcome: str, counted: bool = True
    ) -> None:
        """Give it back to be tried again at `due`, with what went wrong this time.

        Unless `counted`, this was no try: it was only kept waiting.
        """

    def effects(self, *, case_id: str | None = None, at_most: int = 100) -> Sequence[Effect]:
        """List effects, newest first."""

    def recent(self, kind: str, *, since: datetime, at_most: int) -> Sequence[Effect]:
        """List effects of a kind that were due since then, oldest first, whatever came of them."""

    def effect(self, effect_id: str) -> Effect:
        """Find an effect by id or by an unambiguous beginning of one. Raises NoSuchEffect."""

    def insist(self, effect: Effect, *, now: datetime) -> bool:
        """Have it tried again from the start, now; False when it is done."""

    def give_up(self, effect: Effect, *, outcome: str) -> bool:
        """Have it tried no more; False when it is done, or somebody is at it right now."""

    def claim_timers(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Timer]:
        """Take timers that are due and free."""

    def fired(self, timer: Timer, *, owner: str) -> None:
        """Delete a timer that has done its work. Does nothing when `owner` lost it."""
