"""The rows that a slice of work added to a store, and committing them again through the driver."""

import sqlite3
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

from sqlalchemy import Table, select

from triage.adapters.storage import open_store
from triage.adapters.storage.engine import Database
from triage.adapters.storage.schema import metadata

TABLES = [table for table in metadata.sorted_tables if table.name != "alembic_version"]
Rows = Mapping[str, list[tuple[Any, ...]]]

_seen: dict[tuple[str, str], set[tuple[Any, ...]]] = {}


def new_rows(database: Database) -> Rows:
    """Every row that is there and was not at the last call, by table, with its final content."""
    return {table.name: _new(database, table) for table in TABLES}


def _new(database: Database, table: Table) -> list[tuple[Any, ...]]:
    known = _seen.setdefault((database.place, table.name), set())
    places = [list(table.columns).index(column) for column in table.primary_key]
    with database.reading() as connection:
        rows = [tuple(row) for row in connection.execute(select(table))]
    fresh = [row for row in rows if tuple(row[place] for place in places) not in known]
    known.update(tuple(row[place] for place in places) for row in fresh)
    return fresh


class Raw:
    """The same tables, empty, behind nothing but the driver."""

    def __init__(self, place: Path | str, batch: int) -> None:
        open_store(place).close()
        self._batch = batch
        self._mark = "?" if isinstance(place, Path) else "%s"
        self._connection: Any = _sqlite(place) if isinstance(place, Path) else _postgres(place)

    def commit(self, rows: Rows, tickets: int) -> float:
        """Insert rows in as many commits as `tickets` make batches; seconds."""
        parts = max(-(-tickets // self._batch), 1)
        prepared = [
            [
                (self._insert(name, some[0]), some[part::parts])
                for name, some in rows.items()
                if some
            ]
            for part in range(parts)
        ]
        cursor = self._connection.cursor()
        began = time.perf_counter()
        for part in prepared:
            cursor.execute("BEGIN IMMEDIATE" if self._mark == "?" else "BEGIN")
            for statement, some in part:
                if some:
                    cursor.executemany(statement, some)
            cursor.execute("COMMIT")
        return time.perf_counter() - began

    def _insert(self, table: str, row: Sequence[Any]) -> str:
        marks = ", ".join([self._mark] * len(row))
        return f"INSERT INTO {table} VALUES ({marks}) ON CONFLICT DO NOTHING"  # noqa: S608 - ours

    def close(self) -> None:
        """Let go of the database."""
        self._connection.close()


def _sqlite(place: Path) -> Any:
    connection = sqlite3.connect(place, isolation_level=None)
    for pragma in ("journal_mode = WAL", "synchronous = FULL", "foreign_keys = OFF"):
        connection.execute(f"PRAGMA {pragma}")
    return connection


def _postgres(place: str) -> Any:
    import psycopg  # noqa: PLC0415 - an extra

    connection = psycopg.connect(place.replace("postgresql+psycopg", "postgresql"), autocommit=True)
    connection.execute("SET session_replication_role = replica")  # parts are not in key order
    return connection
