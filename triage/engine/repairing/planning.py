"""The first step of a repair: look at the resource, plan, and ask the guards."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.case import Case, EventKind, Status, event_id
from triage.domain.effect import Effect, Timer
from triage.domain.json import Record, canonical, digest
from triage.domain.plan import Permission, Plan, Refused, State, Target, plan_as_json
from triage.domain.repair import Repair, Stage
from triage.engine.probation import came_back
from triage.engine.repairing.recording import (
    APPLY,
    NO_WAY,
    PLAN,
    PROVE,
    Entry,
    NotNow,
    clouds_of,
    plan_of,
    record,
    step,
    told,
)
from triage.engine.repairing.situation import rule_of, situation
from triage.engine.retelling import retell
from triage.engine.world import World
from triage.ports.cloud import AccessDenied, CloudError, NotFound
from triage.questions.question import Asking, CannotAsk
from triage.remediations import remediation as fixing
from triage.remediations.catalogue import CATALOGUE
from triage.stages.guard import Judgement, Situation, Word, guard, situation_as_json

LAPSE = "lapse"
NAME_LENGTH = 12
OUTLIVED = "a block has outlived its time, and could not be taken back"
VERDICTS = {Word.GO: "go", Word.ASK: "ask"}


def wanted(case: Case, decided: Record, cause: str) -> Sequence[str]:
    """Name the repairs that a decision wants."""
    if decided["decision"] != "resolve":
        return ()
    return [
        event_id(case.id, cause, "repair", place)[:NAME_LENGTH]
        for place, _ in enumerate(decided["suggestions"])
    ]


def begin(case: Case, repair: str, now: datetime) -> Effect:
    """Intend to plan a repair."""
    return Effect(
        id=event_id(case.id, repair, PLAN),
        case=case.id,
        kind=PLAN,
        data={"repair": repair},
        due=now,
    )


@dataclass(frozen=True, slots=True, kw_only=True)
class _Judged:
    """A plan, what the guards say, and what they went by."""

    plan: Plan
    situation: Situation
    judgement: Judgement


def plan(world: World, effect: Effect) -> str:
    """Plan a repair and record what the guards say. Doing it again changes nothing.

    Raises NotNow.
    """
    world = world.latest()
    case = world.cases.case(effect.case)
    repair = case.repairs.named(effect.data["repair"])
    if repair is None or repair.stage is not Stage.WANTED:
        return "overtaken"
    made = _overtaken(case, repair) or _planned(world, case, repair)
    if isinstance(made, Refused):
        return refuse(world, case.id, repair.id, made.because)
    return judge(world, case, repair, made)


def _overtaken(case: Case, repair: Repair) -> Refused | None:
    if repair.undoes is not None:
        return None
    if case.status is Status.CLOSED:
        return Refused(because="the case was closed meanwhile")
    back = came_back(case)
    return Refused(because=back) if back else None


def _planned(world: World, case: Case, repair: Repair) -> Plan | Refused:
    if world.clouds is None:
        return Refused(because=NO_WAY)
    try:
        return _back(world, case, repair) if repair.undoes else _fresh(world, case, repair)
    except CannotAsk as error:
        return Refused(because=str(error))
    except (AccessDenied, NotFound) as error:
        return Refused(because=str(error))
    except CloudError as error:
        raise NotNow(str(error)) from error


def _fresh(world: World, case: Case, repair: Repair) -> Plan | Refused:
    fix = CATALOGUE[repair.fix]
    now = world.clock.now()
    ticket = retell(world.cases.body, case.view.body, case.view.received).ticket
    account = world.rules.organisation.account(ticket.account)
    parameters = dict(repair.parameters)
    target = fix.target(Asking(ticket=ticket, account=account, now=now, parameters=parameters))
    state = look(world, case, fix, target, fix.reads(target))
    return fixing.plan(repair.fix, fix, target, state)


def _back(world: World, case: Case, repair: Repair) -> Plan | Refused:
    first = case.repairs.named(str(repair.undoes))
    if first is None:
        return Refused(because="there is nothing to take back")
    applied = plan_of(world, first)
    fix = CATALOGUE[applied.fix]
    return fixing.revert(fix, applied, look(world, case, fix, applied.target, applied.reads))


def look(
    world: World,
    case: Case,
    fix: fixing.Remediation,
    target: Target,
    reads: Sequence[Permission],
) -> State:
    """Read the resource under credentials that can do nothing else. Raises CloudError."""
    opened = clouds_of(world).open(target.account, target.region, case=case.id, scope=reads)
    with opened as cloud:
        return fixing.inspect(fix, cloud, target, at=world.clock.now())


def judge(world: World, case: Case, repair: Repair, made: Plan, own: Effect | None = None) -> str:
    """Ask the guards about a plan and record what follows from their word."""
    seen = situation(world, case, repair, made, own)
    judgement = Judgement(word=Word.GO) if repair.undoes else guard(made, seen)
    if judgement.word is Word.NO:
        return refuse(world, case.id, repair.id, "; ".join(judgement.because), seen)
    judged = _Judged(plan=made, situation=seen, judgement=judgement)
    bodies = [canonical(plan_as_json(made)), canonical(situation_as_json(seen))]
    # The state before is stored before anything can be written.
    world.cases.keep({digest(body): body for body in bodies})
    record(world, case.id, repair.id, lambda now, known: _entry(world, now, known, judged))
    return f"planned: {judgement.word}"


def _entry(world: World, case: Case, repair: Repair, judged: _Judged) -> Entry | None:
    if repair.stage not in {Stage.WANTED, Stage.READY}:
        return None
    if not judged.plan.steps:
        following = step(world, case, repair.id, PROVE, _proving(world, 0), 0, 0)
        return _as(judged, "nothing", effects=[following])
    if judged.judgement.word is Word.GO:
        return _as(judged, "go", effects=[applying(world, case, repair, judged.plan)])
    return _asking(world, case, repair, judged)


def _proving(world: World, look_number: int) -> Record:
    return {"look": look_number, "try": 0, "since": world.clock.now().isoformat()}


def applying(world: World, case: Case, repair: Repair, made: Plan) -> Effect:
    """Intend to apply a plan: everything by which our own change is known when it comes back.

    Who has agreed is part of its name: a plan that was begun and then had to ask begins again.
    """
    data = {
        "plan": digest(canonical(plan_as_json(made))),
        "fix": made.fix,
        "account": made.target.account,
        "region": made.target.region,
        "rule": rule_of(case),
        "role": clouds_of(world).role(made.target.account),
        "session": case.id,
        "writes": [{"call": one.event, "parameters": dict(one.logged)} for one in made.steps],
    }
    return step(world, case, repair.id, APPLY, data, made.digest, *repair.given)


def _asking(world: World, case: Case, repair: Repair, judged: _Judged) -> Entry:
    expires = world.clock.now() + timedelta(hours=judged.situation.policy.approval_hours)
    steps = "; ".join(one.says for one in judged.plan.steps)
    why = [
        f"a repair waits for {judged.judgement.needs} to agree: {steps}",
        *judged.judgement.because,
        f"risk: {judged.plan.risk}",
        f"`triage approve {case.id}` or `triage reject {case.id}`, by {expires.isoformat()}",
    ]
    cause = event_id(case.id, repair.id, "asks", judged.plan.digest)
    raised, more = told(world, case, cause, why)
    lapse = Timer(
        id=event_id(case.id, repair.id, LAPSE, judged.plan.digest),
        case=case.id,
        kind=LAPSE,
        due=expires,
        data={"repair": repair.id, "digest": judged.plan.digest},
    )
    return _as(
        judged,
        "ask",
        effects=raised.effects,
        timers=(*raised.timers, lapse),
        expires=expires.isoformat(),
        **more,
    )


def _as(
    judged: _Judged,
    verdict: str,
    *,
    effects: Sequence[Effect],
    timers: Sequence[Timer] = (),
    **more: object,
) -> Entry:
    made = judged.plan
    data = {
        "fix": made.fix,
        "plan": digest(canonical(plan_as_json(made))),
        "digest": made.digest,
        "undoes": made.undoes,
        "resource": made.target.arn,
        "steps": [one.says for one in made.steps],
        "risk": made.risk,
        "one_way": made.one_way,
        **({"lasts_seconds": made.blocks.seconds} if made.blocks else {}),
        "situation": digest(canonical(situation_as_json(judged.situation))),
        "verdict": verdict,
        "because": list(judged.judgement.because),
        "needs": judged.judgement.needs,
        "expires": None,
        **more,
    }
    name = (made.digest, verdict)
    return Entry(kind=EventKind.PLANNED, name=name, data=data, effects=effects, timers=timers)


def refuse(
    world: World, case_id: str, repair: str, because: str, seen: Situation | None = None
) -> str:
    """Record that there will be no plan, and hand the case to a person."""
    kept = canonical(situation_as_json(seen)) if seen else None
    if kept is not None:
        world.cases.keep({digest(kept): kept})

    def entry(case: Case, known: Repair) -> Entry:
        stays = _stays(case, known)
        cause = event_id(case.id, repair, EventKind.UNPLANNED)
        what = OUTLIVED if known.expired else "it was not repaired"
        raised, more = told(world, case, cause, [f"{what}: {because}"])
        data = {"fix": known.fix, "because": because, "situation": kept and digest(kept)}
        if stays:
            return Entry(kind=EventKind.UNPLANNED, name=(), data={**data, "stays": True})
        return Entry(
            kind=EventKind.UNPLANNED,
            name=(),
            data={**data, **more},
            effects=raised.effects,
            timers=raised.timers,
        )

    record(world, case_id, repair, entry)
    return f"not repaired: {because}"


def _stays(case: Case, repair: Repair) -> bool:
    """Whether its end moves the case to nobody: whoever asked for a way back has it already.

    Nobody asked for the end of a block, so the first that failed goes to a person.
    """
    if repair.expired:
        return sum(one.undoes == repair.undoes and one.expired for one in case.repairs.each) > 1
    return case.status is Status.CLOSED or repair.undoes is not None
