"""What follows a close by the engine: its finding is closed at its source, and it is watched."""

from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.case import Case
from triage.domain.effect import Effect, Timer
from triage.domain.json import Record
from triage.engine.intending import intend
from triage.engine.probation import watch
from triage.engine.world import World


@dataclass(frozen=True, slots=True, kw_only=True)
class Afterwards:
    """What the closing event keeps, and what is intended with it."""

    kept: Record = field(default_factory=dict)
    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()


def after_close(world: World, case: Case, said: Record, by: Record, now: datetime) -> Afterwards:
    """`said` is a Word without its id; `by` names the close: ground, name, rule and tier."""
    kept, timers = watch(world, case, by, now)
    return Afterwards(kept=kept, effects=intend(world.at_source, case, said, now), timers=timers)
