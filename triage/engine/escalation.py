"""An escalation always reaches someone: the effects and the timer it intends.

Contacts are told in order. The next one is told when the one before did not answer within the
SLA, or at once when there was no getting through to him. The chain ends with the last contact,
unless nobody in it could be reached: then it starts again, until somebody is.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from triage.domain.case import Case, EventKind, Status, event_id
from triage.domain.decision import Priority
from triage.domain.effect import Effect, Timer
from triage.domain.json import Record, canonical, digest
from triage.engine.world import World
from triage.stages.notice import notice

NOTIFY = "notify"
SLA = "sla"
EFFECTS_MAX = 1000
"""Effects of one case that are looked at, newest first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Raised:
    """What an escalation wants done."""

    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()

    def along(self, effect: Effect) -> "Raised":
        """The same, and this effect besides."""
        return replace(self, effects=(*self.effects, effect))

    @property
    def intents(self) -> Sequence[Record]:
        """The effects as the causing event records them: which, and exactly what, by hash."""
        return [
            {"id": one.id, "kind": one.kind, "data": digest(canonical(one.data))}
            for one in self.effects
        ]


def escalation(world: World, case: Case, decided: Record, cause: str, now: datetime) -> Raised:
    """Tell the first contact, and set the clock for the next one."""
    if not world.contacts:
        return Raised()
    owner = world.rules.organisation.owner_of(str(case.headline["account"]))
    return _step(world, case, notice(case, decided, owner), cause, level=0, now=now)


def reminder(
    world: World, case: Case, text: Record, cause: str, *, level: int, now: datetime
) -> Raised:
    """Nobody answered in time: one step up the chain; beyond its end there is nothing to do."""
    if _is_over(world, level):
        return Raised()
    return _step(world, case, text, cause, level=level, now=now)


def unreached(world: World, case: Case, effect: Effect, now: datetime) -> Raised:
    """Nobody got through to this contact: tell the next one, all of them again if it was the last.

    Somebody further up may have been told meanwhile, or be about to be; then this changes nothing.
    """
    if effect.kind != NOTIFY or _is_in_hand(case) or not world.contacts:
        return Raised()
    cause = effect.data["cause"]
    chain = _chain(world, case, cause)
    lost = _abandoned(world, case) | {effect.id}
    hope = any(one.id not in lost for one in chain)
    level = max((one.data["level"] for one in chain), default=0) + 1
    last = effect.data["level"] == level - 1
    if hope and (not last or _is_over(world, level)):
        return Raised()
    wait = world.limits.effect_retry_seconds_max if _is_over(world, level) else 0
    at = now + timedelta(seconds=wait)
    return _step(world, case, effect.data["notice"], cause, level=level, now=at)


def unanswered(case: Case) -> bool:
    """Tell whether it still waits for somebody."""
    asked = case.status in {Status.ESCALATED, Status.WAITING}
    return asked and case.acknowledged_by is None


def _is_in_hand(case: Case) -> bool:
    # A case whose news is being judged is in nobody's hands yet.
    return case.status is Status.CLOSED or case.acknowledged_by is not None


def _chain(world: World, case: Case, cause: str) -> list[Effect]:
    effects = world.outbox.effects(case_id=case.id, at_most=EFFECTS_MAX)
    return [one for one in effects if one.kind == NOTIFY and one.data["cause"] == cause]


def _abandoned(world: World, case: Case) -> set[str]:
    # From the case's own events, not from the outbox: whoever else gives up at this moment has
    # moved the case on, and our append fails and looks again.
    events = world.cases.events(case.id)
    return {one.data["effect"] for one in events if one.kind is EventKind.EFFECT_ABANDONED}


def _is_over(world: World, level: int) -> bool:
    return not world.contacts or (level > 0 and level % len(world.contacts) == 0)


def _step(
    world: World, case: Case, text: Record, cause: str, *, level: int, now: datetime
) -> Raised:
    due = now + timedelta(minutes=world.limits.sla_minutes[Priority(text["priority"])])
    timer = Timer(
        id=event_id(case.id, cause, SLA, level + 1),
        case=case.id,
        kind=SLA,
        due=due,
        data={"cause": cause, "level": level + 1, "notice": text},
    )
    return Raised(effects=(_notify(world, case, text, cause, level, now),), timers=(timer,))


def _notify(
    world: World, case: Case, text: Record, cause: str, level: int, now: datetime
) -> Effect:
    contact = world.contacts[level % len(world.contacts)]
    return Effect(
        id=event_id(case.id, cause, NOTIFY, level, contact.channel, contact.address),
        case=case.id,
        kind=NOTIFY,
        data={
            "contact": contact.name,
            "channel": contact.channel,
            "address": contact.address,
            "cause": cause,
            "level": level,
            "notice": text,
        },
        due=now,
    )
