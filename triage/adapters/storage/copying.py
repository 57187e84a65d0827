"""Every row of one database into another, whatever either of them is: backups and moves.

Rows go through the tables of schema.py, so that what one database escapes or counts by itself the
other does in its own way.
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import closing

from sqlalchemy import Connection, Table, func, select, text

from triage.adapters.storage.dialect import one_writer
from triage.adapters.storage.engine import Database
from triage.adapters.storage.schema import alembic_version, bodies, inbox, inbox_metadata, metadata

ROWS_AT_ONCE = 500
BODIES_AT_ONCE = 50
"""Bodies are up to a mebibyte each."""

Tell = Callable[[str, int], None]
"""How far it has come: a table, and how many of its rows were copied."""


def tables_of_store() -> list[Table]:
    """Every table of the store, those first that others refer to; its schema is not a row."""
    return [one for one in metadata.sorted_tables if one is not alembic_version]


def tables_of_inbox() -> list[Table]:
    """Every table of the inbox."""
    return list(inbox_metadata.sorted_tables)


def patient(connection: Connection) -> None:
    """Let this transaction take as long as it takes."""
    if not one_writer(connection):
        connection.execute(text("SET LOCAL statement_timeout = 0"))
        connection.execute(text("SET LOCAL idle_in_transaction_session_timeout = 0"))


def copy_rows(
    source: Connection, target: Connection, tables: list[Table], tell: Tell
) -> Mapping[str, int]:
    """Copy these tables within the two transactions; return how many rows each has."""
    return {one.name: _copy_table(source, target, one, tell) for one in tables}


def _copy_table(source: Connection, target: Connection, table: Table, tell: Tell) -> int:
    done = 0
    for rows in _pages(source, table):
        target.execute(table.insert(), rows)
        done += len(rows)
        tell(table.name, done)
    if table is inbox and done:
        _count_on(target)
    return done


def _pages(source: Connection, table: Table) -> Iterator[list[dict[str, object]]]:
    at_once = BODIES_AT_ONCE if table in {bodies, inbox} else ROWS_AT_ONCE
    options = {"stream_results": True, "yield_per": at_once}
    # Closed here, for one that is given up half-way would be closed by nobody.
    with closing(source.execute(select(table), execution_options=options)) as found:
        for rows in found.mappings().partitions():
            yield [dict(row) for row in rows]


def _count_on(target: Connection) -> None:
    """Let the next message be numbered after those that are there; SQLite does it by itself."""
    if not one_writer(target):
        last = select(func.max(inbox.c.id)).scalar_subquery()
        target.execute(select(func.setval(func.pg_get_serial_sequence(inbox.name, "id"), last)))


def is_empty(database: Database, tables: list[Table]) -> bool:
    """Tell whether nothing was ever kept here."""
    with database.reading() as connection:
        return all(connection.execute(select(one).limit(1)).first() is None for one in tables)


def empty(connection: Connection, tables: list[Table]) -> None:
    """Delete every row on PostgreSQL; whoever reads or writes one of the tables is waited for."""
    connection.execute(text(f"TRUNCATE {', '.join(one.name for one in tables)}"))
