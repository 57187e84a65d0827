"""Records with signed heads of them, and people who touch them."""

from dataclasses import dataclass, field
from datetime import timedelta
from pathlib import Path
from typing import Any

from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat
from sqlalchemy import Connection, delete, insert, select, text

from tests.builders import NOON, minutes
from tests.stored import SteppingClock, claimed, decided, received, told
from triage.adapters.files.heads import HeadFile
from triage.adapters.ssh.heads import SshHeads, SshHeadVerifier
from triage.adapters.ssh.signer import public_line
from triage.adapters.storage import Store, verify
from triage.adapters.storage.audit_log import Vouched
from triage.adapters.storage.schema import metadata
from triage.domain.head import signed_head
from triage.engine.anchoring import Anchorer, Export

Tables = dict[str, list[Any]]


@dataclass
class Key:
    """A key file and the line that trusts it."""

    path: Path
    line: str

    @classmethod
    def made(cls, path: Path) -> "Key":
        key = Ed25519PrivateKey.generate()
        kept = key.private_bytes(Encoding.PEM, PrivateFormat.OpenSSH, NoEncryption())
        path.write_bytes(kept)
        return cls(path, public_line(key))


@dataclass
class Anchored:
    """A store, whoever anchors it, and the heads that left it."""

    store: Store
    heads: Path
    key: Key
    clock: SteppingClock = field(default_factory=SteppingClock)

    def anchorer(self, owner: str = "a", **changes: Any) -> Anchorer:
        export = Export(
            signer=SshHeads(self.key.path), keeper=HeadFile(self.heads), interval=timedelta(0)
        )
        given = {"log": self.store.leaves, "clock": self.clock, "owner": owner, "export": export}
        return Anchorer(**{**given, **changes})

    def anchor(self) -> None:
        self.anchorer().finish()

    def happen(self, *numbers: int, **changes: Any) -> None:
        """Tickets arrive and are decided."""
        received(self.store, *[told(number, **changes) for number in numbers])
        self.store.cases.settle([decided(one) for one in claimed(self.store)])

    def vouched(self, key: Key | None = None) -> list[Vouched]:
        verifier, found = SshHeadVerifier([(key or self.key).line]), []
        for place, line in HeadFile(self.heads).kept():
            found.append(Vouched(place=place, signed=signed_head(line, place)))
            verifier.verify(found[-1].signed)
        return found

    def problems(self, *, against: bool = False) -> tuple[str, ...]:
        return verify(self.store, self.vouched() if against else ()).problems

    def touch(self, statement: str, **values: Any) -> None:
        """Somebody changes the database by hand."""
        with self.store.database.writing() as connection:
            assert connection.execute(text(statement), values).rowcount != 0

    def copied(self) -> Tables:
        """Everything in the database, as a backup would have it."""
        with self.store.database.reading() as connection:
            return {
                name: [row._asdict() for row in connection.execute(select(table))]
                for name, table in metadata.tables.items()
            }

    def restore(self, copy: Tables) -> None:
        with self.store.database.writing() as connection:
            for table in reversed(metadata.sorted_tables):
                connection.execute(delete(table))
            for table in metadata.sorted_tables:
                _put(connection, table, copy[table.name])


def _put(connection: Connection, table: Any, rows: list[Any]) -> None:
    if rows:
        connection.execute(insert(table), rows)


def a_history(store: Store, folder: Path) -> Anchored:
    """Three cases with two events each, one of them with four, all anchored."""
    made = Anchored(store, folder / "heads.jsonl", Key.made(folder / "anchor.key"))
    made.happen(1, 2, 3)
    made.anchor()
    made.happen(1, version=NOON + minutes(9), body=b"new")
    made.anchor()
    return made
