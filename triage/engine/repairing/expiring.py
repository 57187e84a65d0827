"""A block ends by itself: when its time has passed, it is taken back, and until it is, again.

Its timer is set in the transaction that records the intent of the write, so that nothing can be
blocked that has no end. The timer stays until the block is gone: a block that outlives its time is
an error of ours, which `triage status` shows and a person is told of.
"""

from datetime import datetime, timedelta

from triage.domain.case import Case, CaseId, EventKind, event_id
from triage.domain.effect import EXPIRE, Timer
from triage.domain.errors import StaleCase
from triage.domain.plan import Plan
from triage.domain.repair import Repair, Stage
from triage.engine.appending import undeterred
from triage.engine.repairing.planning import NAME_LENGTH, begin
from triage.engine.repairing.recording import Entry, append
from triage.engine.world import World

BY_ITSELF = "triage"
"""Who takes it back, where people stand otherwise."""
AGAIN = (timedelta(), timedelta(minutes=2), timedelta(minutes=15), timedelta(hours=1))
"""How long after its end each attempt is made; from then on the last of them apart."""
ATTEMPTS_MAX = 50


def ending(case_id: CaseId, repair: str, plan: Plan, now: datetime) -> tuple[Timer, ...]:
    """The timer of what is about to be written, where it may not last; the first intent's holds."""
    if plan.blocks is None:
        return ()
    timer = Timer(
        id=event_id(case_id, repair, EXPIRE),
        case=case_id,
        kind=EXPIRE,
        due=now + timedelta(seconds=plan.blocks.seconds),
        data={"repair": repair, "range": plan.blocks.range},
    )
    return (timer,)


def expire(world: World, timer: Timer) -> bool:
    """Take back what has had its time. True once it is gone; until then it is to be asked again."""
    try:
        return undeterred(lambda: _expire(world, timer))
    except StaleCase:
        return False


def _expire(world: World, timer: Timer) -> bool:
    case = world.cases.case(timer.case)
    repair = case.repairs.named(timer.data["repair"])
    if repair is None or repair.stage is Stage.REVERTED:
        return True
    attempts = [one for one in case.repairs.each if one.undoes == repair.id]
    busy = repair.under_way or any(one.under_way for one in attempts)
    if not busy and world.clock.now() >= next_attempt(timer, len(attempts)):
        _take_back(world, case, repair, timer, len(attempts))
    return False


def next_attempt(timer: Timer, attempts: int) -> datetime:
    """When a block is to be taken back, after so many attempts."""
    if attempts >= ATTEMPTS_MAX:
        return datetime.max.replace(tzinfo=timer.due.tzinfo)
    beyond = max(attempts - len(AGAIN) + 1, 0)
    return timer.due + AGAIN[min(attempts, len(AGAIN) - 1)] + beyond * AGAIN[-1]


def _take_back(world: World, case: Case, repair: Repair, timer: Timer, attempt: int) -> None:
    name = event_id(case.id, repair.id, EXPIRE, attempt)[:NAME_LENGTH]
    data = {
        "by": BY_ITSELF,
        "because": f"the time of the block of {timer.data['range']} has passed",
        "fix": repair.fix,
        "undoes": repair.id,
        "expired": True,
    }
    effects = [begin(case, name, world.clock.now())]
    entry = Entry(kind=EventKind.REVERT_ASKED, name=(), data=data, effects=effects)
    append(world, case, name, entry)
