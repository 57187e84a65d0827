"""What the guards go by, gathered at one moment."""

from datetime import timedelta

from triage.domain.account import Organisation
from triage.domain.case import Case
from triage.domain.effect import Effect
from triage.domain.evidence import Got, Read
from triage.domain.network import overlap
from triage.domain.plan import Plan
from triage.domain.repair import Repair
from triage.engine.repairing.recording import APPLY
from triage.engine.world import World
from triage.playbook.fixes import EVEN_IF_MANAGED
from triage.questions.records.shape import records, text
from triage.stages.guard import Counts, Situation

KNOWN_AT_ONCE = timedelta(seconds=5)
"""What is looked up stands on this disk."""
HOUR, DAY = timedelta(hours=1), timedelta(days=1)
RECENT_MAX = 10_000
"""More repairs than this in a day are beyond every limit anyway."""


def situation(
    world: World, case: Case, repair: Repair, plan: Plan, own: Effect | None = None
) -> Situation:
    """Gather it. `own` is this repair's own intent, once recorded: only those before it count.

    Intents are recorded before anything is written, and all workers see them in one order, so that
    of two that come at the same moment the second is the one beyond the limit.
    """
    now, rules = world.clock.now(), world.rules
    decided, rule = case.decided or {}, rule_of(case)
    switch = world.switches.stopped(rule) if world.switches and rule else None
    return Situation(
        now=now,
        policy=rules.policy,
        tier=rules.organisation.account(plan.target.account).tier,
        protected=_protected(rules.organisation, rules.policy.protected),
        counts=_counts(world, case, plan, own),
        known_accounts=len(rules.organisation.accounts),
        rule_asks=bool(decided.get("asks")),
        rule_per_hour=decided.get("per_hour"),
        stopped=switch.because if switch else None,
        even_if_managed=dict(repair.parameters).get(EVEN_IF_MANAGED) == "True",
        ours=_ours(rules.organisation, plan),
        of_aws=_of_aws(world, plan),
    )


def rule_of(case: Case) -> str:
    """The rule that wanted the repair."""
    return str((case.decided or {}).get("rule") or "")


def _protected(organisation: Organisation, listed: tuple[str, ...]) -> tuple[str, ...]:
    own = organisation.engine_roles | organisation.break_glass
    return tuple(sorted({*own, *listed}))


def _ours(organisation: Organisation, plan: Plan) -> tuple[str, ...]:
    """Networks of ours that a plan would block, in part or whole."""
    if plan.blocks is None:
        return ()
    each = [(one.name, cidr) for one in organisation.networks.values() for cidr in one.cidrs]
    hit = (name for name, cidr in each if overlap(cidr, plan.blocks.range))
    return tuple(sorted(set(hit)))


def _of_aws(world: World, plan: Plan) -> tuple[str, ...]:
    """Services of AWS that publish the addresses as theirs, as far as a snapshot is at hand."""
    if plan.blocks is None:
        return ()
    read = Read.of("network.owner", plan.target.account, "", range=plan.blocks.range)
    now = world.clock.now()
    raw = world.evidence.fetch([read], deadline=now + KNOWN_AT_ONCE, fresh=now).get(read)
    found = records(raw.payload, "Aws") if isinstance(raw, Got) else []
    return tuple(sorted({text(one, "Service") for one in found}))


def _counts(world: World, case: Case, plan: Plan, own: Effect | None) -> Counts:
    now, rule = world.clock.now(), rule_of(case)
    day = world.outbox.recent(APPLY, since=now - DAY, at_most=RECENT_MAX)
    earlier = [one for one in day if own is None or (one.due, one.id) < (own.due, own.id)]
    hour = [one.data for one in earlier if one.due >= now - HOUR]
    account = plan.target.account
    same = {one.data["account"] for one in earlier if one.data["fix"] == plan.fix}
    return Counts(
        hour=len(hour),
        hour_fix=sum(one["fix"] == plan.fix for one in hour),
        hour_account=sum(one["account"] == account for one in hour),
        hour_rule=sum(one["rule"] == rule for one in hour),
        accounts=len(same - {account}),
    )
