"""Connections. All that is SQLite's own is here.

WAL, so that readers and the writer do not wait for each other; synchronous FULL, so that what was
committed survives the power; BEGIN IMMEDIATE, so that a transaction never finds out half-way that
another one writes. One write connection a process: its pool is the queue of writers.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, MetaData, create_engine, event, inspect, select
from sqlalchemy.dialects.sqlite import insert
from sqlalchemy.exc import DatabaseError
from sqlalchemy.pool import QueuePool

from triage.adapters.storage.schema import REVISION, alembic_version
from triage.domain.errors import TriageError

BUSY_SECONDS = 30
READERS = 8
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
)


class SchemaMismatch(TriageError):
    """The database was written by another version."""

    exit_code = 3

    def __init__(self, path: Path, found: str) -> None:
        super().__init__(
            f"{path} has schema {found}, this version needs {REVISION} and cannot migrate it; "
            "use the version that wrote it, or another folder (paths.data)"
        )


class StoreUnusable(TriageError):
    """The database file cannot be opened, read or written."""

    exit_code = 3

    def __init__(self, path: Path, why: object) -> None:
        super().__init__(f"{path} cannot be used as a database: {why}; look at paths.data")


class Database:
    """One SQLite file: transactions to write, snapshots to read."""

    def __init__(self, path: Path) -> None:
        self.path = path
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise StoreUnusable(path, error.strerror) from error
        self._writer = _engine(path, begin="BEGIN IMMEDIATE", connections=1)
        self._readers = _engine(path, begin="BEGIN", connections=READERS)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; committed, and on disk, when the block ends."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what was committed when the block began."""
        with self._readers.begin() as connection:
            yield connection

    def close(self) -> None:
        self._writer.dispose()
        self._readers.dispose()


def _engine(path: Path, *, begin: str, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS * 2,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
        # An error's text goes to logs and /readyz; what tickets say does not belong there.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver's own idea of when a transaction begins is off: we say BEGIN ourselves.
        connection.isolation_level = None
        for pragma in PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def prepare(database: Database, metadata: MetaData) -> None:
    """Create the tables of a new file, or check those of an old one.

    Raises SchemaMismatch or StoreUnusable.
    """
    try:
        _prepare(database, metadata)
    except DatabaseError as error:
        raise StoreUnusable(database.path, error.orig) from error


def _prepare(database: Database, metadata: MetaData) -> None:
    versioned = "alembic_version" in metadata.tables
    with database.writing() as connection:
        found = _revision(connection) if versioned else None
        if found not in {None, REVISION}:
            raise SchemaMismatch(database.path, str(found))
        metadata.create_all(connection)
        if versioned and found is None:
            stamp = insert(alembic_version).values(version_num=REVISION)
            connection.execute(stamp.on_conflict_do_nothing())


def _revision(connection: Connection) -> str | None:
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(alembic_version.c.version_num)).scalar()
