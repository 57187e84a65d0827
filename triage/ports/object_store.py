"""Files by key: a folder or a bucket."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from triage.domain.errors import TriageError


@dataclass(frozen=True, slots=True, kw_only=True)
class Stored:
    """One file as a listing shows it. `tag` changes whenever the content may have."""

    key: str
    size: int
    tag: str


class Unreachable(TriageError):
    """The store, or one file of it, could not be read this time; asking again may help."""

    def __init__(self, place: str, why: str) -> None:
        super().__init__(f"{place} cannot be read: {why}")


class ObjectStore(Protocol):
    """Reads files, and writes whole ones.

    Keys are relative to the store's `place`, their parts split by `/`.
    """

    @property
    def place(self) -> str:
        """Where it is, for people: `s3://bucket/prefix/`, or a folder."""

    def list(self, *, after: str, at_most: int) -> Sequence[Stored]:
        """Return files whose keys sort after `after` (as UTF-8), in that order.

        Fewer than `at_most`, even none, means that there are no more. Raises Unreachable.
        """

    def read(self, key: str, *, at_most: int) -> bytes:
        """Return a file's first bytes, `at_most` of them. Raises Unreachable."""

    def write(self, key: str, body: bytes) -> None:
        """Put a file there, whole or not at all, over one that is there. Raises Unreachable."""

    def close(self) -> None:
        """Let go of every connection."""
