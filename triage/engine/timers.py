"""Timers: nobody answered in time, so the next contact is told."""

from triage.domain.case import Case, CaseEvent, EventKind, Status, event_id
from triage.domain.effect import Timer
from triage.domain.errors import StaleCase
from triage.engine.escalation import step
from triage.engine.world import World


def fire_timers(world: World, *, owner: str, at_most: int) -> int:
    """Fire the timers that are due; return how many were taken up."""
    timers = world.outbox.claim_timers(
        now=world.clock.now(),
        owner=owner,
        at_most=at_most,
        lease_seconds=world.limits.lease_seconds,
    )
    for timer in timers:
        _fire(world, timer, owner)
    return len(timers)


def _fire(world: World, timer: Timer, owner: str) -> None:
    case = world.cases.case(timer.case)
    if _unanswered(case):
        try:
            _remind(world, case, timer)
        except StaleCase:
            return  # somebody is at the case right now; the lease runs out and we look again
    world.outbox.fired(timer, owner=owner)


def _unanswered(case: Case) -> bool:
    return case.status is Status.ESCALATED and case.acknowledged_by is None


def _remind(world: World, case: Case, timer: Timer) -> None:
    now = world.clock.now()
    level, text = timer.data["level"], timer.data["notice"]
    raised = step(world, case, text, timer.data["cause"], level=level, now=now)
    told = [effect.data["contact"] for effect in raised.effects]
    event = CaseEvent(
        id=event_id(timer.id, EventKind.REMINDED),
        kind=EventKind.REMINDED,
        at=now,
        data={"level": level, "told": told, "effects": [effect.id for effect in raised.effects]},
    )
    world.cases.append(
        case.id, event, version=case.version, effects=raised.effects, timers=raised.timers
    )
