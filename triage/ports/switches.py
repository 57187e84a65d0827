"""Switches that stop repairs: all of them, or those of one rule."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

ALL = "all"
"""The name of the kill switch; every other name is a rule's."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Switch:
    """Why something is stopped, by whom and since when; `misses` were counted towards it."""

    name: str
    stopped: bool = False
    by: str = ""
    because: str = ""
    at: datetime
    misses: int = 0

    @property
    def told(self) -> str:
        """Who stopped it, since when and why, in one line."""
        since = self.at.isoformat(timespec="seconds")
        return f"halted by {self.by} since {since}: {self.because}"


class Switches(Protocol):
    """Read from the store each time: what one process stops, every other sees at once."""

    def halted(self) -> Switch | None:
        """The kill switch, when it is thrown."""

    def stopped(self, rule: str) -> Switch | None:
        """The rule's switch, when it is stopped."""

    def throw(self, name: str, *, by: str, because: str, at: datetime) -> Switch:
        """Stop; throwing it again changes nothing but the words."""

    def release(self, name: str, *, by: str, at: datetime) -> Switch | None:
        """Let go on, its misses forgotten; None when it was not stopped."""

    def miss(self, rule: str, *, most: int, because: str, at: datetime) -> Switch:
        """Count a repair that did not prove itself; from `most` on the rule is stopped."""

    def all(self) -> Mapping[str, Switch]:
        """Every switch that was ever touched, by name."""
