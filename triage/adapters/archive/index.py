"""Writing the index: which files there are, what became of each, and the events of those read."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from hashlib import sha256
from typing import Any

from sqlalchemy import Connection, func, select, update
from sqlalchemy.dialects.sqlite import insert

from triage.adapters.archive.database import Database
from triage.adapters.archive.layout import Delivery, delivery
from triage.adapters.archive.schema import about, events, files, names, places, spans
from triage.adapters.archive.trail_file import Event, TrailFile
from triage.domain.moments import micros
from triage.ports.object_store import Stored

Where = tuple[str, str]
"""An account and a Region."""
LAST = "\U0010ffff"
"""Sorts after whatever a key may go on with."""


class State(StrEnum):
    """What became of a file. Only READ speaks for its time; every other is a hole in it."""

    READ = "read"
    PARTIAL = "partial"
    UNREADABLE = "unreadable"
    CHANGED = "changed"
    FAILED = "failed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Known:
    """What the index knows of a file; `digest` names what was read of it, if anything was."""

    state: State
    tag: str
    digest: str


class Index:
    """The index as its one writer sees it; several processes may share it."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def known(self, keys: Sequence[str]) -> Mapping[str, Known]:
        """What is known of these files."""
        query = select(files.c.key, files.c.state, files.c.tag, files.c.digest)
        with self._database.reading() as connection:
            rows = connection.execute(query.where(files.c.key.in_(keys))).all()
        return {
            row.key: Known(state=State(row.state), tag=row.tag, digest=row.digest) for row in rows
        }

    def failed(self, *, at_most: int) -> Sequence[str]:
        """Files that could not be fetched the last time."""
        query = select(files.c.key).where(files.c.state == State.FAILED).order_by(files.c.key)
        with self._database.reading() as connection:
            return list(connection.execute(query.limit(at_most)).scalars())

    def newest(self, series: str) -> str | None:
        """The last key of a series."""
        within = files.c.key.between(series, series + LAST)
        with self._database.reading() as connection:
            return connection.execute(select(func.max(files.c.key)).where(within)).scalar()

    def read(self, stored: Stored, body: bytes, found: TrailFile) -> None:
        """Keep a file's events. Doing it again changes nothing."""
        told = delivery(stored.key)
        state = State.PARTIAL if found.lost else State.READ
        reason = f"{found.lost} records name no account, Region or time" if found.lost else ""
        with self._database.writing() as connection:
            number = _file(connection, stored, told, state, reason, digest_of(body))
            _forget(connection, number)
            inside: dict[Where, list[Event]] = {(told.account, told.region): []} if told else {}
            for event in found.events:
                inside.setdefault((event.account, event.region), []).append(event)
            for where, held in inside.items():
                place = _place(connection, *where)
                _span(connection, number, place, held, told)
                _keep(connection, number, place, held)

    def note(self, stored: Stored, state: State, reason: str) -> None:
        """Keep why a file is not read, or no longer believed; its events, if any, stay."""
        with self._database.writing() as connection:
            _file(connection, stored, delivery(stored.key), state, reason[:300], "")

    def passed(self, began: datetime) -> None:
        """A pass over the whole archive is complete."""
        with self._database.writing() as connection:
            connection.execute(update(about).values(passed=micros(began), problem=""))

    def stuck(self, problem: str) -> None:
        """A pass could not go on."""
        with self._database.writing() as connection:
            connection.execute(update(about).values(problem=problem[:300]))


def digest_of(body: bytes) -> str:
    """Name a file's content."""
    return sha256(body).hexdigest()


def _file(
    connection: Connection,
    stored: Stored,
    told: Delivery | None,
    state: State,
    reason: str,
    digest: str,
) -> int:
    values: dict[str, Any] = {
        "tag": stored.tag,
        "state": state,
        "reason": reason,
        "account": told.account if told else None,
        "region": told.region if told else None,
        "delivered": micros(told.at) if told else None,
    }
    if digest:
        values["digest"] = digest
    query = insert(files).values(key=stored.key, **values)
    kept = query.on_conflict_do_update(index_elements=["key"], set_=values)
    return int(connection.execute(kept.returning(files.c.id)).scalar_one())


def _forget(connection: Connection, number: int) -> None:
    inside = select(events.c.id).where(events.c.file == number)
    connection.execute(names.delete().where(names.c.event.in_(inside)))
    connection.execute(events.delete().where(events.c.file == number))
    connection.execute(spans.delete().where(spans.c.file == number))


def _place(connection: Connection, account: str, region: str) -> int:
    named = (places.c.account == account) & (places.c.region == region)
    found = connection.execute(select(places.c.id).where(named)).scalar()
    if found is not None:
        return int(found)
    query = insert(places).values(account=account, region=region).returning(places.c.id)
    return int(connection.execute(query).scalar_one())


def _span(
    connection: Connection, number: int, place: int, held: Sequence[Event], told: Delivery | None
) -> None:
    times = [micros(event.at) for event in held]
    delivered = micros(told.at) if told else max(times)
    values = {"first": min([*times, delivered]), "delivered": delivered}
    connection.execute(spans.insert().values(file=number, place=place, **values))


def _keep(connection: Connection, number: int, place: int, held: Sequence[Event]) -> None:
    if not held:
        return
    last = connection.execute(select(func.max(events.c.id))).scalar() or 0
    numbered = [(last + at, event) for at, event in enumerate(held, start=1)]
    connection.execute(
        events.insert(),
        [
            {
                "id": identity,
                "file": number,
                "place": place,
                "at": micros(event.at),
                "read_only": event.read_only,
                "record": zlib.compress(event.record),
            }
            for identity, event in numbered
        ],
    )
    rows = [
        {"place": place, "attribute": attribute, "value": value, "at": at, "event": identity}
        for identity, event in numbered
        for at in [micros(event.at)]
        for attribute, value in event.names
    ]
    if rows:
        connection.execute(names.insert(), rows)
