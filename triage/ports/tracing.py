"""Telling what a ticket went through and how long each part took, to whoever collects that."""

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from datetime import datetime
from typing import Protocol

Fields = Mapping[str, str | int | float | bool]
"""What is known of a part. Never text from a ticket: it leaves the house."""


class Span(Protocol):
    """A part under way."""

    def note(self, fields: Fields) -> None:
        """Say more of it."""


class Tracing(Protocol):
    """One trace a ticket, whatever processes work on it and however long it takes.

    Cheap, never raises of itself, never decides anything. What is raised inside a part goes
    through, and the part is told as failed.
    """

    def part(self, case: str, name: str, fields: Fields) -> AbstractContextManager[Span]:
        """Tell a part of a case's trace as it is done; parts begun inside it are below it."""

    def inside(self, name: str, fields: Fields) -> AbstractContextManager[Span]:
        """Tell a part of the part that is under way in this thread; nothing outside of one."""

    def received(self, case: str, began: datetime, ended: datetime, fields: Fields) -> None:
        """Tell that a record of a case came in. The first is what everything else is below."""

    def close(self) -> None:
        """Hand over what has not left yet, within seconds."""


class _Nothing:
    def note(self, fields: Fields) -> None:
        del fields


NOTHING = _Nothing()


class Untraced:
    """The tracing port when nobody collects."""

    @contextmanager
    def part(self, case: str, name: str, fields: Fields) -> Iterator[Span]:
        del case, name, fields
        yield NOTHING

    @contextmanager
    def inside(self, name: str, fields: Fields) -> Iterator[Span]:
        del name, fields
        yield NOTHING

    def received(self, case: str, began: datetime, ended: datetime, fields: Fields) -> None:
        del case, began, ended, fields

    def close(self) -> None:
        """Nothing is held."""
