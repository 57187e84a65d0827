"""The durable inbox: a queue in a SQLite file of its own, or in a table of PostgreSQL."""

import uuid
from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from sqlalchemy import Connection, and_, delete, func, or_, select, update

from triage.adapters.storage.codec import maybe
from triage.adapters.storage.dialect import locked
from triage.adapters.storage.engine import Database
from triage.adapters.storage.opening import open_prepared
from triage.adapters.storage.schema import inbox, inbox_metadata
from triage.domain.message import Message
from triage.domain.moments import micros, moment
from triage.ports.clock import Clock

POLL_SECONDS = 0.1
BATCH_BYTES_MAX = 8 * 1024 * 1024
"""Bytes handed out at a time. Read as JSON they take ten times as much memory."""


class Inbox:
    """The queue port on a database; several processes may share it."""

    def __init__(self, database: Database, clock: Clock, lease_seconds: float) -> None:
        self._database = database
        self._clock = clock
        self._lease = timedelta(seconds=lease_seconds)

    def submit(self, bodies: Sequence[bytes]) -> int:
        received = micros(self._clock.now())
        rows = [{"body": body, "received": received} for body in bodies]
        if rows:
            with self._database.writing() as connection:
                connection.execute(inbox.insert(), rows)
        return len(rows)

    def receive(self, *, at_most: int, wait_seconds: float) -> Sequence[Message]:
        until = self._clock.now() + timedelta(seconds=wait_seconds)
        while not (messages := self._take(at_most)):
            left = (until - self._clock.now()).total_seconds()
            if left <= 0:
                return ()
            self._clock.wait(min(POLL_SECONDS, left))
        return messages

    def _take(self, at_most: int) -> Sequence[Message]:
        with self._database.reading() as connection:
            if connection.execute(self._free().limit(1)).first() is None:
                return ()
        receipt = uuid.uuid4().hex
        with self._database.leasing() as connection:
            oldest = self._free().order_by(inbox.c.id).limit(at_most)
            mine = inbox.c.id.in_(_that_fit(connection.execute(locked(oldest, skip=True))))
            until = micros(self._clock.now() + self._lease)
            connection.execute(update(inbox).where(mine).values(receipt=receipt, lease_until=until))
            rows = connection.execute(select(inbox).where(mine).order_by(inbox.c.id)).all()
        return [_message(row, receipt) for row in rows]

    def _free(self) -> Any:
        now = micros(self._clock.now())
        free = or_(inbox.c.lease_until.is_(None), inbox.c.lease_until < now)
        return select(inbox.c.id, func.length(inbox.c.body).label("size")).where(free)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        with self._database.leasing() as connection:
            for message in messages:
                connection.execute(delete(inbox).where(_held(message)))

    def release(self, messages: Sequence[Message]) -> None:
        with self._database.leasing() as connection:
            for message in messages:
                _free_again(connection, message)

    def depth(self) -> int:
        with self._database.reading() as connection:
            return connection.execute(select(func.count()).select_from(inbox)).scalar_one()

    def oldest(self) -> datetime | None:
        first = select(inbox.c.received).order_by(inbox.c.id).limit(1)
        with self._database.reading() as connection:
            return maybe(connection.execute(first).scalar())

    def close(self) -> None:
        self._database.close()


def _that_fit(rows: Iterable[Any]) -> list[int]:
    """Names of the first messages that are no more than a batch may hold; at least one."""
    names: list[int] = []
    size = 0
    for row in rows:
        size += row.size
        if names and size > BATCH_BYTES_MAX:
            break
        names.append(row.id)
    return names


def _message(row: Any, receipt: str) -> Message:
    return Message(
        id=f"inbox-{row.id}", body=row.body, received=moment(row.received), receipt=receipt
    )


def _held(message: Message) -> Any:
    place = int(message.id.removeprefix("inbox-"))
    return and_(inbox.c.id == place, inbox.c.receipt == message.receipt)


def _free_again(connection: Connection, message: Message) -> None:
    query = update(inbox).where(_held(message))
    connection.execute(query.values(receipt=None, lease_until=None))


def open_inbox(place: Path | str, clock: Clock, lease_seconds: float) -> Inbox:
    """Open an inbox: a file, made where there is none, or PostgreSQL at a URL."""
    return Inbox(open_prepared(place, inbox_metadata), clock, lease_seconds)
