"""PostgreSQL: all that is its own about connections.

READ COMMITTED to write, with the rows in question locked first; REPEATABLE READ to read, so that a
page of several queries is of one moment. Every wait has a bound.
"""

from typing import Any

from sqlalchemy import create_engine, event
from sqlalchemy.engine import URL, make_url
from sqlalchemy.exc import ArgumentError, DBAPIError

from triage.adapters.storage.engine import Database, StoreUnusable

DRIVER = "postgresql+psycopg"
CONNECTIONS = 12
CONNECT_SECONDS = 10
POOL_SECONDS = 60
RECYCLE_SECONDS = 1800
SESSION = (
    "SET statement_timeout = '60s'",
    "SET lock_timeout = '30s'",
    "SET idle_in_transaction_session_timeout = '120s'",
    # A commit that is only promised is not one; whoever asks for more than that keeps it.
    """SELECT set_config('synchronous_commit', 'on', false)
       WHERE current_setting('synchronous_commit') = 'off'""",
)


def open_postgres(address: str) -> Database:
    """Connect to a database that is there. Raises StoreUnusable."""
    url = _url(address)
    place = url.render_as_string(hide_password=True)
    try:
        engine = create_engine(
            url,
            pool_size=CONNECTIONS,
            max_overflow=0,
            pool_timeout=POOL_SECONDS,
            pool_recycle=RECYCLE_SECONDS,
            connect_args={"connect_timeout": CONNECT_SECONDS, "client_encoding": "utf8"},
            # An error's text goes to logs and /readyz; what tickets say does not belong there.
            hide_parameters=True,
        )
    except ModuleNotFoundError as error:
        why = f"{error.name} is not installed (pip install 'triage-engine[postgres]')"
        raise StoreUnusable(place, why) from error
    event.listen(engine, "connect", _connected)
    snapshot = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)
    database = Database(place=place, writer=engine, readers=snapshot)
    _refuse_unless_utf8(database)
    return database


def _url(address: str) -> URL:
    try:
        return make_url(address).set(drivername=DRIVER)
    except (ArgumentError, ValueError) as error:
        # What was given stays unsaid: there may be a password in it.
        raise StoreUnusable("database.url", "it is no URL") from error


def _connected(connection: Any, _record: Any) -> None:
    for statement in SESSION:
        connection.execute(statement)
    connection.commit()


def _refuse_unless_utf8(database: Database) -> None:
    try:
        with database.reading() as connection:
            found = connection.exec_driver_sql("SHOW server_encoding").scalar()
    except DBAPIError as error:
        database.close()
        why = str(error.orig).partition("\n")[0]
        raise StoreUnusable(database.place, why) from error
    if found != "UTF8":
        database.close()
        raise StoreUnusable(database.place, f"its encoding is {found} and has to be UTF8")
