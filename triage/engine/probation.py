"""Probation: for a day after a close that no person made, somebody looks whether it holds.

    closed by proof, signature, licence or repair -> watched, and a timer         watch
    told again, active, meanwhile -> judged anew (stages/dedup.py, domain/watch.py)
    the timer -> the source is read once: quiet, unknown, or active again         look
    judged anew and not closed again -> it counts against its rule                returned

What closes again on a fresh judgement did not come back: sources lag, and an attested activity
goes on. What was repaired and is back is not repaired again: it goes to a person.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, assert_never

from triage.domain.case import Case, CaseEvent, EventKind, Status, event_id
from triage.domain.effect import Effect, Timer
from triage.domain.evidence import Absent, Known, Unknown
from triage.domain.json import Record
from triage.domain.ticket import SourceStatus
from triage.engine.appending import write_down
from triage.engine.sourcing import ask_source, closed_there
from triage.engine.world import World
from triage.questions.records.shape import instant

PROBATION = "probation"
RETURNED = "returned"
AGAIN = (timedelta(minutes=15), timedelta(hours=1), timedelta(hours=4))
"""When to look again at a source that did not answer; then it stays unknown."""
LAG = timedelta(minutes=15)
"""How long after our own update a source may still be writing it down."""
REPAIR = "repair"
QUIET, UNKNOWN, BACK = "quiet", "unknown", "returned"


def watch(world: World, case: Case, by: Record, now: datetime) -> tuple[Record, tuple[Timer, ...]]:
    """Begin to watch a close: what its event keeps, and the timer; nothing where it is off.

    `by` names the close: ground, name, rule and tier.
    """
    span = timedelta(hours=world.limits.probation_hours)
    if not span:
        return {}, ()
    known = {**by, "since": now.isoformat(), "until": (now + span).isoformat(), "returned": None}
    timer = Timer(
        id=event_id(case.id, PROBATION, now.isoformat()),
        case=case.id,
        kind=PROBATION,
        due=now + span,
        data={"since": known["since"], "try": 0},
    )
    return {"watch": known}, (timer,)


# --- coming back ----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Return:
    """A close that did not hold: what is told of it, kept of it, and counted."""

    told: str
    kept: Record
    effect: Effect


def returned(case: Case, decision: str, cause: str, now: datetime) -> Return | None:
    """What came back, if this decision is about a close that did not hold; else None."""
    known = case.watch
    if known is None or not known["returned"] or decision == "close":
        return None
    since = datetime.fromisoformat(known["since"])
    hours = (datetime.fromisoformat(known["returned"]) - since).total_seconds() / 3600
    told = (
        f"it came back {hours:.1f} hours after it was closed on {known['ground']}"
        f" by {known['name']}"
    )
    kept = {**known, "told": told}
    effect = Effect(
        id=event_id(case.id, cause, RETURNED),
        case=case.id,
        kind=RETURNED,
        data={name: kept[name] for name in ("ground", "name", "rule", "tier", "told")},
        due=now,
    )
    return Return(told=told, kept=kept, effect=effect)


def came_back(case: Case) -> str | None:
    """Why nothing is repaired: a repair that did not hold is for a person. None else."""
    known = (case.decided or {}).get("returned")
    if not known or known["ground"] != REPAIR:
        return None
    return f"{known['told']}: what does not hold is not repaired a second time"


def count_return(world: World, effect: Effect) -> str:
    """Count a return against its rule; one whose repairs come back is stopped.

    Licences count these effects themselves (engine/demoting.py).
    """
    world.metrics.probation(BACK)
    told, rule = str(effect.data["told"]), effect.data["name"]
    if effect.data["ground"] == REPAIR and world.switches and rule:
        world.switches.miss(
            rule,
            most=world.latest().rules.policy.misses_max,
            because=f"its repairs do not hold: {told}",
            at=world.clock.now(),
        )
    return told


# --- the end of it --------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """What a look at the source came to."""

    seen: str
    says: str
    final: bool = True


def look(world: World, timer: Timer) -> None:
    """Read the source of a watched close once, and write down what it says."""
    case = world.cases.case(timer.case)
    if not _watched(case, timer):
        return
    found = _look(world.latest(), case, last=timer.data["try"] >= len(AGAIN))
    now = world.clock.now()
    event = CaseEvent(
        id=event_id(timer.id, EventKind.WATCHED),
        kind=EventKind.WATCHED,
        at=now,
        data={
            "seen": found.seen,
            "says": found.says,
            "final": found.final,
            "reopens": found.seen == BACK,
            "effects": [],
        },
    )
    write_down(
        world.cases,
        case.id,
        lambda one: event if _watched(one, timer) else None,
        timers=() if found.final else (_again(timer, now),),
        due=now if found.seen == BACK else None,
    )
    if found.final and found.seen != BACK:
        world.metrics.probation(found.seen)


def _watched(case: Case, timer: Timer) -> bool:
    """Whether it is still this close that stands, and nothing has come back."""
    known = case.watch
    stands = known is not None and known["since"] == timer.data["since"] and not known["returned"]
    return stands and case.status is Status.CLOSED


def _again(timer: Timer, now: datetime) -> Timer:
    number = timer.data["try"] + 1
    return Timer(
        id=event_id(timer.id, number),
        case=timer.case,
        kind=PROBATION,
        due=now + AGAIN[number - 1],
        data={**timer.data, "try": number},
    )


def _look(world: World, case: Case, *, last: bool) -> Look:
    said, asked = ask_source(world, case)
    match said:
        case Unknown(reason=reason):
            why = f"could not find out whether it holds: {reason}"
            return Look(seen=UNKNOWN, says=why, final=last or not asked)
        case Known(value=value) if value.get("confirmed") is True and _active(world, case, value):
            return Look(seen=BACK, says="its source has it active again")
        case Known() | Absent():
            return Look(seen=QUIET, says="probation is over: its source has not seen it again")
        case unreachable:
            assert_never(unreachable)


def _active(world: World, case: Case, said: Mapping[str, Any]) -> bool:
    """Whether the source has seen it again since the close.

    A finding that we closed there must not be open; one that was left open is seen again only
    when its source has changed it since.
    """
    since = datetime.fromisoformat((case.watch or {})["since"])
    wrote = closed_there(world, case, since)
    updated = instant(said.get("updated"))
    if said.get("status") == SourceStatus.OPEN:
        return wrote is not None or (updated is not None and updated > since)
    # Archived by us and changed since: GuardDuty counts on in archived findings.
    if wrote is None or updated is None or said.get("status") != SourceStatus.SUPPRESSED:
        return False
    return updated > wrote + LAG
