"""SQLite: all that is the store's own about its files.

Synchronous FULL, so that what was committed survives the power. How connections behave otherwise
is triage/sqlite.py's.
"""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path
from urllib.parse import quote

from triage.adapters.storage.engine import Database, StoreUnusable
from triage.sqlite import BUSY_SECONDS, reader_only, readers, writer

PAGES_AT_ONCE = 4096
PRAGMAS = ("PRAGMA synchronous = FULL", "PRAGMA foreign_keys = ON")


def open_sqlite(path: Path) -> Database:
    """Open or create a file. Raises StoreUnusable."""
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise StoreUnusable(path, error.strerror) from error
    return Database(
        place=str(path), path=path, writer=writer(path, PRAGMAS), readers=readers(path, PRAGMAS)
    )


def open_copy(path: Path) -> Database:
    """Open a file that is only read. Raises nothing: a file that is none fails when it is read."""
    engine = reader_only(path)
    return Database(place=str(path), path=path, writer=engine, readers=engine)


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
