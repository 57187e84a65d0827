"""Where the weeks of scripts/benchmarks/chaos.py are stored: files in memory, emptied in between.

The handle on the file is shared by all workers of all weeks, for opening one takes longer than a
day of a week. It holds connections and nothing else: whoever starts after a kill reads the file.
"""

import sqlite3
from dataclasses import dataclass
from pathlib import Path

from triage.adapters.storage import Store, open_store
from triage.adapters.storage.inbox import Inbox
from triage.adapters.storage.opening import open_prepared
from triage.adapters.storage.schema import inbox_metadata
from triage.ports.clock import Clock

LEASE_SECONDS = 30.0
"""How long a message is a worker's own."""
KEPT = "alembic_version"


@dataclass(kw_only=True)
class Place:
    """A store and an inbox, and connections that look at both without the engine."""

    folder: Path

    def __post_init__(self) -> None:
        files = (self.folder / "triage.sqlite3", self.folder / "inbox.sqlite3")
        self.store: Store = open_store(files[0])
        self._inbox = open_prepared(files[1], inbox_metadata)
        self.raw, self.raw_inbox = (
            sqlite3.connect(one, check_same_thread=False, isolation_level=None) for one in files
        )

    def inbox(self, clock: Clock) -> Inbox:
        """The queue of a week, by its clock."""
        return Inbox(self._inbox, clock, LEASE_SECONDS)

    def clear(self) -> None:
        """Forget the week before."""
        for raw in (self.raw, self.raw_inbox):
            query = "SELECT name FROM sqlite_schema WHERE type = 'table'"
            raw.execute("PRAGMA foreign_keys = OFF")
            for (name,) in raw.execute(query).fetchall():
                if name != KEPT:
                    raw.execute(f"DELETE FROM {name}")  # noqa: S608 - a name of our own schema

    def close(self) -> None:
        """Close everything."""
        self.raw.close()
        self.raw_inbox.close()
        self._inbox.close()
        self.store.close()
