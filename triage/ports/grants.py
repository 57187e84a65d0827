"""What became of licences: appended, never changed."""

from collections.abc import Sequence
from typing import Protocol

from triage.domain.errors import TriageError
from triage.domain.grant import Grant


class LicenceMoved(TriageError):
    """Somebody else wrote about this licence first."""

    def __init__(self, grant: Grant) -> None:
        super().__init__(
            f"the licence of {grant.name} in {grant.tier} changed meanwhile; look again"
        )


class Grants(Protocol):
    """Events of licences, by rule and tier, numbered from 1."""

    def add(self, grant: Grant) -> None:
        """Append one. Raises LicenceMoved when its number is taken."""

    def all(self) -> Sequence[Grant]:
        """Everything that was ever written, by rule, tier and number."""
