"""Telling people."""

from dataclasses import dataclass
from typing import Protocol


@dataclass(frozen=True, slots=True, kw_only=True)
class Notice:
    """What a person gets: short, exact, and safe to show (plain text, control bytes gone).

    `id` is the idempotency key: a receiver that has seen it may drop the second copy.
    """

    id: str
    case: str
    priority: str
    title: str
    text: str


class Undelivered(Exception):
    """It did not get through; the sentence says why. Trying again may help."""


class Notifier(Protocol):
    """One channel."""

    def notify(self, contact: str, notice: Notice) -> str:
        """Deliver to `contact` (an address in this channel's own form) and say what was done.

        Raises Undelivered. Waits no longer than the channel's own timeout.
        """
