"""Where heads are out of reach of whoever can write the store."""

from collections.abc import Iterator
from typing import Protocol

from triage.domain.errors import TriageError
from triage.domain.head import SignedHead


class Unkept(TriageError):
    """A head could not be exported, or the heads there could not be read; the next try may."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place} keeps no head: {why}")


class HeadKeeper(Protocol):
    """Keeps heads for good."""

    @property
    def place(self) -> str:
        """Where, for people."""

    def keep(self, signed: SignedHead) -> None:
        """Keep a head; when it returns, it is durable. Keeping it again is harmless.

        Raises Unkept.
        """

    def kept(self, *, beyond: int = -1) -> Iterator[tuple[str, bytes]]:
        """Give what is there, as a place and a line each, untrusted.

        Those of `beyond` leaves or fewer may be left out. Raises Unkept.
        """
