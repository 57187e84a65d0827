"""The leaf log on a database.

Events have no order over all cases, and no writer of events should wait for one: who anchors looks
for them afterwards, along the index of what changed last.
"""

import uuid
from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, and_, select, tuple_, update

from triage.adapters.storage.codec import maybe
from triage.adapters.storage.dialect import locked
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import VARIABLES_MAX, add_missing
from triage.adapters.storage.schema import cases, events
from triage.adapters.storage.schema_operating import heads, leaf_log, leaves
from triage.adapters.storage.tallies import count_in
from triage.domain.head import Head, Leaf, SignedHead
from triage.domain.merkle import Tree
from triage.domain.moments import micros, moment
from triage.ports.leaf_log import Appended, Cursor

AT_ONCE = 10_000


class SqlLeafLog:
    """The leaf log port on a database."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def held(self, *, now: datetime, owner: str, lease_seconds: float) -> bool:
        lease = timedelta(seconds=lease_seconds)
        with self._database.reading() as connection:
            row = connection.execute(select(leaf_log)).first()
        if row is not None and not _free(row, owner, now):
            return False
        if (
            row is not None
            and row.lease_owner == owner
            and row.lease_until > micros(now + lease / 2)
        ):
            return True  # long enough: renewing costs a write
        with self._database.writing() as connection:
            if not _free(_row(connection), owner, now):
                return False
            values = {"lease_owner": owner, "lease_until": micros(now + lease)}
            connection.execute(update(leaf_log).values(**values))
        return True

    def append(self, cursor: Cursor, *, now: datetime, owner: str, at_most: int) -> Appended:
        with self._database.reading() as connection:
            page = _page(connection, cursor, at_most)
            new = _unanchored(connection, [row.id for row in page], at_most)
        full = len(new) == at_most
        if new and not self._write(new, now, owner):
            return Appended(count=0, cursor=cursor, lap=False)
        if full or not page:
            return Appended(count=len(new), cursor=cursor, lap=not full)
        reached = Cursor(changed=moment(page[-1].changed), case=page[-1].id)
        return Appended(count=len(new), cursor=reached, lap=len(page) < at_most)

    def _write(self, new: Sequence[Any], now: datetime, owner: str) -> bool:
        with self._database.writing() as connection:
            row = _row(connection)
            if row.lease_owner != owner:
                return False
            found = [leaf_of(one) for one in new]
            tree = tree_of(row).with_leaves(leaf.content() for leaf in found)
            connection.execute(leaves.insert(), _leaf_rows(found, row.size))
            values = {"size": tree.size, "peaks": _peaks(tree), "appended": micros(now)}
            connection.execute(update(leaf_log).values(**values))
            count_in(connection, [one.body for one in new], now)
        return True

    def head(self, at: datetime) -> Head:
        with self._database.reading() as connection:
            row = connection.execute(select(leaf_log)).first()
        if row is None:
            with self._database.writing() as connection:
                row = _row(connection)
        tree = tree_of(row)
        return Head(log=row.name, size=tree.size, root=tree.root, at=at)

    def root(self, size: int) -> str | None:
        tree = Tree()
        with self._database.reading() as connection:
            query = select(leaves).where(leaves.c.position < size).order_by(leaves.c.position)
            for some in connection.execute(query).partitions(AT_ONCE):
                tree = tree.with_leaves(leaf_of(row).content() for row in some)
        return tree.root if tree.size == size else None

    def appended(self) -> datetime | None:
        """When something was anchored last."""
        with self._database.reading() as connection:
            return maybe(connection.execute(select(leaf_log.c.appended)).scalar())

    def exported(self) -> SignedHead | None:
        log = select(leaf_log.c.name).scalar_subquery()
        query = select(heads, log.label("log")).order_by(heads.c.size.desc()).limit(1)
        with self._database.reading() as connection:
            row = connection.execute(query).first()
        if row is None:
            return None
        head = Head(log=row.log, size=row.size, root=row.root, at=moment(row.at))
        return SignedHead(head=head, by=row.by, signature=row.signature)

    def note(self, signed: SignedHead, place: str) -> None:
        row = {
            "size": signed.head.size,
            "root": signed.head.root,
            "at": micros(signed.head.at),
            "by": signed.by,
            "signature": signed.signature,
            "place": place,
        }
        with self._database.writing() as connection:
            add_missing(connection, heads, [row])


def leaf_of(row: Any) -> Leaf:
    """Read what is hashed into the tree."""
    return Leaf(case=row.case_id, sequence=row.sequence, hash=row.hash)


def tree_of(row: Any) -> Tree:
    """Read the tree from the log's row."""
    peaks = tuple(bytes.fromhex(peak) for peak in row.peaks.split())
    return Tree(size=row.size, peaks=peaks)


def _peaks(tree: Tree) -> str:
    return " ".join(peak.hex() for peak in tree.peaks)


def _leaf_rows(found: Sequence[Leaf], first: int) -> list[dict[str, Any]]:
    return [
        {"position": position, "case_id": leaf.case, "sequence": leaf.sequence, "hash": leaf.hash}
        for position, leaf in enumerate(found, start=first)
    ]


def _free(row: Any, owner: str, now: datetime) -> bool:
    return row.lease_owner in (None, owner) or row.lease_until < micros(now)


def _row(connection: Connection) -> Any:
    """Hold the log's row until the transaction ends; a new log gets a name nobody else has."""
    query = locked(select(leaf_log))
    if (row := connection.execute(query).first()) is None:
        new = {"id": 1, "name": uuid.uuid4().hex, "size": 0, "peaks": ""}
        add_missing(connection, leaf_log, [new])
        row = connection.execute(query).one()
    return row


def _page(connection: Connection, cursor: Cursor, at_most: int) -> Sequence[Any]:
    """Cases by their last change, from behind the cursor on."""
    query = select(cases.c.id, cases.c.changed).order_by(cases.c.changed, cases.c.id)
    if cursor.changed is not None:
        after = micros(cursor.changed)
        # The first condition is what the index sees.
        behind = tuple_(cases.c.changed, cases.c.id) > (after, cursor.case)
        query = query.where(and_(cases.c.changed >= after, behind))
    return connection.execute(query.limit(at_most)).all()


def _unanchored(connection: Connection, names: Sequence[str], at_most: int) -> Sequence[Any]:
    same = and_(leaves.c.case_id == events.c.case_id, leaves.c.sequence == events.c.sequence)
    query = select(events.c.case_id, events.c.sequence, events.c.hash, events.c.body)
    query = query.outerjoin_from(events, leaves, same).where(leaves.c.position.is_(None))
    query = query.order_by(events.c.case_id, events.c.sequence)
    found: list[Any] = []
    for start in range(0, len(names), VARIABLES_MAX):
        some = query.where(events.c.case_id.in_(names[start : start + VARIABLES_MAX]))
        found += connection.execute(some.limit(at_most - len(found))).all()
        if len(found) == at_most:
            break
    return found
