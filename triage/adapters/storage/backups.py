"""Copies of a store and its inbox, and back: two files of SQLite, whatever database they came from.

Such a folder is a `paths.data` of its own: it can be looked at, audited and upgraded by the same
commands, and restored into a file or into PostgreSQL.
"""

from collections.abc import Callable, Mapping
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from sqlalchemy import MetaData, Table
from sqlalchemy.exc import DatabaseError

from triage.adapters.storage.copying import (
    Tell,
    copy_rows,
    empty,
    is_empty,
    patient,
    tables_of_inbox,
    tables_of_store,
)
from triage.adapters.storage.engine import Database, StoreUnusable, check_same, prepare, revision
from triage.adapters.storage.migrating import upgrade
from triage.adapters.storage.schema import inbox_metadata, metadata
from triage.adapters.storage.sqlite import copy_file, open_copy, open_sqlite, settle_file, unsound
from triage.domain.errors import TriageError

PARTIAL = ".partial"


class InTheWay(TriageError):
    """A backup overwrites nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already; name another folder")


class NoBackup(TriageError):
    """There is nothing to restore."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is not there; name a folder that `triage db backup` wrote")


class Damaged(TriageError):
    """A backup is not what was written."""

    def __init__(self, path: Path, why: str) -> None:
        super().__init__(f"{path} is damaged and nothing was restored: {why}")


class NotEmpty(TriageError):
    """A restore deletes nothing that it was not told to."""

    def __init__(self, place: object) -> None:
        super().__init__(
            f"{place} is not empty; `--replace` deletes what is in it, once the workers are stopped"
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Kept:
    """One of the two files of a backup, and the tables in it."""

    name: str
    metadata: MetaData
    tables: Callable[[], list[Table]]


STORE = Kept(name="triage.sqlite3", metadata=metadata, tables=tables_of_store)
INBOX = Kept(name="inbox.sqlite3", metadata=inbox_metadata, tables=tables_of_inbox)
BOTH = (INBOX, STORE)
"""The inbox comes first: what leaves it in between is in the store, and is a duplicate there."""


# --- out ------------------------------------------------------------------------------------------


def back_up_files(folder: Path, target: Path, tell: Tell) -> list[Path]:
    """Copy the files of an embedded store while others go on working. Raises InTheWay."""
    there = [one for one in BOTH if (folder / one.name).exists()]
    _make_room(target, there)
    for one in there:
        copy_file(folder / one.name, _partial(target, one), _pages(one, tell))
    return [_whole(target, one) for one in there]


def back_up_server(database: Database, target: Path, tell: Tell) -> list[Path]:
    """Copy PostgreSQL as it is at one moment, while others go on working.

    Raises InTheWay, SchemaMismatch and StoreUnusable.
    """
    _make_room(target, BOTH)
    try:
        with database.reading() as source:
            patient(source)
            check_same(database, revision(source))
            for one in BOTH:
                with closing(open_sqlite(_partial(target, one))) as copy:
                    prepare(copy, one.metadata)
                    with copy.writing() as connection:
                        copy_rows(source, connection, one.tables(), tell)
    except DatabaseError as error:
        raise StoreUnusable(database.place, error.orig) from error
    for one in BOTH:
        settle_file(_partial(target, one))
    return [_whole(target, one) for one in BOTH]


def _make_room(target: Path, wanted: tuple[Kept, ...] | list[Kept]) -> None:
    target.mkdir(parents=True, exist_ok=True, mode=0o700)
    for one in wanted:
        if (target / one.name).exists():
            raise InTheWay(target / one.name)
        _partial(target, one).unlink(missing_ok=True)


def _partial(target: Path, one: Kept) -> Path:
    """Where a copy grows until it is whole."""
    return target / (one.name + PARTIAL)


def _whole(target: Path, one: Kept) -> Path:
    return _partial(target, one).rename(target / one.name)


def _pages(one: Kept, tell: Tell) -> Callable[[int, int], None]:
    return lambda left, whole: tell(f"{one.name}, pages", whole - left)


# --- in -------------------------------------------------------------------------------------------


def restore_files(source: Path, folder: Path, tell: Tell, *, replace: bool) -> None:
    """Put a backup where an embedded store is to be.

    Raises NoBackup, Damaged, NotEmpty, SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    there = _sound(source)
    folder.mkdir(parents=True, exist_ok=True)
    for one in there:
        if (folder / one.name).exists() and not replace:
            _refuse_unless_empty(folder / one.name, one)
    for one in there:
        copy_file(source / one.name, folder / one.name, _pages(one, tell))


def _refuse_unless_empty(path: Path, one: Kept) -> None:
    with closing(open_sqlite(path)) as database:
        prepare(database, one.metadata)
        if not is_empty(database, one.tables()):
            raise NotEmpty(database.place)


def restore_server(
    source: Path, database: Database, tell: Tell, *, replace: bool
) -> Mapping[str, int]:
    """Put a backup into PostgreSQL, in one transaction; return how many rows each table has now.

    Raises NoBackup, Damaged, NotEmpty, SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    there = _sound(source)
    upgrade(database)
    tables = [table for one in there for table in one.tables()]
    if not replace and not is_empty(database, tables):
        raise NotEmpty(database.place)
    counted: dict[str, int] = {}
    try:
        with database.writing() as target:
            patient(target)
            check_same(database, revision(target))
            empty(target, tables)
            for one in there:
                with closing(open_copy(source / one.name)) as copy, copy.reading() as connection:
                    counted |= copy_rows(connection, target, one.tables(), tell)
    except DatabaseError as error:
        raise StoreUnusable(database.place, error.orig) from error
    return counted


def _sound(source: Path) -> list[Kept]:
    """What is there of a backup, looked through, and of a schema that this version reads."""
    if not (source / STORE.name).exists():
        raise NoBackup(source / STORE.name)
    there = [one for one in BOTH if (source / one.name).exists()]
    for one in there:
        if why := unsound(source / one.name):
            raise Damaged(source / one.name, why)
    with closing(open_copy(source / STORE.name)) as copy, copy.reading() as connection:
        check_same(copy, revision(connection))
    return there
