"""Writing down what happens to a repair, however many others write to its case."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from datetime import timedelta

import orjson

from triage.domain.case import Case, CaseEvent, EventKind, event_id
from triage.domain.decision import Priority
from triage.domain.effect import Effect, Timer
from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.domain.plan import Plan, plan_from_json
from triage.domain.repair import Repair
from triage.engine.appending import undeterred
from triage.engine.drawing import draw_for
from triage.engine.escalation import Raised, escalation
from triage.engine.rules import InputGone
from triage.engine.sampling import drawn
from triage.engine.world import World
from triage.ports.case_store import Claim
from triage.ports.cloud import Clouds
from triage.stages.closed import Closer
from triage.stages.matter import PRIORITIES
from triage.stages.own_write import APPLY

LOOKS_MAX = 3
WORD_HOLDS = timedelta(seconds=1)
"""How old the kill switch's word may be when a write begins; people are promised two seconds."""
PLAN, PROVE = "plan", "prove"
"""Kinds of effects, each a step of a repair; APPLY, which writes, is the third."""
NO_WAY = "nothing is configured to change AWS with"


__all__ = ["APPLY", "PLAN", "PROVE"]


class NotNow(TriageError):
    """It can be tried again, as often as the bound allows."""


class Held(TriageError):
    """The kill switch is thrown: it waits, and that is no try."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One event to write, and what it intends. `name` makes writing it twice harmless.

    `closer` is the rule whose repair closes the case with it: such a close draws, like any.
    """

    kind: EventKind
    name: tuple[object, ...]
    data: Record
    effects: Sequence[Effect] = ()
    timers: Sequence[Timer] = field(default=())
    closer: Closer | None = None


Make = Callable[[Case, Repair], Entry | None]
"""From the case as it stands to what is to be written; None when there is nothing to write."""


def record(world: World, case_id: str, repair: str, make: Make) -> Case:
    """Append what `make` says, made anew whenever another writer was faster."""
    return undeterred(lambda: _record(world, case_id, repair, make))


def _record(world: World, case_id: str, repair: str, make: Make) -> Case:
    case = world.cases.case(case_id)
    known = case.repairs.named(repair)
    entry = make(case, known) if known is not None else None
    if entry is None:
        return case
    return append(world, case, repair, entry)


def append(world: World, case: Case, repair: str, entry: Entry) -> Case:
    """Append one entry. Raises StaleCase."""
    raised = Raised(effects=tuple(entry.effects), timers=tuple(entry.timers))
    name, now = event_id(case.id, repair, entry.kind, *entry.name), world.clock.now()
    closed = draw_for(world, case, entry.closer, name, now)
    sample = {"sample": drawn(closed)} if closed else {}
    data = {"repair": repair, **entry.data, **sample, "effects": raised.intents}
    return world.cases.append(
        case.id,
        CaseEvent(id=name, kind=entry.kind, at=now, data=data),
        version=case.version,
        effects=raised.effects,
        timers=raised.timers,
        closed=closed,
    )


def step(world: World, case: Case, repair: str, kind: str, data: Record, *name: object) -> Effect:
    """Intend the next step of a repair, due at once."""
    return Effect(
        id=event_id(case.id, repair, kind, *name),
        case=case.id,
        kind=kind,
        data={"repair": repair, **data},
        due=world.clock.now(),
    )


def priority_of(case: Case) -> Priority:
    """How soon a person should look: what was decided, else what the severity asks for."""
    decided = (case.decided or {}).get("priority")
    return Priority(decided) if decided else PRIORITIES[case.headline["severity"]]


def told(world: World, case: Case, cause: str, because: Sequence[str]) -> tuple[Raised, Record]:
    """Tell people, and what the event records of it."""
    priority = priority_of(case)
    known = case.decided or {}
    decided = {
        "priority": priority,
        "reasons": [*because, *known.get("reasons", ())],
        "suggestions": known.get("suggestions", ()),
    }
    return escalation(world, case, decided, cause, world.clock.now()), {"priority": priority}


def plan_of(world: World, repair: Repair) -> Plan:
    """The stored plan of a repair. Raises InputGone."""
    name = repair.plan or ""
    body = world.cases.body(name)
    if body is None:
        what = "plan"
        raise InputGone(what, name)
    return plan_from_json(orjson.loads(body))


def clouds_of(world: World) -> Clouds:
    """How AWS is changed. Raises NotNow where nothing is configured to change it with."""
    if world.clouds is None:
        raise NotNow(NO_WAY)
    return world.clouds


def without_repairs(world: World, claims: Sequence[Claim]) -> Sequence[Claim]:
    """Leave alone for a moment what is being repaired: it is judged as the repair leaves it.

    Every repair ends by itself: its steps are tried only so often. What contains is waited for only
    until it is made: an evidence's proof may take an hour, and news must not.
    """
    busy = [claim for claim in claims if claim.case.repairs.busy]
    if busy:
        due = world.clock.now() + timedelta(seconds=world.limits.effect_retry_seconds)
        world.cases.release(busy, due=due)
    return [claim for claim in claims if not claim.case.repairs.busy]


def hold(world: World) -> None:
    """Raise Held while the kill switch is thrown; the store is asked each time."""
    thrown = world.switches.halted() if world.switches else None
    if thrown is not None:
        raise Held(f"halted by {thrown.by}: {thrown.because}")


def last_look(world: World, effect: Effect) -> None:
    """Look at the kill switch and at the clock, last of all before a write. Raises Held, NotNow.

    Whoever was suspended in the middle, or waited long for the store, knows nothing about now: the
    switch is asked again, and what was claimed may be somebody else's by now.
    """
    for _ in range(LOOKS_MAX):
        asked = world.clock.now()
        hold(world)
        now = world.clock.now()
        if effect.until is not None and now >= effect.until:
            raise NotNow("it took longer than its lease; whoever claims it next goes on")
        if now - asked <= WORD_HOLDS:
            return
    raise NotNow("the kill switch could not be read in time")
