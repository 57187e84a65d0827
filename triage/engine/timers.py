"""Timers: nobody answered in time, so the next contact is told."""

from collections.abc import Callable, Mapping

from triage.domain.case import Case, CaseEvent, EventKind, Status, event_id
from triage.domain.effect import EXPIRE, Timer
from triage.domain.errors import StaleCase
from triage.engine.escalation import escalation, reminder, unanswered
from triage.engine.probation import PROBATION, look
from triage.engine.repairing.approving import lapse
from triage.engine.repairing.expiring import expire
from triage.engine.repairing.planning import LAPSE
from triage.engine.together import raise_all, side_by_side
from triage.engine.world import World

OTHERS: Mapping[str, Callable[[World, Timer], None]] = {LAPSE: lapse, PROBATION: look}
"""What fires other timers than those of escalations; firing one twice changes nothing."""


def fire_timers(world: World, *, owner: str, at_most: int) -> int:
    """Fire the timers that are due; return how many were taken up."""
    timers = world.outbox.claim_timers(
        now=world.clock.now(),
        owner=owner,
        at_most=at_most,
        lease_seconds=world.limits.lease_seconds,
    )
    fired = side_by_side(
        lambda timer: _fire(world, timer, owner), timers, threads=world.limits.threads
    )
    raise_all("timers", fired.errors)
    return len(timers)


def _fire(world: World, timer: Timer, owner: str) -> None:
    if (fire := OTHERS.get(timer.kind)) is not None:
        fire(world, timer)
        world.outbox.fired(timer, owner=owner)
        return
    if timer.kind == EXPIRE:
        if expire(world, timer):
            world.outbox.fired(timer, owner=owner)
        return  # until what it ends is gone, it is looked at again whenever the lease runs out
    case = world.cases.case(timer.case)
    if case.status is Status.RECEIVED:
        return  # news is being judged: nobody has answered, so the timer stays until it is
    step = _remind if unanswered(case) else _pass_on
    if case.acknowledged_by is None:
        try:
            step(world, case, timer)
        except StaleCase:
            return  # somebody is at the case right now; the lease runs out and we look again
    # After the event: a crash in between fires it again, and the same event changes nothing.
    world.outbox.fired(timer, owner=owner)


def _remind(world: World, case: Case, timer: Timer) -> None:
    now = world.clock.now()
    level, text = timer.data["level"], timer.data["notice"]
    raised = reminder(world, case, text, timer.data["cause"], level=level, now=now)
    told = [effect.data["contact"] for effect in raised.effects]
    event = CaseEvent(
        id=event_id(timer.id, EventKind.REMINDED),
        kind=EventKind.REMINDED,
        at=now,
        data={"level": level, "told": told, "effects": raised.intents},
    )
    world.cases.append(
        case.id, event, version=case.version, effects=raised.effects, timers=raised.timers
    )


def _pass_on(world: World, case: Case, timer: Timer) -> None:
    """The case that spoke for its incident ended unanswered: another one speaks from now on."""
    heir = world.incidents.heir(case.id)
    if heir is None or heir.decided is None:
        return
    now, cause = world.clock.now(), event_id(timer.id, "heir")
    raised = escalation(world, heir, heir.decided, cause, now)
    event = CaseEvent(
        id=cause,
        kind=EventKind.REMINDED,
        at=now,
        data={"level": 0, "instead of": case.id, "effects": raised.intents},
    )
    world.cases.append(
        heir.id, event, version=heir.version, effects=raised.effects, timers=raised.timers
    )
