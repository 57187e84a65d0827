"""The index's SQLite file: one writer, many readers; begun anew when it is not ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event, inspect, select
from sqlalchemy.exc import SQLAlchemyError
from sqlalchemy.pool import QueuePool

from triage.adapters.archive.schema import VERSION, about, metadata

BUSY_SECONDS = 30
READERS = 8
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    # What the power takes is read again from the archive.
    "PRAGMA synchronous = NORMAL",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
)


def micros(at: datetime) -> int:
    """Whole microseconds since 1970."""
    return (at - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The time behind a column."""
    return EPOCH + value * MICROSECOND


class Database:
    """Transactions to write, snapshots to read."""

    def __init__(self, path: Path, place: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = _engine(path, begin="BEGIN IMMEDIATE", connections=1)
        self._readers = _engine(path, begin="BEGIN", connections=READERS)
        with self.writing() as connection:
            if not _is_of(connection, place):
                _begin_anew(connection, place)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction."""
        with self._writer.begin() as connection:
            yield connection

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what was committed when the block began."""
        with self._readers.begin() as connection:
            yield connection

    def close(self) -> None:
        """Let go of the file."""
        self._writer.dispose()
        self._readers.dispose()


def _is_of(connection: Connection, place: str) -> bool:
    if not inspect(connection).has_table(about.name):
        return False
    try:
        row = connection.execute(select(about.c.version, about.c.place)).first()
    except SQLAlchemyError:
        return False
    return row is not None and (row.version, row.place) == (VERSION, place)


def _begin_anew(connection: Connection, place: str) -> None:
    metadata.drop_all(connection)
    metadata.create_all(connection)
    connection.execute(about.insert().values(version=VERSION, place=place))


def _engine(path: Path, *, begin: str, connections: int) -> Engine:
    engine = create_engine(
        f"sqlite:///{path}",
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS * 2,
        connect_args={"check_same_thread": False, "timeout": BUSY_SECONDS},
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
