"""Room for what was found out about values and shapes, so that it need not be found out again.

Values repeat, and an attacker can see to it that they do not. So what is kept has a bound over all
fields together, and when it is reached everything is forgotten: the worst that can be done to us is
that every value is looked at, which costs about a microsecond each.
"""

from typing import Protocol

ROOM_MAX = 8_000_000
"""Roughly, bytes for what is kept, of all fields together."""
LENGTH_MAX = 4096
"""Characters of a value, or names of a shape; what is longer is looked at every time."""
OVERHEAD = 200
"""What keeping the shortest value takes."""


class Forgetful(Protocol):
    """Something that may be emptied at any time."""

    def clear(self) -> None: ...


class Room:
    """Counts what is kept, and empties all tables when it is too much."""

    __slots__ = ("_tables", "_used")

    def __init__(self) -> None:
        self._tables: list[Forgetful] = []
        self._used = 0

    def share(self, table: Forgetful) -> None:
        """Let a table use the room."""
        self._tables.append(table)

    def admits(self, length: int) -> bool:
        """Make room for one more, unless it is too long."""
        if length > LENGTH_MAX:
            return False
        self._used += OVERHEAD + length
        if self._used > ROOM_MAX:
            self._used = 0
            for table in self._tables:
                table.clear()
        return True
