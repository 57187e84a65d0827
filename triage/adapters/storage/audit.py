"""Has anybody touched the record? Recomputes every chain from the exact stored bytes."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Column, Table, select

from triage.adapters.storage.codec import case_from, event_from, read, state
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import VARIABLES_MAX, case_columns
from triage.adapters.storage.schema import bodies, cases, effects, events, quarantine, timers
from triage.adapters.storage.store import Store
from triage.domain.case import GENESIS, Case, CaseEvent, case_id, fold, link
from triage.domain.errors import TriageError
from triage.domain.inputs import kept_bytes
from triage.domain.json import digest
from triage.ports.case_store import Chain

AT_ONCE = 200
NAMES_AT_ONCE = 10_000
BODIES_AT_ONCE = 20
"""Bodies are up to a mebibyte each."""
# Whoever writes to the file by hand may leave anything anywhere.
UNREADABLE = (TriageError, ValueError, KeyError, TypeError, AttributeError)


@dataclass(frozen=True, slots=True, kw_only=True)
class AuditReport:
    """How much was looked at, and one sentence for everything that does not fit."""

    cases: int
    events: int
    bodies: int
    problems: tuple[str, ...]


def verify(store: Store) -> AuditReport:
    """Check every chain, every cached state, every intent, every body; strays too."""
    seen = [0, 0]
    problems: list[str] = []
    named: dict[str, str] = {}
    for chain in store.cases.chains():
        seen[0] += 1
        seen[1] += len(chain.links)
        problems += _links(chain) or _content(chain, named)
        if len(named) >= NAMES_AT_ONCE:
            problems += _gone(store.database, named)
            named.clear()
    problems += _gone(store.database, named)
    problems += [*_columns(store.database), *_strays(store.database)]
    count, broken = _bodies(store.database)
    return AuditReport(cases=seen[0], events=seen[1], bodies=count, problems=(*problems, *broken))


def _links(chain: Chain) -> list[str]:
    previous = GENESIS
    for place, (name, body, stored) in enumerate(chain.links, start=1):
        if (problem := _link(chain, place, name, body)) is not None:
            return [problem]
        previous = link(previous, body)
        if previous != stored:
            return [f"case {chain.case}: event {place} was changed, or one before it"]
    return []


def _link(chain: Chain, place: int, name: Any, body: Any) -> str | None:
    if not isinstance(body, bytes):
        return f"case {chain.case}: event {place} is no longer bytes"
    try:
        content = read(body)
        said = (content["case"], content["sequence"], content["id"])
    except UNREADABLE:
        return f"case {chain.case}: event {place} cannot be read"
    fits = said == (chain.case, place, name)
    return None if fits else f"case {chain.case}: event {place} is out of its place"


def _content(chain: Chain, named: dict[str, str]) -> list[str]:
    """Compare what a chain that holds says with what stands beside it; note the bodies it names."""
    try:
        history = [event_from(body) for _, body, _ in chain.links]
        folded = fold(chain.key, history)
        named.update((str(name), chain.case) for name in kept_bytes(history))
    except UNREADABLE as error:
        return [f"case {chain.case}: its events do not make a case ({error})"]
    return [*_state(chain, folded), *_intents(chain, history)]


def _state(chain: Chain, folded: Case) -> list[str]:
    try:
        case = case_from(chain.state)
    except UNREADABLE:
        return [f"case {chain.case}: its stored state cannot be read"]
    if len(chain.links) != case.version:
        counts = f"{case.version} events are on record and {len(chain.links)} are there"
        return [f"case {chain.case}: {counts}"]
    if folded.chain != case.chain:
        return [f"case {chain.case}: its last event is another one"]
    same = state(folded) == chain.state and case_id(chain.key) == chain.case
    return [] if same else [f"case {chain.case}: its stored state is not what its events say"]


def _intents(chain: Chain, history: Iterable[CaseEvent]) -> list[str]:
    recorded = {
        (effect["id"], effect["data"])
        for event in history
        for effect in event.data.get("effects", ())
    }
    there = {(str(name), digest(str(data).encode())) for name, data in chain.effects}
    return [
        *(
            f"case {chain.case}: effect {name} is not what an event intended"
            for name, _ in sorted(there - recorded)
        ),
        *(
            f"case {chain.case}: effect {name} is not there as an event intended it"
            for name, _ in sorted(recorded - there)
        ),
    ]


def _gone(database: Database, named: Mapping[str, str]) -> list[str]:
    wanted = sorted(named)
    there: set[str] = set()
    with database.reading() as connection:
        for start in range(0, len(wanted), VARIABLES_MAX):
            some = bodies.c.hash.in_(wanted[start : start + VARIABLES_MAX])
            there.update(connection.execute(select(bodies.c.hash).where(some)).scalars())
    return [f"case {named[name]}: body {name} is gone" for name in wanted if name not in there]


def _columns(database: Database) -> Iterator[str]:
    """Compare the columns that queries use with the state they repeat."""
    for row in _pages(database, cases, cases.c.id, AT_ONCE):
        try:
            repeated: Mapping[str, Any] = case_columns(case_from(row.state))
        except UNREADABLE:
            continue  # said already
        wrong = [name for name, value in repeated.items() if getattr(row, name) != value]
        if wrong:
            yield f"case {row.id}: {', '.join(wrong)} is not what its state says"


def _strays(database: Database) -> Iterator[str]:
    strays = (
        (events, events.c.case_id, cases.c.id, "case"),
        (effects, effects.c.case_id, cases.c.id, "case"),
        (timers, timers.c.case_id, cases.c.id, "case"),
        (quarantine, quarantine.c.hash, bodies.c.hash, "body"),
    )
    for table, column, target, noun in strays:
        query = select(column).distinct().outerjoin_from(table, target.table, column == target)
        with database.reading() as connection:
            for name in connection.execute(query.where(target.is_(None))).scalars():
                yield f"{table.name}: there is no {noun} {name}"


def _bodies(database: Database) -> tuple[int, list[str]]:
    count = 0
    problems: list[str] = []
    for row in _pages(database, bodies, bodies.c.hash, BODIES_AT_ONCE):
        count += 1
        if not isinstance(row.bytes, bytes) or digest(row.bytes) != row.hash:
            problems.append(f"body {row.hash}: its bytes are others")
    return count, problems


def _pages(database: Database, table: Table, name: Column[str], at_once: int) -> Iterator[Any]:
    after = ""
    while True:
        query = select(table).where(name > after).order_by(name).limit(at_once)
        with database.reading() as connection:
            rows = connection.execute(query).all()
        if not rows:
            return
        yield from rows
        after = getattr(rows[-1], name.name)
