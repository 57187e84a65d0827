"""What was decided about a case, what people said of it, and the headlines it had by then."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from functools import cached_property
from typing import Any, Final

import orjson

from triage.domain.case import CaseId, EventKind
from triage.domain.json import Record
from triage.judgement.labels import REAL
from triage.ports.history import Past

AT: Final = b'{"at":"'
KIND: Final = b'"kind":"'
HEADLINE: Final = b'"headline":'
"""What stands in the bytes of an event that is worth reading; what else has it is read in vain.

Quotes in a text are escaped, so no text can look like it. An event's own kind stands behind all
that was said in it: keys are sorted, and only its number follows.
"""
DECIDED: Final = EventKind.DECIDED.encode()
VERDICT: Final = EventKind.VERDICT_GIVEN.encode()

LAST: Final = datetime.max.replace(tzinfo=UTC)


@dataclass(frozen=True, kw_only=True)
class Made:
    """One decision as it was recorded, read when somebody asks.

    `name` is the hash of its event in its chain, and so of all before it. `said` are the verdicts
    that people gave before anything else was decided, `told` the bytes of the events that repeat
    the headline of a ticket that the case had been told by then.
    """

    case: CaseId
    name: str
    body: bytes
    told: tuple[bytes, ...]
    said: tuple[str, ...] = ()
    missed: bool = False

    @cached_property
    def event(self) -> Record:
        return dict(loads(self.body))

    @cached_property
    def headlines(self) -> Mapping[str, Record]:
        """What it had been told, by the hash of the ticket's bytes."""
        told = [loads(body)["data"] for body in self.told]
        return {data["body"]: data["headline"] for data in told}

    @property
    def at(self) -> datetime:
        return _at(self.body)

    @property
    def opened(self) -> datetime:
        """Not before the case was."""
        return min(map(_at, self.told), default=LAST)

    @property
    def inputs(self) -> Record | None:
        """What it rested on, by hash; None when the engine gave up on it."""
        found: Record | None = self.event["data"].get("inputs")
        return found

    @property
    def real(self) -> bool:
        """Whether a person called it real, or marked its close as a critical miss."""
        return self.missed or not REAL.isdisjoint(self.said)

    def is_since(self, since: datetime) -> bool:
        return self.at >= since or self.opened >= since

    def is_by(self, engine: bytes) -> bool:
        """Whether what `by_engine` named made it, and so read the ticket as we would."""
        return engine in self.body

    @property
    def headline(self) -> Record:
        """The ticket's, as far as one is on record."""
        names = [name for name, _ in (self.inputs or {"tellings": []})["tellings"]]
        return next((self.headlines[one] for one in names if one in self.headlines), {})


def by_engine(version: str) -> bytes:
    """What stands in the decisions that a version of the engine made."""
    return f'"engine":"{version}"'.encode()


def made(past: Past) -> Sequence[Made]:
    """Give the decisions of a case worth making again.

    Of those that people called real every one, for each could have closed it; else the last
    before a verdict, and the last of all.
    """
    return [one for group in _groups(past) for one in (group if group[-1].real else group[-1:])]


def _groups(past: Past) -> Iterator[list[Made]]:
    """Decisions that the same verdicts are about: those since the last verdict before."""
    group: list[Made] = []
    said: list[Record] = []
    told: tuple[bytes, ...] = ()
    for body, name in zip(past.events, past.hashes, strict=True):
        kind = _kind(body)
        if kind == DECIDED:
            if said and group:
                yield _judged(group, said)
                group, said = [], []
            group.append(Made(case=past.case, name=name, body=body, told=told))
        elif kind == VERDICT:
            said.append(loads(body)["data"])
        elif HEADLINE in body:
            told = (*told, body)
    if group:
        yield _judged(group, said)


def _kind(body: bytes) -> bytes:
    start = body.rfind(KIND) + len(KIND)
    return body[start : body.find(b'"', start)]


def _at(body: bytes) -> datetime:
    # The first key of an event, for they are sorted.
    return datetime.fromisoformat(body[len(AT) : body.index(b'"', len(AT))].decode())


def _judged(group: list[Made], said: Sequence[Record]) -> list[Made]:
    if not said:
        return group
    words = tuple(str(one.get("verdict")) for one in said)
    missed = any(one.get("critical_miss") is True for one in said)
    return [replace(one, said=words, missed=missed) for one in group]


def loads(body: bytes) -> Any:
    """Read stored JSON, half a surrogate pair included. Raises ValueError."""
    try:
        return orjson.loads(body)
    except orjson.JSONDecodeError:
        return json.loads(body)
