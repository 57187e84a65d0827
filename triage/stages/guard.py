"""May this plan be made? Judged on the plan, before any call of it.

Everything it goes by is one `Situation`, stored by hash beside the plan, counters included: the
same two give the same judgement whenever they are asked again.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from triage.domain.account import Tier
from triage.domain.json import Record
from triage.domain.plan import Plan, managed_by
from triage.domain.policy import Policy, policy_as_json, policy_from_json

RUNS_AS = "AutomationAssumeRole"
ALONE, TOGETHER = 1, 2
"""How many people have to agree: to most plans, and to what is irreversible or fleet-wide."""


class Word(StrEnum):
    """What the guards say."""

    GO = "go"
    ASK = "ask"
    NO = "no"


@dataclass(frozen=True, slots=True, kw_only=True)
class Counts:
    """Repairs begun before this one within the hour, and `accounts` its fix touched in a day."""

    hour: int = 0
    hour_fix: int = 0
    hour_account: int = 0
    hour_rule: int = 0
    accounts: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Situation:
    """The world of one judgement.

    `known_accounts` is how many the organisation map lists, `rule_per_hour`, `rule_asks` and
    `even_if_managed` what the playbook says, `stopped` why the rule is stopped. `protected` are
    names and ARNs, exactly: the engine's own, break-glass, and what the operator lists. `ours` and
    `of_aws` say whose the addresses are that a plan would block.
    """

    now: datetime
    policy: Policy
    tier: Tier
    protected: tuple[str, ...] = ()
    counts: Counts = field(default_factory=Counts)
    known_accounts: int = 0
    rule_asks: bool = False
    rule_per_hour: int | None = None
    stopped: str | None = None
    even_if_managed: bool = False
    ours: tuple[str, ...] = ()
    of_aws: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What the guards say, why, and how many people it takes."""

    word: Word
    because: tuple[str, ...] = ()
    needs: int = 0


Guard = Callable[[Plan, Situation], str | None]


def guard(plan: Plan, situation: Situation) -> Judgement:
    """Say whether a plan may be made at once, needs somebody's word, or must not be made."""
    if barred := _said(BARS, plan, situation):
        return Judgement(word=Word.NO, because=barred)
    if questions := _said(QUESTIONS, plan, situation):
        fleet = _share(plan, situation) is not None
        needs = TOGETHER if plan.one_way or fleet else ALONE
        return Judgement(word=Word.ASK, because=questions, needs=needs)
    return Judgement(word=Word.GO)


def _said(guards: Sequence[Guard], plan: Plan, situation: Situation) -> tuple[str, ...]:
    return tuple(why for one in guards if (why := one(plan, situation)) is not None)


# --- what no approval overcomes -------------------------------------------------------------------


def _stopped(_plan: Plan, situation: Situation) -> str | None:
    return f"its rule is stopped: {situation.stopped}" if situation.stopped else None


def _protected(plan: Plan, situation: Situation) -> str | None:
    names = {plan.target.id, plan.target.arn, *map(str, plan.before.facts.values())}
    names |= _named(plan.target.given.get("parameters", {}))
    account = plan.target.account
    touched = sorted(name for name in situation.protected if _is(name, names, account))
    return f"{touched[0]} is protected" if touched else None


def _named(parameters: Record) -> set[str]:
    """What a runbook is told to work on; the role it works with is none of it."""
    return {str(one) for name in parameters if name != RUNS_AS for one in parameters[name]}


def _is(name: str, names: set[str], account: str) -> bool:
    """Whether a protected name or ARN is among them; a bare one matches the end of an ARN."""
    tails = {one.rpartition("/")[2] for one in names if one.startswith("arn:")}
    own = name.startswith("arn:") and f":{account}:" in name
    return name in names | tails or (own and name.rpartition("/")[2] in names)


def _tagged(plan: Plan, situation: Situation) -> str | None:
    tag = situation.policy.protected_tag
    return f"it has the tag {tag}, so it is protected" if tag in plan.before.tags else None


def _managed(plan: Plan, situation: Situation) -> str | None:
    owner = managed_by(plan.before.tags)
    if owner is None or situation.even_if_managed:
        return None
    return f"{owner} owns it and would put it back: change it there"


def _management(_plan: Plan, situation: Situation) -> str | None:
    barred = situation.tier is Tier.MANAGEMENT
    return "nothing is changed in a management account" if barred else None


