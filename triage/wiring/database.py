"""Where the record is kept: bootstrap's part that opens, migrates and copies databases."""

from collections.abc import Callable, Mapping, Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from triage.adapters.storage import Inbox, Store, open_inbox, open_store
from triage.domain.ticket import FindingClass
from triage.ports.clock import Clock
from triage.settings import Settings

if TYPE_CHECKING:
    from triage.engine.retention import Retired

Tell = Callable[[str, int], None]
"""How far a copy has come: what is copied, and how much of it was."""

STORE, INBOX = "triage.sqlite3", "inbox.sqlite3"


def place(found: Settings, data: Path | None, name: str) -> Path | str:
    """A file in a folder that was named, else PostgreSQL where it is set, else in `paths.data`."""
    url = found.database.url.get_secret_value()
    return (data or found.paths.data) / name if data or not url else url


def store(found: Settings, data: Path | None = None) -> Store:
    """Open the store. Raises SchemaMismatch, SchemaOutdated or StoreUnusable."""
    return open_store(place(found, data, STORE))


def inbox(found: Settings, clock: Clock, data: Path | None = None) -> Inbox:
    """Open the inbox. Raises SchemaOutdated or StoreUnusable."""
    return open_inbox(place(found, data, INBOX), clock, found.worker.lease_seconds)


def clock(opened: Store, system: Clock) -> tuple[Clock, dict[str, Callable[[], int]]]:
    """The clock that everybody who shares this store goes by, and the upkeep it needs."""
    if opened.database.path is not None:
        return system, {}
    from triage.adapters.storage.clock import ServerClock

    server = ServerClock(opened.database, system)
    return server, {"clock": server.step}


def checked(found: Settings) -> str:
    """Where the store is. Raises SchemaMismatch, SchemaOutdated or StoreUnusable."""
    with closing(store(found)) as opened:
        return opened.database.place


def condition(found: Settings, system: Clock) -> Mapping[str, object]:
    """Where the store is, its schema and the one this version knows, and whose clock is ahead.

    Raises SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    from triage.adapters.storage.engine import revision
    from triage.adapters.storage.schema import REVISION

    with closing(store(found)) as opened:
        with opened.database.reading() as connection:
            there = revision(connection)
        ahead = (system.now() - clock(opened, system)[0].now()).total_seconds()
        return {
            "database": opened.database.place,
            "schema": there,
            "known": REVISION,
            "clock_ahead_seconds": round(ahead, 1) + 0.0,
        }


def upgraded(found: Settings) -> tuple[str, str | None, str]:
    """Migrate; return where, from which schema (None from nothing) and to which.

    Raises SchemaMismatch or StoreUnusable.
    """
    from triage.adapters.storage.migrating import upgrade
    from triage.adapters.storage.opening import open_database
    from triage.adapters.storage.schema import REVISION

    with closing(open_database(place(found, None, STORE))) as database:
        return database.place, upgrade(database), REVISION


def backed_up(found: Settings, target: Path, tell: Tell) -> list[Path]:
    """Copy the store and the inbox into a folder while others go on working.

    Raises InTheWay and what opening a store raises.
    """
    from triage.adapters.storage.backups import back_up_files, back_up_server

    if isinstance(place(found, None, STORE), Path):
        return back_up_files(found.paths.data, target, tell)
    with closing(store(found)) as opened:
        return back_up_server(opened.database, target, tell)


def restored(found: Settings, source: Path, tell: Tell, *, replace: bool) -> str:
    """Put a backup where the settings say; return where that is.

    Raises NoBackup, Damaged, NotEmpty, SchemaMismatch, SchemaOutdated or StoreUnusable.
    """
    from triage.adapters.storage.backups import restore_files, restore_server
    from triage.adapters.storage.opening import open_database

    where = place(found, None, STORE)
    if isinstance(where, Path):
        restore_files(source, where.parent, tell, replace=replace)
        return str(where)
    with closing(open_database(where)) as database:
        restore_server(source, database, tell, replace=replace)
        return database.place


def retained(found: Settings, clock: Clock, *, at_most: int, delete: bool) -> "Sequence[Retired]":
    """Count what retention.* has deleted by now, or delete it.

    Raises what opening a store raises.
    """
    from triage.engine import retention

    days = {
        one: days
        for one in FindingClass
        if (days := getattr(found.retention, f"{one}_days")) is not None
    }
    with closing(store(found)) as opened:
        now = clock.now()
        waiting = retention.due(opened.cases, days, now=now, at_most=at_most)
        if not delete:
            return [one.counted() for one in waiting]
        return [retention.delete(opened.cases, one, now=now) for one in waiting]
