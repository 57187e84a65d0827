"""The last step of a repair: read the resource again until it is proven, or freeze."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import assert_never

from triage.domain.case import Case, CaseEvent, EventKind, Status
from triage.domain.decision import Ground
from triage.domain.effect import Effect
from triage.domain.json import Record, canonical, digest
from triage.domain.plan import Plan
from triage.domain.repair import Repair, Stage
from triage.domain.severity import Label
from triage.domain.verdict import Verdict
from triage.engine.afterwards import Afterwards, after_close
from triage.engine.probation import REPAIR
from triage.engine.repairing.applying import freeze
from triage.engine.repairing.planning import begin
from triage.engine.repairing.recording import PROVE, Entry, clouds_of, plan_of, record, step
from triage.engine.repairing.situation import rule_of
from triage.engine.world import World
from triage.remediations import remediation as fixing
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.remediation import Proven, Unproven
from triage.stages.closed import Closer


def prove(world: World, effect: Effect) -> str:
    """Look once, and record what it showed. Doing it again changes nothing."""
    case = world.cases.case(effect.case)
    repair = case.repairs.named(effect.data["repair"])
    if repair is None or repair.stage is not Stage.MADE:
        return "overtaken"
    plan = plan_of(world, repair)
    match _look(world, case, plan, effect):
        case Proven(state=state):
            kept = canonical(dict(state.facts))
            world.cases.keep({digest(kept): kept})
            return _proven(world, effect, plan, digest(kept))
        case Unproven(because=because):
            return _unproven(world, effect, CATALOGUE[plan.fix].again_seconds, because)
        case unreachable:
            assert_never(unreachable)


def _look(world: World, case: Case, plan: Plan, effect: Effect) -> Proven | Unproven:
    target, since = plan.target, datetime.fromisoformat(effect.data["since"])
    opened = clouds_of(world).open(target.account, target.region, case=case.id, scope=plan.reads)
    with opened as cloud:
        now = world.clock.now()
        return fixing.verify(CATALOGUE[plan.fix], cloud, plan, since=since, at=now)


def _proven(world: World, effect: Effect, plan: Plan, state: str) -> str:
    looks = CATALOGUE[plan.fix].proof_seconds
    number = effect.data["look"]
    final = number + 1 >= len(looks)

    def entry(case: Case, repair: Repair) -> Entry | None:
        if repair.stage is not Stage.MADE:
            return None
        if not final:
            return _first_look(world, case, repair, effect, looks[number + 1], state)
        return _end(world, case, repair, state)

    record(world, effect.case, effect.data["repair"], entry)
    return "proven" if final else "as wanted so far"


def _first_look(
    world: World, case: Case, repair: Repair, effect: Effect, seconds: float, state: str
) -> Entry:
    since = datetime.fromisoformat(effect.data["since"])
    data = {**effect.data, "look": effect.data["look"] + 1, "try": 0}
    again = _later(world, case, repair, data, since + timedelta(seconds=seconds))
    told = {"final": False, "closes": False, "state": state}
    return Entry(kind=EventKind.PROVEN, name=(effect.data["look"],), data=told, effects=[again])


def _later(world: World, case: Case, repair: Repair, data: Record, due: datetime) -> Effect:
    made = step(world, case, repair.id, PROVE, data, data["look"], data["try"])
    return Effect(id=made.id, case=made.case, kind=made.kind, data=made.data, due=due)


def _end(world: World, case: Case, repair: Repair, state: str) -> Entry:
    if repair.undoes:
        asked = next(one for one in reversed(world.cases.events(case.id)) if _asked(one, repair))
        data = {"undoes": repair.undoes, "by": asked.data["by"], "state": state}
        data |= {"stays": True} if repair.expired else {}
        return Entry(kind=EventKind.REVERTED, name=(), data=data)
    others = [one for one in _together(case) if one.id != repair.id]
    following = [one for one in others if one.stage is Stage.WANTED][:1]
    closes = not repair.contains and all(one.stage is Stage.PROVEN for one in others)
    told = {
        "final": True,
        "state": state,
        "closes": closes,
        **({"verdict": Verdict.NO_LONGER_PRESENT, "ground": "proof"} if closes else {}),
    }
    now, ended = world.clock.now(), closes and case.status in OURS
    plans = [begin(case, one.id, now) for one in following]
    follows = _closed(world, case, now) if ended else Afterwards()
    return Entry(
        kind=EventKind.PROVEN,
        name=("final",),
        data={**told, **follows.kept},
        effects=[*plans, *follows.effects],
        timers=follows.timers,
        closer=_closer(world, case) if ended else None,
    )


OURS = frozenset({Status.ACTING, Status.WAITING})
"""A case that nobody else has: its last proof closes it."""


def _closer(world: World, case: Case) -> Closer:
    """Who closes it: the rule by its meaning, as the decision kept it."""
    decided, severity = case.decided or {}, Label(case.headline["severity"])
    if (mends := decided.get("mends")) is not None:
        return Closer.from_record(mends, severity)
    # A decision from before meanings were kept: its rule's name has to do.
    account = world.rules.organisation.account(str(case.headline["account"]))
    return Closer(
        rule=rule_of(case),
        name=rule_of(case),
        tier=account.tier,
        ground=Ground.PROOF,
        severity=severity,
        likeness=(),
        closes=True,
    )


def _closed(world: World, case: Case, now: datetime) -> Afterwards:
    name = rule_of(case)
    said = {"verdict": Verdict.NO_LONGER_PRESENT, "ground": REPAIR, "rule": name}
    tier = world.rules.organisation.account(str(case.headline["account"])).tier
    by = {"ground": REPAIR, "name": name, "rule": "", "tier": tier}
    return after_close(world, case, said, by, now)


def _together(case: Case) -> list[Repair]:
    """The repairs that the case's last decision wants; what became of earlier ones is past."""
    wanted = (case.decided or {}).get("repairs") or ()
    return [one for one in case.repairs.each if one.id in wanted]


def _asked(event: CaseEvent, repair: Repair) -> bool:
    return event.kind is EventKind.REVERT_ASKED and event.data["repair"] == repair.id


def _unproven(world: World, effect: Effect, waits: Sequence[float], because: str) -> str:
    tried = effect.data["try"]
    last = tried >= len(waits)

    def entry(case: Case, repair: Repair) -> Entry | None:
        if repair.stage is not Stage.MADE:
            return None
        name = (effect.data["look"], tried)
        if last:
            return Entry(kind=EventKind.UNPROVEN, name=name, data={"because": because})
        due = world.clock.now() + timedelta(seconds=waits[tried])
        again = _later(world, case, repair, {**effect.data, "try": tried + 1}, due)
        return Entry(kind=EventKind.UNPROVEN, name=name, data={"because": because}, effects=[again])

    case = record(world, effect.case, effect.data["repair"], entry)
    return _give_up(world, case, effect, because) if last else f"not proven: {because}"


def _give_up(world: World, case: Case, effect: Effect, because: str) -> str:
    outcome = freeze(world, case.id, effect.data["repair"], f"not proven: {because}")
    rule = rule_of(case)
    if world.switches and rule:
        world.switches.miss(
            rule,
            most=world.rules.policy.misses_max,
            because=f"its repairs do not prove themselves: {because}",
            at=world.clock.now(),
        )
    return outcome
