"""Time."""

from datetime import datetime
from typing import Protocol


class Clock(Protocol):
    """Where time comes from."""

    def now(self) -> datetime:
        """Return the present as timezone-aware UTC."""

    def wait(self, seconds: float) -> None:
        """Let `seconds` pass, or fewer when asked to stop."""
