"""SQLite as every adapter that keeps a file of its own opens it.

WAL, so that readers and the writer do not wait for each other; BEGIN IMMEDIATE for writers, so that
a transaction never finds out half-way that another one writes. One write connection a process: its
pool is the queue of writers.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Any
from urllib.parse import quote

from sqlalchemy import Connection, Engine, create_engine, event
from sqlalchemy.pool import QueuePool

BUSY_SECONDS = 30
READERS = 8
STATEMENTS = 32
"""Prepared and kept by each connection. One that writes many rows takes up to 100 KB, and there is
another for each number of rows: the driver's own 128 grow to tens of megabytes over an hour."""
COMMON = ("PRAGMA journal_mode = WAL", f"PRAGMA busy_timeout = {BUSY_SECONDS * 1000}")


def writer(path: Path, pragmas: Sequence[str]) -> Engine:
    """The one connection that writes; `pragmas` say besides how durable a commit is."""
    return _engine(f"sqlite:///{path}", "BEGIN IMMEDIATE", 1, (*COMMON, *pragmas))


def readers(path: Path, pragmas: Sequence[str]) -> Engine:
    """Connections that see what was committed when their transaction began."""
    return _engine(f"sqlite:///{path}", "BEGIN", READERS, (*COMMON, *pragmas))


def reader_only(path: Path, pragmas: Sequence[str] = ()) -> Engine:
    """Connections to a file that stays as it is."""
    return _engine(f"sqlite:///file:{quote(str(path))}?mode=ro&uri=true", "BEGIN", READERS, pragmas)


def _engine(address: str, begin: str, connections: int, pragmas: Sequence[str]) -> Engine:
    engine = create_engine(
        address,
        poolclass=QueuePool,
        pool_size=connections,
        max_overflow=0,
        pool_timeout=BUSY_SECONDS * 2,
        connect_args={
            "check_same_thread": False,
            "timeout": BUSY_SECONDS,
            "cached_statements": STATEMENTS,
        },
        # An error's text goes to logs and /readyz; what tickets say does not belong there.
        hide_parameters=True,
    )

    @event.listens_for(engine, "connect")
    def _connect(connection: Any, _record: Any) -> None:
        # The driver's own idea of when a transaction begins is off: we say BEGIN ourselves.
        connection.isolation_level = None
        for pragma in pragmas:
            connection.execute(pragma)

    @event.listens_for(engine, "begin")
    def _begin(connection: Connection) -> None:
        connection.exec_driver_sql(begin)

    return engine
