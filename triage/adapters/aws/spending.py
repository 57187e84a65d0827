"""How many turns were used and refused, minute by minute; two minutes are remembered."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

Place = tuple[str, str, str]
"""API, account, Region."""
MINUTE = timedelta(minutes=1)


@dataclass(slots=True)
class Line:
    """One place in one minute."""

    used: int = 0
    refused: int = 0


@dataclass(slots=True)
class Book:
    """Written by whoever holds the budget's lock."""

    _minutes: dict[datetime, dict[Place, Line]] = field(default_factory=dict)

    def note(self, place: Place, at: datetime, *, used: bool) -> None:
        """Count one turn that was used, or refused."""
        minute = _begin(at)
        if minute not in self._minutes:
            kept = {one: lines for one, lines in self._minutes.items() if one >= minute - MINUTE}
            self._minutes = {**kept, minute: {}}
        line = self._minutes[minute].setdefault(place, Line())
        line.used += used
        line.refused += not used

    def last_minute(self, now: datetime) -> Mapping[Place, Line]:
        """Return the minute before this one."""
        return dict(self._minutes.get(_begin(now) - MINUTE, {}))


def _begin(at: datetime) -> datetime:
    return at.replace(second=0, microsecond=0)
