"""A set of playbooks that somebody let decide, and said so with their key."""

from dataclasses import dataclass
from datetime import datetime

from triage.domain.json import canonical


@dataclass(frozen=True, slots=True, kw_only=True)
class Release:
    """`digest` names the exact texts; `by` is somebody listed in people.toml."""

    digest: str
    by: str
    at: datetime
    because: str

    def statement(self) -> bytes:
        """The exact bytes that `by` signs."""
        return canonical(
            {
                "release": self.digest,
                "by": self.by,
                "at": self.at.isoformat(),
                "because": self.because,
            }
        )
