"""Has anybody touched a case? Compares what its events say with all that stands beside them."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from sqlalchemy import select

from triage.adapters.storage.audit_links import UNREADABLE, links_of
from triage.adapters.storage.audit_tables import columns
from triage.adapters.storage.codec import case_from, event_from, state
from triage.adapters.storage.engine import Database
from triage.adapters.storage.rows import VARIABLES_MAX
from triage.adapters.storage.schema import bodies
from triage.adapters.storage.store import Store
from triage.domain.case import Case, CaseEvent, case_id, fold
from triage.domain.inputs import kept_bytes
from triage.domain.json import digest
from triage.ports.case_store import Chain

NAMES_AT_ONCE = 10_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Looked:
    """How much a part of an audit looked at, and one sentence for everything that does not fit."""

    cases: int = 0
    events: int = 0
    bodies: int = 0
    problems: tuple[str, ...] = ()


def look_at_cases(store: Store, after: str, until: str | None) -> Looked:
    """Check chains, cached states, intents, names of bodies and columns of the cases between."""
    seen = [0, 0]
    problems: list[str] = []
    named: dict[str, str] = {}
    for chain in store.cases.chains(after=after, until=until):
        seen[0] += 1
        seen[1] += len(chain.links)
        problems += links_of(chain) or _content(chain, named)
        if len(named) >= NAMES_AT_ONCE:
            problems += _gone(store.database, named)
            named.clear()
    problems += _gone(store.database, named)
    problems += columns(store.database, after, until)
    return Looked(cases=seen[0], events=seen[1], problems=tuple(problems))


def _content(chain: Chain, named: dict[str, str]) -> list[str]:
    """Compare what a chain that holds says with what stands beside it; note the bodies it names."""
    try:
        history = [event_from(link[1]) for link in chain.links]
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
