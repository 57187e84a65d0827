"""From the schema a database has to the one this version needs. Only `triage db upgrade` asks."""

from alembic import command
from alembic.config import Config
from sqlalchemy import Connection
from sqlalchemy.exc import DatabaseError

from triage.adapters.storage.dialect import hold_schema
from triage.adapters.storage.engine import (
    Database,
    SchemaOutdated,
    StoreUnusable,
    check,
    prepare,
    revision,
)
from triage.adapters.storage.schema import REVISION, metadata

FOLDER = "triage.adapters.storage:migrations"


def upgrade(database: Database) -> str | None:
    """Migrate, all in one transaction and under a lock; return the schema that was there before.

    Raises SchemaMismatch for a schema that this version does not know, and StoreUnusable.
    """
    try:
        with database.writing() as connection:
            hold_schema(connection)
            found = revision(connection)
            if not _outdated(database, found):
                return found
            if database.path is None or found is not None:
                command.upgrade(config(connection), "head")
                return found
    except DatabaseError as error:
        raise StoreUnusable(database.place, error.orig) from error
    prepare(database, metadata)
    return None


def _outdated(database: Database, found: str | None) -> bool:
    try:
        check(database, found)
    except SchemaOutdated:
        return True
    return False


def config(connection: Connection) -> Config:
    """Alembic's settings, without a file."""
    made = Config()
    made.set_main_option("script_location", FOLDER)
    made.set_main_option("path_separator", "os")
    made.attributes["connection"] = connection
    return made


__all__ = ["REVISION", "config", "upgrade"]
