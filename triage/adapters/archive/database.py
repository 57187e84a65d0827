"""The index's SQLite file: one writer, many readers; begun anew when it is not ours."""

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, inspect, select
from sqlalchemy.exc import SQLAlchemyError

from triage.adapters.archive.schema import VERSION, about, metadata
from triage.sqlite import readers, writer

# What the power takes is read again from the archive.
PRAGMAS = ("PRAGMA synchronous = NORMAL",)


class Database:
    """Transactions to write, snapshots to read."""

    def __init__(self, path: Path, place: str) -> None:
        path.parent.mkdir(parents=True, exist_ok=True)
        self._writer = writer(path, PRAGMAS)
        self._readers = readers(path, PRAGMAS)
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
