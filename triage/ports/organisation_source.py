"""The directory of the organisation's accounts, and where its last answer is kept."""

from collections.abc import Iterator
from typing import Protocol

from triage.domain.evidence import Failed
from triage.domain.snapshot import Snapshot


class OrganisationSource(Protocol):
    """The directory of accounts. Asked every hour or so, never for a ticket."""

    def ask(self) -> Iterator[Snapshot | Failed | None]:
        """Ask for the whole organisation, one request a step.

        Gives None after each request and ends with a Snapshot or a Failed; it never raises.
        Whatever is throttled, denied, cut or inconsistent is Failed, never fewer accounts.
        """


class SnapshotKeep(Protocol):
    """Keeps the last good snapshot over restarts."""

    def load(self) -> Snapshot | None:
        """Give the last one; None when there is none or it cannot be read."""

    def keep(self, snapshot: Snapshot) -> None:
        """Replace the last one, whole or not at all. Raises OSError."""
