"""Has anybody touched the record? Recomputes every chain from the exact stored bytes."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import orjson
from sqlalchemy import select

from triage.adapters.storage.codec import event_from, state
from triage.adapters.storage.engine import Database
from triage.adapters.storage.schema import bodies, cases, events
from triage.adapters.storage.store import Store
from triage.domain.case import GENESIS, Case, fold, link
from triage.domain.errors import TriageError
from triage.domain.json import digest

AT_ONCE = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """How much was looked at, and one sentence for everything that does not fit."""

    cases: int
    events: int
    bodies: int
    problems: tuple[str, ...]


def verify(store: Store) -> AuditReport:
    """Check every chain, every cached state, every body; strays too."""
    seen = [0, 0]
    problems: list[str] = []
    for case, chain in store.cases.chains():
        seen[0] += 1
        seen[1] += len(chain)
        problems += _chain(case, chain) or _state(case, chain)
    problems += _strays(store.database)
    count, broken = _bodies(store.database)
    return AuditReport(cases=seen[0], events=seen[1], bodies=count, problems=(*problems, *broken))


def _chain(case: Case, chain: Sequence[tuple[bytes, str]]) -> list[str]:
    previous = GENESIS
    for place, (body, stored) in enumerate(chain, start=1):
        if (problem := _link(case, place, body)) is not None:
            return [problem]
        previous = link(previous, body)
        if previous != stored:
            return [f"case {case.id}: event {place} was changed, or one before it"]
    if len(chain) != case.version:
        return [f"case {case.id}: {case.version} events are on record and {len(chain)} are there"]
    return [] if previous == case.chain else [f"case {case.id}: its last event is another one"]


def _link(case: Case, place: int, body: bytes) -> str | None:
    try:
        content = orjson.loads(body)
        fits = (content["case"], content["sequence"]) == (case.id, place)
    except (orjson.JSONDecodeError, KeyError, TypeError):
        return f"case {case.id}: event {place} cannot be read"
    return None if fits else f"case {case.id}: event {place} is out of its place"


def _state(case: Case, chain: Sequence[tuple[bytes, str]]) -> list[str]:
    try:
        folded = fold(case.key, [event_from(body) for body, _ in chain])
    except (TriageError, KeyError, ValueError) as error:
        return [f"case {case.id}: its events do not make a case ({error})"]
    same = state(folded) == state(case)
    return [] if same else [f"case {case.id}: its stored state is not what its events say"]


def _strays(database: Database) -> Iterator[str]:
    query = select(events.c.case_id, events.c.sequence).outerjoin(cases)
    with database.reading() as connection:
        for row in connection.execute(query.where(cases.c.id.is_(None))):
            yield f"event {row.sequence} of case {row.case_id}: there is no such case"


def _bodies(database: Database) -> tuple[int, list[str]]:
    count, after = 0, ""
    problems: list[str] = []
    while True:
        query = select(bodies).where(bodies.c.hash > after).order_by(bodies.c.hash)
        with database.reading() as connection:
            rows = connection.execute(query.limit(AT_ONCE)).all()
        if not rows:
            return count, problems
        count, after = count + len(rows), rows[-1].hash
        problems += [
            f"body {row.hash}: its bytes are others"
            for row in rows
            if digest(row.bytes) != row.hash
        ]
