"""A database that is only looked at: every statement that would write is refused by the database.

SQLite opens the file read-only (it may put an empty log and its index beside it, which hold
nothing), PostgreSQL makes every transaction read-only.
"""

from collections.abc import Sequence
from pathlib import Path
from typing import Final

from sqlalchemy.exc import DatabaseError

from triage.adapters.storage.engine import Database, StoreUnusable, check, revision
from triage.domain.errors import TriageError
from triage.sqlite import reader_only


class NothingThere(TriageError):
    """There is no store to look at; looking makes none."""

    def __init__(self, place: object) -> None:
        super().__init__(f"{place}: there is no store yet, so there is nothing to look at")


MAPPED: Final = f"PRAGMA mmap_size = {4 * 1024**3}"
"""Pages of a file are read where the system has them, uncopied: a third of reading all of it.

A disk that fails then ends the process (https://www.sqlite.org/mmap.html), which is nothing to
whoever only makes a report.
"""


def look_at(place: Path | str, *, versioned: bool = True, whole: bool = False) -> Database:
    """Open for reading alone; a file that holds an inbox has no version.

    `whole` is for who reads all of it.

    Raises NothingThere, SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    database = (
        _sqlite(place, (MAPPED,) if whole else ()) if isinstance(place, Path) else _postgres(place)
    )
    try:
        with database.reading() as connection:
            if versioned or database.path is None:
                check(database, revision(connection))
    except DatabaseError as error:
        database.close()
        raise StoreUnusable(database.place, error.orig) from error
    except BaseException:
        database.close()
        raise
    return database


def _sqlite(path: Path, pragmas: Sequence[str]) -> Database:
    if not path.is_file():
        raise NothingThere(path)
    engine = reader_only(path.resolve(), pragmas)
    return Database(place=str(path), path=path, writer=engine, readers=engine)


def _postgres(address: str) -> Database:
    from triage.adapters.storage.postgres import open_postgres  # noqa: PLC0415 - the extra

    found = open_postgres(address)
    return Database(place=found.place, writer=found.readers, readers=found.readers)
