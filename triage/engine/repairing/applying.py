"""The second step of a repair: make the plan's calls, each recorded before and after."""

from dataclasses import dataclass

from triage.domain.case import Case, EventKind, Status, event_id
from triage.domain.effect import Effect, Timer
from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.domain.plan import Plan, Step
from triage.domain.repair import Repair, Stage
from triage.engine.repairing.confirming import unconfirmed
from triage.engine.repairing.expiring import ending
from triage.engine.repairing.planning import judge, refuse
from triage.engine.repairing.recording import (
    PROVE,
    Entry,
    NotNow,
    clouds_of,
    hold,
    last_look,
    plan_of,
    record,
    step,
    told,
)
from triage.engine.repairing.situation import situation
from triage.engine.world import World
from triage.ports.cloud import AccessDenied, CloudError
from triage.remediations import remediation as fixing
from triage.remediations.catalogue import CATALOGUE
from triage.stages.guard import Word, guard


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseJournal:
    """Keeps every write of a plan in its case. The kill switch is looked at last of all.

    A repair that has ended meanwhile, by another worker's hand or a person's, is written to no
    more: an intent is recorded only while its plan is still to be made.
    """

    world: World
    effect: Effect
    plan: Plan

    def intend(self, place: int, step: Step) -> None:
        data = {"step": place, "call": step.event, "says": step.says}
        effect, now = self.effect, self.world.clock.now()
        timers = ending(effect.case, effect.data["repair"], self.plan, now)
        ends = {"ends": timers[0].due.isoformat()} if timers else {}
        self._intend(place, {**data, **ends}, timers)
        last_look(self.world, effect)

    def _intend(self, place: int, data: Record, timers: tuple[Timer, ...]) -> None:
        effect, intended = self.effect, False

        def entry(case: Case, repair: Repair) -> Entry | None:
            nonlocal intended
            intended = repair.stage is Stage.READY and repair.plan == effect.data["plan"]
            if not intended:
                return None
            # By the case's version too: what is tried once more is another intent.
            name = (effect.id, effect.attempts, place, case.version)
            return Entry(kind=EventKind.INTENDED, name=name, data=data, timers=timers)

        record(self.world, effect.case, effect.data["repair"], entry)
        if not intended:
            raise Overtaken(effect.data["repair"])

    def made(self, place: int, step: Step) -> None:
        self._keep(EventKind.WRITTEN, place, {"call": step.event, "outcome": "made"})

    def failed(self, place: int, step: Step, why: str) -> None:
        self._keep(EventKind.WRITTEN, place, {"call": step.event, "outcome": why[:500]})

    def _keep(self, kind: EventKind, place: int, data: dict[str, str]) -> None:
        effect = self.effect
        name = (effect.id, effect.attempts, place)
        entry = Entry(kind=kind, name=name, data={"step": place, **data})
        record(self.world, effect.case, effect.data["repair"], lambda _case, _repair: entry)


class Overtaken(TriageError):
    """Somebody else has brought the repair to its end."""

    def __init__(self, repair: str) -> None:
        super().__init__(f"repair {repair} has ended meanwhile; nothing was written")


def apply(world: World, effect: Effect) -> str:
    """Make what is still to be made of a plan. Doing it again makes nothing twice.

    Raises NotNow, and Held while the kill switch is thrown.
    """
    world = world.latest()
    hold(world)
    case = world.cases.case(effect.case)
    repair = case.repairs.named(effect.data["repair"])
    if repair is None or repair.stage is not Stage.READY or repair.plan != effect.data["plan"]:
        return "overtaken"
    plan = plan_of(world, repair)
    if (stopped := _stopped(world, case, repair, plan, effect)) is not None:
        return stopped
    return _apply(world, case, plan, effect)


def _stopped(world: World, case: Case, repair: Repair, plan: Plan, effect: Effect) -> str | None:
    """What became of the plan, when guards or its source no longer let it be made; None if they do.

    Once something was written it is finished: halves are nobody's wish.
    """
    if repair.written or repair.undoes:
        return None
    if case.status is Status.CLOSED:
        return refuse(world, case.id, repair.id, "the case was closed meanwhile")
    if (why := unconfirmed(world, case)) is not None:
        return refuse(world, case.id, repair.id, why)
    judgement = guard(plan, situation(world, case, repair, plan, effect))
    agreed = judgement.word is Word.ASK and bool(repair.given)
    if judgement.word is Word.GO or agreed:
        return None
    return judge(world, case, repair, plan, effect)


def _apply(world: World, case: Case, plan: Plan, effect: Effect) -> str:
    target, fix = plan.target, CATALOGUE[plan.fix]
    journal = CaseJournal(world=world, effect=effect, plan=plan)
    opened = clouds_of(world).open(target.account, target.region, case=case.id, scope=plan.scope)
    try:
        with opened as cloud:
            fixing.apply(fix, cloud, plan, journal, at=world.clock.now())
    except Overtaken:
        return "overtaken"
    except (fixing.Moved, AccessDenied) as error:
        return end(world, effect, str(error))
    except CloudError as error:
        raise NotNow(str(error)) from error
    return _made(world, effect)


def _made(world: World, effect: Effect) -> str:
    def entry(case: Case, repair: Repair) -> Entry | None:
        if repair.stage is not Stage.READY:
            return None
        since = world.clock.now().isoformat()
        proving = step(world, case, repair.id, PROVE, {"look": 0, "try": 0, "since": since}, 0, 0)
        return Entry(kind=EventKind.MADE, name=(effect.id,), data={}, effects=[proving])

    record(world, effect.case, effect.data["repair"], entry)
    return "made"


def end(world: World, effect: Effect, because: str) -> str:
    """Hand over what cannot go on: frozen where something may have been written, else not begun."""
    case = world.cases.case(effect.case)
    repair = case.repairs.named(effect.data["repair"])
    if repair is None or not repair.under_way:
        return "overtaken"
    if not repair.written:
        return refuse(world, case.id, repair.id, because)
    return freeze(world, case.id, repair.id, because)


def freeze(world: World, case_id: str, repair: str, because: str) -> str:
    """Leave the resource as it is, tell people, and never take anything back by ourselves."""

    def entry(case: Case, known: Repair) -> Entry | None:
        if not known.under_way:
            return None
        why = f"{known.fix} is frozen, {because}; `triage revert {case.id}` takes it back"
        cause = event_id(case.id, repair, EventKind.FROZEN)
        raised, more = told(world, case, cause, [why])
        return Entry(
            kind=EventKind.FROZEN,
            name=(),
            data={"fix": known.fix, "because": because, **more},
            effects=raised.effects,
            timers=raised.timers,
        )

    record(world, case_id, repair, entry)
    return f"frozen: {because}"
