"""Counting what happens, in the project's words."""

from typing import Protocol


class Metrics(Protocol):
    """Counters and gauges. Cheap, never raises, never decides anything."""

    def received(self, reception: str) -> None:
        """One record came in and was new, updated, a duplicate, an own write or quarantined."""

    def decided(self, decision: str, ground: str, seconds_since_receipt: float) -> None:
        """One case was decided; `ground` is "" for escalations."""

    def effect(self, kind: str, outcome: str) -> None:
        """One effect ended or was postponed."""

    def read(self, kind: str, outcome: str) -> None:
        """One raw read was got, missing or failed."""

    def reconciled(self, source: str, outcome: str, count: int) -> None:
        """Of what was looked for, so many records were new, updated or known; or a page failed."""

    def backlog(self, *, inbox: float, due: int, oldest_due_seconds: float) -> None:
        """How many messages and cases wait; NaN when the queue does not tell."""

    def queue(self, *, oldest_seconds: float, dead: float) -> None:
        """How long the oldest message waits, and how many the queue gave up on; NaN as above."""

    def organisation(self, *, accounts: int, age_seconds: float) -> None:
        """How many accounts the last snapshot of AWS Organizations holds, and how old it is."""

    def unreadable(self, claim: str) -> None:
        """One message that claims to be this service's could not be read; people are told."""

    def failed(self, part: str) -> None:
        """The supervisor of `part` caught something nobody expected."""
