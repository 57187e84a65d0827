"""A database: transactions to write, snapshots to read. sqlite.py and postgres.py open one."""

import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TypeVar

from sqlalchemy import Connection, Engine, MetaData, inspect, select
from sqlalchemy.exc import DatabaseError

from triage.adapters.storage.blame import is_overtaken
from triage.adapters.storage.dialect import insert
from triage.adapters.storage.schema import REVISION, REVISIONS, alembic_version
from triage.domain.errors import TriageError

TRIES = 5
"""How often work that was overtaken begins again."""

NUMBER = re.compile("[0-9]{4}")

T = TypeVar("T")


class SchemaMismatch(TriageError):
    """The database was written by another version."""

    exit_code = 3

    def __init__(self, place: object, found: str) -> None:
        super().__init__(
            f"{place} has schema {found}, this version needs {REVISION} and cannot migrate it; "
            "use the version that wrote it, or another database (paths.data, database.url)"
        )


class SchemaOutdated(TriageError):
    """The database has to be migrated first, or prepared at all; nobody does it by the way."""

    exit_code = 3

    def __init__(self, place: object, found: str | None) -> None:
        state = f"has schema {found}" if found else "is empty"
        super().__init__(
            f"{place} {state}, this version needs {REVISION}; `triage db upgrade` leads there"
        )


class StoreUnusable(TriageError):
    """The database cannot be opened, read or written."""

    exit_code = 3

    def __init__(self, place: object, why: object) -> None:
        super().__init__(
            f"{place} cannot be used as a database: {why}; look at paths.data and database.url"
        )


@dataclass(frozen=True, kw_only=True)
class Database:
    """Connections to one database. `place` is for people and holds no password.

    A database that has a `path` is a file of ours, which we may create and change as we need it.
    """

    place: str
    writer: Engine
    readers: Engine
    path: Path | None = None

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """One transaction; committed, and on disk, when the block ends."""
        with self.writer.begin() as connection:
            yield connection

    @contextmanager
    def leasing(self) -> Iterator[Connection]:
        """One transaction that the power may undo: for leases, and for what comes again anyway.

        A file waits for no disk then: what was promised to nobody else may be lost with the
        process that holds it. What `writing` commits afterwards makes this durable too.
        """
        with self.writer.connect() as connection:
            if self.path is not None:
                _synchronous(connection, "NORMAL")
            try:
                with connection.begin():
                    yield connection
            finally:
                if self.path is not None:
                    _synchronous(connection, "FULL")

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """A consistent view of what was committed when the block began."""
        with self.readers.begin() as connection:
            yield connection

    def transact(self, work: Callable[[Connection], T]) -> T:
        """Do `work` in one transaction; from the start again when another writer overtook it."""
        for _ in range(TRIES - 1):
            try:
                with self.writing() as connection:
                    return work(connection)
            except Exception as error:
                if not is_overtaken(error):
                    raise
        with self.writing() as connection:
            return work(connection)

    def close(self) -> None:
        self.writer.dispose()
        self.readers.dispose()


def _synchronous(connection: Connection, level: str) -> None:
    # Past SQLAlchemy, for it would begin a transaction, in which SQLite ignores this.
    connection.connection.cursor().execute(f"PRAGMA synchronous = {level}")


def prepare(database: Database, metadata: MetaData) -> None:
    """Create the tables of a new file; check those of anything else.

    Raises SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    try:
        _prepare(database, metadata)
    except DatabaseError as error:
        raise StoreUnusable(database.place, error.orig) from error


def _prepare(database: Database, metadata: MetaData) -> None:
    if database.path is None:
        with database.reading() as connection:
            check(database, revision(connection))
        return
    versioned = "alembic_version" in metadata.tables
    with database.writing() as connection:
        found = revision(connection) if versioned else None
        if found is not None:
            check(database, found)
        metadata.create_all(connection)
        if versioned and found is None:
            stamp = insert(connection, alembic_version).values(version_num=REVISION)
            connection.execute(stamp.on_conflict_do_nothing())


def check(database: Database, found: str | None) -> None:
    """Raise SchemaMismatch or SchemaOutdated unless this code can work on the schema `found`."""
    if found is None or found in REVISIONS[:-1]:
        raise SchemaOutdated(database.place, found)
    if not workable(found, REVISION):
        raise SchemaMismatch(database.place, found)


def workable(found: str, needed: str) -> bool:
    """Tell whether code written for one schema works on another: the same, or additions to it.

    A schema's number is its era, two digits, and its step in it, two more. Within an era a step
    only adds what those who do not know it can leave alone (docs/decisions/0031).
    """
    return found == needed or (
        NUMBER.fullmatch(found) is not None and found[:2] == needed[:2] and found > needed
    )


def check_same(database: Database, found: str | None) -> None:
    """Raise SchemaMismatch or SchemaOutdated unless `found` is the schema this code knows whole."""
    check(database, found)
    if found != REVISION:
        raise SchemaMismatch(database.place, str(found))


def revision(connection: Connection) -> str | None:
    """The schema of a database; None where there is none yet."""
    if not inspect(connection).has_table("alembic_version"):
        return None
    return connection.execute(select(alembic_version.c.version_num)).scalar()
