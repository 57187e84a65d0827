"""Counting what happens, in the project's words."""

from typing import Protocol

from triage.domain.overview import Overview


class Metrics(Protocol):
    """Counters and gauges. Cheap, never raises, never decides anything."""

    def received(self, reception: str) -> None:
        """One record came in and was new, updated, a duplicate, an own write or quarantined."""

    def decided(self, decision: str, ground: str, seconds_since_receipt: float) -> None:
        """One case was decided; `ground` is "" for escalations."""

    def effect(self, kind: str, outcome: str) -> None:
        """One effect ended or was postponed."""

    def closed_at_source(self, desk: str, outcome: str) -> None:
        """One finding was closed where it came from, or left as it was there."""

    def probation(self, outcome: str) -> None:
        """A watched close stayed quiet, could not be looked at, or came back."""

    def read(self, kind: str, outcome: str) -> None:
        """One raw read was got, missing or failed."""

    def reconciled(self, source: str, outcome: str, count: int) -> None:
        """Of what was looked for, so many records were new, updated or known; or a page failed."""

    def overview(self, seen: Overview) -> None:
        """How the work stands."""

    def queue(self, *, messages: float, oldest_seconds: float, dead: float) -> None:
        """How many messages wait, how long the oldest, how many the queue gave up on.

        NaN where the queue does not tell.
        """

    def organisation(self, *, accounts: int, age_seconds: float) -> None:
        """How many accounts the last snapshot of AWS Organizations holds, and how old it is."""

    def reloaded(self, outcome: str) -> None:
        """Changed playbooks were put to use ("renewed"), or kept from it ("refused")."""

    def waiting(self, outcome: str) -> None:
        """Playbooks that wait for their release judged one ticket; how that differs, or "same"."""

    def unreadable(self, claim: str) -> None:
        """One message that claims to be this service's could not be read; people are told."""

    def failed(self, part: str) -> None:
        """The supervisor of `part` caught something nobody expected."""
