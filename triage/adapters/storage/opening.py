"""Which database stands behind a place."""

from pathlib import Path

from sqlalchemy import MetaData

from triage.adapters.storage.engine import Database, prepare
from triage.adapters.storage.sqlite import open_sqlite


def open_database(place: Path | str) -> Database:
    """Open a file of SQLite, or PostgreSQL at a URL. Raises StoreUnusable."""
    if isinstance(place, Path):
        return open_sqlite(place)
    # The driver is an extra, and nobody on SQLite waits for it.
    from triage.adapters.storage.postgres import open_postgres  # noqa: PLC0415

    return open_postgres(place)


def open_prepared(place: Path | str, metadata: MetaData) -> Database:
    """Open a database whose tables are there.

    Raises SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    database = open_database(place)
    try:
        prepare(database, metadata)
    except BaseException:
        database.close()
        raise
    return database
