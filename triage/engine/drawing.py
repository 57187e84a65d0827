"""Draws made with the world at hand: for a close as it is written, and for what stays unseen."""

from datetime import datetime

from triage.domain.case import Case
from triage.domain.closed import Closed
from triage.domain.permission import Permission, licence_key
from triage.engine.world import World
from triage.stages.closed import Closer


def draw_for(
    world: World, case: Case, by: Closer | None, event: str, now: datetime
) -> Closed | None:
    """The draw of what closes by itself with this event; None for what people get anyway."""
    if by is None or not by.closes or world.sampling is None:
        return None
    held = world.rules.licences.get(licence_key(by.rule, by.tier), Permission())
    return world.sampling.draw(case, event, by, now, held.since)
