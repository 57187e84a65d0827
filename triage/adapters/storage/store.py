"""The store as one thing to open and close."""

from dataclasses import dataclass
from pathlib import Path

from triage.adapters.storage.cases import Cases
from triage.adapters.storage.closes import SqlCloses, SqlGrants
from triage.adapters.storage.engine import Database
from triage.adapters.storage.hearings import SqlCanaries, SqlHearings
from triage.adapters.storage.incidents import SqlIncidents
from triage.adapters.storage.inventories import SqlInventories
from triage.adapters.storage.leaves import SqlLeafLog
from triage.adapters.storage.opening import open_prepared
from triage.adapters.storage.outbox import SqlOutbox
from triage.adapters.storage.overview import SqlOverviews
from triage.adapters.storage.quarantine import SqlQuarantine
from triage.adapters.storage.schema import metadata
from triage.adapters.storage.switches import SqlSwitches
from triage.adapters.storage.watermarks import SqlWatermarks


@dataclass(frozen=True, slots=True)
class Store:
    """The ports of one database."""

    database: Database
    cases: Cases
    outbox: SqlOutbox
    quarantine: SqlQuarantine
    incidents: SqlIncidents
    watermarks: SqlWatermarks
    inventories: SqlInventories
    hearings: SqlHearings
    canaries: SqlCanaries
    switches: SqlSwitches
    leaves: SqlLeafLog
    overviews: SqlOverviews
    closes: SqlCloses
    grants: SqlGrants

    def close(self) -> None:
        self.database.close()


def open_store(place: Path | str) -> Store:
    """Open a store: a file, made where there is none, or PostgreSQL at a URL.

    Raises SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    database = open_prepared(place, metadata)
    return Store(
        database,
        Cases(database),
        SqlOutbox(database),
        SqlQuarantine(database),
        SqlIncidents(database),
        SqlWatermarks(database),
        SqlInventories(database),
        SqlHearings(database),
        SqlCanaries(database),
        SqlSwitches(database),
        SqlLeafLog(database),
        SqlOverviews(database),
        SqlCloses(database),
        SqlGrants(database),
    )
