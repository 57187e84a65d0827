"""Asking the index, as one asks LookupEvents."""

import zlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson
from sqlalchemy import Connection, func, select

from triage.adapters.archive.coverage import Covered, Window, coverage
from triage.adapters.archive.database import Database
from triage.adapters.archive.index import State
from triage.adapters.archive.limits import ArchiveLimits
from triage.adapters.archive.names import CODES, CROWDED, has
from triage.adapters.archive.schema import about, events, files, names, places, spans
from triage.domain.moments import micros, moment

Events = Sequence[Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """One attribute with its value in one account and Region, and from when to when, if said."""

    account: str
    region: str
    attribute: str
    value: str
    span: tuple[datetime, datetime] | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """Events, newest first, and what the archive speaks for; None where no window was asked."""

    events: Events
    covered: Covered | None


class Lookups:
    """The index as its readers see it."""

    def __init__(self, database: Database, limits: ArchiveLimits) -> None:
        self._database = database
        self._limits = limits

    def find(self, wanted: Wanted) -> Found | None:
        """Answer from a covered window, or by what there is when no window is asked; else None."""
        if wanted.attribute not in CODES or len(wanted.value) > self._limits.name_characters:
            return None
        with self._database.reading() as connection:
            place = _place(connection, wanted)
            if place is None:
                return None
            covered = _covered(connection, place, wanted)
            if wanted.span is not None and covered is None:
                return None
            found = self._events(connection, place, wanted)
        return None if found is None else Found(events=found, covered=covered)

    def _events(self, connection: Connection, place: int, wanted: Wanted) -> Events | None:
        """None when there are more than an answer may hold."""
        query = select(events.c.record, events.c.at).join(names, names.c.event == events.c.id)
        query = query.where(
            names.c.place == place,
            names.c.attribute == CODES[wanted.attribute],
            names.c.value.in_({wanted.value, CROWDED}),
        )
        if wanted.span is not None:
            start, end = wanted.span
            query = query.where(names.c.at.between(micros(start), micros(end)))
        most = self._limits.answer_events
        rows = connection.execute(query.order_by(events.c.at.desc()).limit(most + 1)).all()
        if len(rows) > most:
            return None
        # Several trails may deliver the same event; the same words are one event.
        told = dict.fromkeys(zlib.decompress(row.record) for row in rows)
        records = [orjson.loads(record) for record in told]
        return [one for one in records if has(one, wanted.attribute, wanted.value)]

    def status(self) -> Mapping[str, Any]:
        """What there is, for people."""
        counted = select(files.c.state, func.count()).group_by(files.c.state)
        with self._database.reading() as connection:
            told = connection.execute(select(about)).one()
            states = {State(state): count for state, count in connection.execute(counted)}
            total = connection.execute(select(func.count()).select_from(events)).scalar_one()
        return {
            "place": told.place,
            "passed": moment(told.passed) if told.passed is not None else None,
            "problem": told.problem,
            "events": total,
            "files": states,
        }

    def spans(self) -> Sequence[Mapping[str, Any]]:
        """From when to when there are files, by account and Region."""
        query = (
            select(
                places.c.account,
                places.c.region,
                func.min(spans.c.first).label("first"),
                func.max(spans.c.delivered).label("last"),
                func.count().label("files"),
            )
            .join(spans, spans.c.place == places.c.id)
            .group_by(places.c.id)
            .order_by(places.c.account, places.c.region)
        )
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [
            {
                "account": row.account,
                "region": row.region,
                "first": moment(row.first),
                "last": moment(row.last),
                "files": row.files,
            }
            for row in rows
        ]

    def doubtful(self, *, at_most: int) -> Sequence[Mapping[str, Any]]:
        """Files that are not wholly read, and why."""
        query = select(files.c.key, files.c.state, files.c.reason)
        query = query.where(files.c.state != State.READ).order_by(files.c.key).limit(at_most)
        with self._database.reading() as connection:
            rows = connection.execute(query).all()
        return [{"key": row.key, "state": row.state, "reason": row.reason} for row in rows]


def _place(connection: Connection, wanted: Wanted) -> int | None:
    named = (places.c.account == wanted.account) & (places.c.region == wanted.region)
    return connection.execute(select(places.c.id).where(named)).scalar()


def _covered(connection: Connection, place: int, wanted: Wanted) -> Covered | None:
    if wanted.span is None:
        return None
    start, end = wanted.span
    window = Window(place=place, account=wanted.account, region=wanted.region, start=start, end=end)
    return coverage(connection, window)
