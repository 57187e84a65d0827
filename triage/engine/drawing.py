"""Draws made with the world at hand: for a close as it is written, and for what stays unseen."""

from datetime import datetime

from triage.domain.case import Case
from triage.domain.closed import Closed
from triage.domain.decision import Level
from triage.domain.json import Record
from triage.domain.permission import Permission, licence_key
from triage.engine.world import World
from triage.judgement.sampling import draw
from triage.stages.closed import Closer
from triage.stages.kept_back import blind_share

ARM = "arm"
TWICE = "twice"
"""These set the draws of what is kept back and of what two people judge apart from a close's."""


def draw_for(
    world: World, case: Case, by: Closer | None, event: str, now: datetime
) -> Closed | None:
    """The draw of what closes by itself with this event; None for what people get anyway."""
    if by is None or not by.closes or world.sampling is None:
        return None
    return world.sampling.draw(case, event, by, now, _held(world, by).since)


def _held(world: World, by: Closer) -> Permission:
    return world.rules.licences.get(licence_key(by.rule, by.tier), Permission())


def arm_for(
    world: World, case: Case, by: Closer | None, event: str, now: datetime
) -> Record | None:
    """Whether people see what a rule on trial would have done; None where no rule is on trial.

    Where nobody can draw it is kept back.
    """
    if by is None or by.closes:
        return None
    held = _held(world, by)
    level = Level.SHADOW if held.until is not None and now >= held.until else held.level
    rate = blind_share(level)
    key = world.sampling.key if world.sampling else None
    blind = key is None or draw(key, case.id, f"{event} {ARM}", rate).chosen
    return {"level": level, "rate": rate, "blind": blind, "keeps": list(by.keeps)}


def twice_for(
    world: World, case: Case, event: str, closed: Closed | None, arm: Record | None
) -> Record | None:
    """Whether two people judge this; None for what nobody is asked to judge blind.

    Drawn before anybody has spoken: what is looked at again for a reason says nothing of the rest.
    """
    blind = closed.chosen if closed else bool(arm and arm["blind"])
    sampling = world.sampling
    if sampling is None or not sampling.twice or not blind:
        return None
    one = draw(sampling.key, case.id, f"{event} {TWICE}", sampling.twice)
    return {"rate": one.rate, "chosen": one.chosen}
