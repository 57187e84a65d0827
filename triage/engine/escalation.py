"""An escalation always reaches someone: the effects and the timer it intends."""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.case import Case, Status, event_id
from triage.domain.decision import Decision, Escalate, Priority
from triage.domain.effect import Effect, Timer
from triage.domain.json import Record
from triage.engine.world import Contact, World
from triage.stages.notice import notice

NOTIFY = "notify"
SLA = "sla"


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What an escalation wants done."""

    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()


def escalation(world: World, case: Case, decision: Decision, cause: str, now: datetime) -> Raised:
    """Tell the first contact, and set the clock for the next one.

    A case that somebody was already told about is not told again unless it got more urgent.
    """
    if not isinstance(decision, Escalate) or _told_already(case, decision):
        return Raised()
    return step(world, case, notice(case, decision), cause, level=0, now=now)


def step(
    world: World, case: Case, text: Record, cause: str, *, level: int, now: datetime
) -> Raised:
    """One step up the chain of contacts; beyond its end there is nothing left to do."""
    if level >= len(world.contacts):
        return Raised()
    due = now + timedelta(minutes=world.limits.sla_minutes[Priority(text["priority"])])
    timer = Timer(
        id=event_id(case.id, cause, SLA, level + 1),
        case=case.id,
        kind=SLA,
        due=due,
        data={"cause": cause, "level": level + 1, "notice": text},
    )
    return Raised(
        effects=(_notify(case, world.contacts[level], text, cause, now),), timers=(timer,)
    )


def _notify(case: Case, contact: Contact, text: Record, cause: str, now: datetime) -> Effect:
    return Effect(
        id=event_id(case.id, cause, NOTIFY, contact.channel, contact.address),
        case=case.id,
        kind=NOTIFY,
        data={
            "contact": contact.name,
            "channel": contact.channel,
            "address": contact.address,
            "notice": text,
        },
        due=now,
    )


def _told_already(case: Case, decision: Escalate) -> bool:
    before = case.decided
    return (
        before is not None
        and case.status is not Status.CLOSED
        and before["decision"] == "escalate"
        and Priority(before["priority"]).rank >= decision.priority.rank
    )
