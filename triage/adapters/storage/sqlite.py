"""SQLite: all that is its own about connections.

WAL, so that readers and the writer do not wait for each other; synchronous FULL, so that what was
committed survives the power; BEGIN IMMEDIATE, so that a transaction never finds out half-way that
another one writes. One write connection a process: its pool is the queue of writers.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from triage.adapters.storage.engine import Database, StoreUnusable

BUSY_SECONDS = 30
READERS = 8
PAGES_AT_ONCE = 4096
PRAGMAS = (
    "PRAGMA journal_mode = WAL",
    "PRAGMA synchronous = FULL",
    "PRAGMA foreign_keys = ON",
    f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}",
)


def open_sqlite(path: Path) -> Database:
    """Open or create a file. Raises StoreUnusable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(path, error.strerror) from error
    return Database(
        place=str(path),
        path=path,
        writer=_engine(path, begin="BEGIN IMMEDIATE", connections=1),
        readers=_engine(path, begin="BEGIN", connections=READERS),
    )


def open_copy(path: Path) -> Database:
    """Open a file that is only read. Raises nothing: a file that is none fails when it is read."""
    engine = _engine(path, begin="BEGIN", connections=1, read_only=True)
    return Database(place=str(path), path=path, writer=engine, readers=engine)


def _engine(path: Path, *, begin: str, connections: int, read_only: bool = False) -> Engine:
    engine = create_engine(
        f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true" if read_only else f"sqlite:///{path}",
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
        for pragma in () if read_only else PRAGMAS:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine


def copy_file(source: Path, target: Path, tell: Callable[[int, int], None]) -> None:
    """Copy a file that others go on writing to, as it is at one moment, over what `target` holds.

    All or nothing: who reads `target` meanwhile sees what it held before. `tell` is given the pages
    that are left and how many there are.
    """
    with (
        closing(sqlite3.connect(f"file:{quote(str(source))}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target, timeout=BUSY_SECONDS)) as written,
    ):
        # A snapshot, or every commit in between would begin it anew.
        read.execute("BEGIN")
        read.execute("SELECT count(*) FROM sqlite_schema").fetchone()
        read.backup(
            written, pages=PAGES_AT_ONCE, progress=lambda _, left, whole: tell(left, whole), sleep=0
        )


def unsound(path: Path) -> str:
    """What is wrong with the structure of a file; nothing when it is whole."""
    try:
        with closing(sqlite3.connect(f"file:{quote(str(path))}?mode=ro", uri=True)) as read:
            found = read.execute("PRAGMA quick_check(1)").fetchone()[0]
    except sqlite3.DatabaseError as error:
        return str(error)
    return "" if found == "ok" else str(found)


def settle_file(path: Path) -> None:
    """Leave nothing beside a file that nobody has open, so that it can be moved by itself."""
    with closing(sqlite3.connect(path)) as written:
        written.execute("PRAGMA journal_mode = DELETE")
