"""SQLite: all that is its own about connections.

WAL, so that readers and the writer do not wait for each other; synchronous FULL, so that what was
committed survives the power; BEGIN IMMEDIATE, so that a transaction never finds out half-way that
another one writes. One write connection a process: its pool is the queue of writers.
"""

import sqlite3
from contextlib import closing
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

from triage.adapters.storage.engine import Database, StoreUnusable

BUSY_SECONDS = 30
READERS = 8
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


def back_up(source: Path, target: Path) -> None:
    """Copy a file that others go on writing to, as it is at one moment."""
    with (
        closing(sqlite3.connect(f"file:{source}?mode=ro", uri=True)) as read,
        closing(sqlite3.connect(target)) as written,
    ):
        read.backup(written)