def _ours(plan: Plan, situation: Situation) -> str | None:
    if not plan.blocks or not situation.ours:
        return None
    return f"{plan.blocks.range} is our own: {', '.join(situation.ours)}"


def _of_aws(plan: Plan, situation: Situation) -> str | None:
    if not plan.blocks or not situation.of_aws:
        return None
    services = ", ".join(situation.of_aws)
    return f"{plan.blocks.range} is AWS's ({services}), and whose it is today may change tomorrow"


def _unlisted(plan: Plan, situation: Situation) -> str | None:
    runbook = plan.target.given.get("document")
    if runbook is None or runbook in situation.policy.documents:
        return None
    return f"the operator does not allow the runbook {runbook}; repairs.documents lists those"


# --- what somebody may agree to -------------------------------------------------------------------


def _tier(_plan: Plan, situation: Situation) -> str | None:
    asks = situation.tier in situation.policy.ask_in
    return f"in {situation.tier} somebody agrees first" if asks else None


def _playbook(_plan: Plan, situation: Situation) -> str | None:
    return "its playbook wants somebody to agree first" if situation.rule_asks else None


def _frozen(_plan: Plan, situation: Situation) -> str | None:
    for freeze in situation.policy.freezes:
        if freeze.start <= situation.now < freeze.end:
            return f"changes are frozen until {freeze.end.isoformat()}: {freeze.because}"
    return None


def _share(_plan: Plan, situation: Situation) -> str | None:
    touched, known = situation.counts.accounts + 1, situation.known_accounts
    few = touched < situation.policy.share_from
    if few or known == 0 or touched / known <= situation.policy.share_max:
        return None
    return f"with this one, the fix touches {touched} of {known} accounts within a day"


def _limit(what: str, count: Callable[[Counts], int], most: Callable[[Situation], int]) -> Guard:
    def check(_plan: Plan, situation: Situation) -> str | None:
        allowed = most(situation)
        over = count(situation.counts) >= allowed
        return f"{what} has been repaired {allowed} times within the hour" if over else None

    return check


def _rule_limit(_plan: Plan, situation: Situation) -> str | None:
    allowed = situation.rule_per_hour
    if allowed is None or situation.counts.hour_rule < allowed:
        return None
    return f"the rule has repaired {allowed} times within the hour"


BARS: tuple[Guard, ...] = (
    _stopped,
    _protected,
    _tagged,
    _managed,
    _management,
    _ours,
    _of_aws,
    _unlisted,
)
QUESTIONS: tuple[Guard, ...] = (
    _tier,
    _playbook,
    _frozen,
    _share,
    _rule_limit,
    _limit("the organisation", lambda one: one.hour, lambda one: one.policy.per_hour),
    _limit("this fault", lambda one: one.hour_fix, lambda one: one.policy.per_hour_fix),
    _limit("the account", lambda one: one.hour_account, lambda one: one.policy.per_hour_account),
)


# --- as it is stored ------------------------------------------------------------------------------


def situation_as_json(situation: Situation) -> Record:
    """Write a situation."""
    counts = situation.counts
    return {
        "now": situation.now.isoformat(),
        "policy": policy_as_json(situation.policy),
        "tier": situation.tier,
        "protected": list(situation.protected),
        "counts": {name: getattr(counts, name) for name in Counts.__slots__},
        "known_accounts": situation.known_accounts,
        "rule_asks": situation.rule_asks,
        "rule_per_hour": situation.rule_per_hour,
        "stopped": situation.stopped,
        "even_if_managed": situation.even_if_managed,
        "ours": list(situation.ours),
        "of_aws": list(situation.of_aws),
    }


def situation_from_json(row: Record) -> Situation:
    """Read it back, equal."""
    fields: dict[str, Any] = dict(row)
    fields["now"] = datetime.fromisoformat(row["now"])
    fields["policy"] = policy_from_json(row["policy"])
    fields["tier"] = Tier(row["tier"])
    for name in ("protected", "ours", "of_aws"):
        fields[name] = tuple(row.get(name, ()))
    fields["counts"] = Counts(**_numbers(row["counts"]))
    return Situation(**fields)


def _numbers(row: Mapping[str, Any]) -> dict[str, int]:
    return {name: int(value) for name, value in row.items()}
