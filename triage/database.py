"""Where the record is kept: bootstrap's part that opens, migrates and copies databases."""

from contextlib import closing
from pathlib import Path

from triage.adapters.storage import Inbox, Store, open_inbox, open_store
from triage.domain.errors import TriageError
from triage.ports.clock import Clock
from triage.settings import Settings

STORE, INBOX = "triage.sqlite3", "inbox.sqlite3"


class NotOurs(TriageError):
    """PostgreSQL's own tools do this better."""

    def __init__(self) -> None:
        super().__init__(
            "database.url names a PostgreSQL; back it up with pg_dump or the archive of its log"
        )


class InTheWay(TriageError):
    """A backup overwrites nothing."""

    def __init__(self, path: Path) -> None:
        super().__init__(f"{path} is there already; name another folder")


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


def checked(found: Settings) -> str:
    """Where the store is. Raises SchemaMismatch, SchemaOutdated or StoreUnusable."""
    with closing(store(found)) as opened:
        return opened.database.place


def upgraded(found: Settings) -> tuple[str, str | None, str]:
    """Migrate; return where, from which schema (None from nothing) and to which.

    Raises SchemaMismatch or StoreUnusable.
    """
    from triage.adapters.storage.migrating import upgrade
    from triage.adapters.storage.opening import open_database
    from triage.adapters.storage.schema import REVISION

    with closing(open_database(place(found, None, STORE))) as database:
        return database.place, upgrade(database), REVISION


def backed_up(found: Settings, target: Path) -> list[Path]:
    """Copy the embedded store and inbox into a folder while others go on working.

    Raises NotOurs and InTheWay. The inbox comes first: what leaves it in between is in the store,
    and what is in both is recognised as a duplicate.
    """
    from triage.adapters.storage.sqlite import back_up

    if not isinstance(place(found, None, STORE), Path):
        raise NotOurs
    names = [name for name in (INBOX, STORE) if (found.paths.data / name).exists()]
    for name in names:
        if (target / name).exists():
            raise InTheWay(target / name)
    target.mkdir(parents=True, exist_ok=True)
    for name in names:
        back_up(found.paths.data / name, target / name)
    return [target / name for name in names]
