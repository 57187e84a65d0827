"""The archive as one thing to open, fill, ask and close."""

from dataclasses import dataclass
from pathlib import Path

from triage.adapters.archive.database import Database
from triage.adapters.archive.evidence_source import ArchivedEvidence
from triage.adapters.archive.index import Index
from triage.adapters.archive.indexer import Indexer
from triage.adapters.archive.limits import ArchiveLimits
from triage.adapters.archive.lookups import Lookups
from triage.ports.clock import Clock
from triage.ports.evidence_source import EvidenceSource
from triage.ports.object_store import ObjectStore


@dataclass(frozen=True, slots=True)
class Archive:
    """An archive and its index."""

    store: ObjectStore
    database: Database
    indexer: Indexer
    lookups: Lookups
    clock: Clock

    def before(self, following: EvidenceSource) -> ArchivedEvidence:
        """Answer what the archive can, and let `following` answer the rest."""
        return ArchivedEvidence(self.lookups, following, self.clock, self.store.place)

    def catch_up(self, steps: int) -> bool:
        """Index until a pass is over, or for so many steps; False when there is more to do."""
        return any(self.indexer.step() == 0 for _ in range(steps))

    def close(self) -> None:
        """Let go of index and archive."""
        self.database.close()
        self.store.close()


def open_archive(
    path: Path,
    store: ObjectStore,
    clock: Clock,
    limits: ArchiveLimits | None = None,
    *,
    whole: bool = False,
) -> Archive:
    """Open or create the index of an archive; `whole` looks at every file again."""
    bounds = limits or ArchiveLimits()
    database = Database(path, store.place)
    indexer = Indexer(store, Index(database), clock, bounds, whole=whole)
    return Archive(store, database, indexer, Lookups(database, bounds), clock)
