"""Confirmed trouble opens related closes again: they may not have been harmless."""

from datetime import datetime, timedelta

from triage.domain.case import Case, CaseEvent, EventKind, Status, event_id
from triage.domain.effect import Effect
from triage.domain.errors import StaleCase
from triage.domain.verdict import Verdict
from triage.engine.world import World

REOPEN = "reopen"
LOOK_BACK = timedelta(days=30)
RELATED_MAX = 1000
"""More than a person can look at; the newest are taken and the outcome says that there are more."""


def reopening(case: Case, cause: str, now: datetime) -> Effect:
    """Intend to open again what closed around this case."""
    return Effect(
        id=event_id(case.id, cause, REOPEN),
        case=case.id,
        kind=REOPEN,
        data={"since": (now - LOOK_BACK).isoformat()},
        due=now,
    )


def reopen(world: World, effect: Effect) -> str:
    """Open related closes again and have them decided. Doing it twice changes nothing."""
    since = datetime.fromisoformat(effect.data["since"])
    found = world.incidents.related(effect.case, since=since, at_most=RELATED_MAX)
    opened = sum(_open(world, case, effect.case) for case in found if _was_harmless(case))
    more = " and there are more" if len(found) == RELATED_MAX else ""
    return f"{opened} related closes opened again{more}"


def _was_harmless(case: Case) -> bool:
    """Whether it was closed as no trouble: by a decision, and not as trouble by a person."""
    return case.decided is not None and case.verdict != Verdict.TRUE_POSITIVE


def _open(world: World, case: Case, trouble: str) -> bool:
    now = world.clock.now()
    event = CaseEvent(
        id=event_id(case.id, EventKind.REOPENED, trouble),
        kind=EventKind.REOPENED,
        at=now,
        data={"by": f"case {trouble}"},
    )
    try:
        after = world.cases.append(case.id, event, version=case.version, due=now)
    except StaleCase:
        # Somebody is at it: unless it is open by now, the next try will find it.
        if world.cases.case(case.id).status is Status.CLOSED:
            raise
        return False
    return after.status is Status.RECEIVED
