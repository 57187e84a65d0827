"""Committing a batch of decisions: what cases share is looked up and written once for many.

A decision may open or change an incident that the next one could be in. So cases are settled in
waves: those of a wave share neither a handle nor an incident, and none could see what another one
writes. A wave is written before the next one looks. Nor do they share a signature's daily cap.
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Connection, bindparam, update

from triage.adapters.storage.closes import add_closes
from triage.adapters.storage.incidents import add_handles, candidates, hold_incidents, join, short
from triage.adapters.storage.rows import (
    add_bodies,
    add_effects,
    add_events,
    add_timers,
    case_columns,
    states,
)
from triage.adapters.storage.schema import cases
from triage.adapters.storage.signature_uses import exhausted, held_name, note
from triage.domain.case import Case, evolve
from triage.domain.incident import Handle, Incident
from triage.domain.moments import micros
from triage.ports.case_store import Settlement, Written

FREE: dict[str, Any] = {"lease_owner": None, "lease_until": None}
SAVE = update(cases).where(cases.c.id == bindparam("_id"))


@dataclass(frozen=True, slots=True)
class _Open:
    """A settlement that still stands, and what its case is known by."""

    place: int
    settlement: Settlement
    shared: tuple[Handle, ...]

    @property
    def case(self) -> Case:
        return self.settlement.claim.case

    @property
    def budget(self) -> str:
        """The name of what it must not overdraw; empty when there is nothing."""
        budget = self.settlement.budget
        return held_name(budget.signature) if budget else ""


@dataclass(frozen=True, slots=True)
class _Done:
    """What a settlement came to."""

    open: _Open
    written: Written
    after: Case


def settle(connection: Connection, settlements: Sequence[Settlement]) -> list[Case | None]:
    """Write what stands of a batch; None where its fence was overtaken or its case moved on."""
    rows = states(connection, cases.c.id, [one.claim.case.id for one in settlements])
    stand = [
        _Open(place, one, tuple(map(short, one.handles)))
        for place, one in enumerate(settlements)
        if _stands(connection, rows[one.claim.case.id], one)
    ]
    budgets = [one.budget for one in stand if one.budget]
    hold_incidents(connection, [(one.case, one.shared) for one in stand], budgets)
    done = [one for wave in _waves(connection, stand) for one in _write(connection, wave)]
    add_bodies(connection, _bodies(done).items())
    settled: list[Case | None] = [None] * len(settlements)
    for one in done:
        settled[one.open.place] = one.after
    return settled


def _stands(connection: Connection, row: Any, settlement: Settlement) -> bool:
    claim = settlement.claim
    if row.fence != claim.fence:
        return False
    if row.version != claim.case.version:
        # News arrived while we were deciding: give it back, it is due already.
        connection.execute(update(cases).where(cases.c.id == row.id).values(**FREE))
        return False
    return True


def _bodies(done: Sequence[_Done]) -> Mapping[str, bytes]:
    # The decisions of a batch rest on the same playbooks; those bytes are offered only once.
    return {name: body for one in done for name, body in one.open.settlement.bodies.items()}


def _waves(connection: Connection, stand: Sequence[_Open]) -> Iterator[list[_Done]]:
    """Settle as many at a time as share nothing, in the order they came."""
    start, width = 0, len(stand)
    while start < len(stand):
        some = _apart(stand[start : start + width])
        found = candidates(connection, [(one.case, one.shared) for one in some])
        wave = list(_conclude(some, found))
        yield [one for one in wave if not _spent(connection, one.open)]
        # Where all are about the same incident, looking far ahead each time would be wasted.
        width = width * 2 if len(wave) == len(some) else 1
        start += len(wave)


def _apart(stand: Sequence[_Open]) -> Sequence[_Open]:
    """The first of these, as many as have no handle and no incident of their own in common."""
    taken: set[str] = set()
    for count, one in enumerate(stand):
        names = {*one.shared, one.case.incident or one.case.id, *filter(None, [one.budget])}
        if not taken.isdisjoint(names):
            return stand[:count]
        taken |= names
    return stand


def _conclude(some: Sequence[_Open], found: Sequence[Sequence[Incident]]) -> Iterator[_Done]:
    """Ask each what to write, until one could be in an incident that another one was shown."""
    shown: set[str] = set()
    for one, incidents in zip(some, found, strict=True):
        names = {incident.id for incident in incidents}
        if not shown.isdisjoint(names):
            return
        shown |= names
        written = one.settlement.write(incidents)
        yield _Done(one, written, evolve(one.case, written.event))


def _spent(connection: Connection, one: _Open) -> bool:
    """Whether others were faster and the budget is gone: given back, it is decided again."""
    budget = one.settlement.budget
    if budget is None or not exhausted(connection, one.case.id, budget):
        return False
    connection.execute(update(cases).where(cases.c.id == one.case.id).values(**FREE))
    return True


def _write(connection: Connection, wave: Sequence[_Done]) -> Sequence[_Done]:
    if not wave:
        return wave
    connection.execute(SAVE, [_row(one) for one in wave])
    add_events(connection, [(one.after, one.written.event) for one in wave])
    add_handles(connection, [(one.after.id, one.open.shared) for one in wave])
    join(
        connection,
        [
            (one.after.id, one.written.incident, one.open.shared)
            for one in wave
            if one.written.incident is not None
        ],
    )
    add_effects(connection, [effect for one in wave for effect in one.written.effects])
    add_timers(connection, [timer for one in wave for timer in one.written.timers])
    add_closes(connection, [one.written.closed for one in wave if one.written.closed])
    for one in wave:
        note(connection, one.after, one.written.event)
    return wave


def _row(one: _Done) -> dict[str, Any]:
    due = one.open.settlement.due
    return {
        "_id": one.after.id,
        **case_columns(one.after),
        "due": micros(due) if due else None,
        **FREE,
    }
