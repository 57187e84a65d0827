"""What the operator lets the engine change, and how much of it: a part of every decision."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from triage.domain.account import Tier
from triage.domain.json import Record

RUNBOOKS = (
    "AWSSupport-ContainEC2Instance",
    "AWSSupport-ContainIAMPrincipal",
    "AWSSupport-ContainS3Resource",
)
"""AWS's own containment, each with its way back.

https://docs.aws.amazon.com/security-ir/latest/userguide/supported-containment-actions.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Freeze:
    """A window in which nothing is changed, from `start` until before `end`."""

    start: datetime
    end: datetime
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Policy:
    """Guards of every repair; the defaults are on, and repairs themselves are off.

    `ask_in` are tiers in which a person agrees first. `per_hour` counts all repairs,
    `per_hour_fix` those of one fix, `per_hour_account` those in one account. `share_max` is the
    largest share of the known accounts that one fix may touch in a day by itself, looked at from
    `share_from` accounts on. `protected` are names and ARNs, exactly; a resource with the tag
    `protected_tag` is protected too. `approval_hours` is how long a plan waits to be approved,
    `misses_max` how often a rule's repairs may fail to prove themselves before it is stopped.
    `documents` are the runbooks of Systems Manager that a repair may run, by name.
    """

    repairs: bool = False
    ask_in: tuple[Tier, ...] = (Tier.PRODUCTION, Tier.MANAGEMENT)
    per_hour: int = 60
    per_hour_fix: int = 20
    per_hour_account: int = 10
    share_max: float = 0.2
    share_from: int = 5
    protected: tuple[str, ...] = ()
    protected_tag: str = "triage:protected"
    freezes: tuple[Freeze, ...] = field(default_factory=tuple)
    approval_hours: float = 4.0
    misses_max: int = 2
    documents: tuple[str, ...] = RUNBOOKS


def policy_as_json(policy: Policy) -> Record:
    """Write a policy."""
    return {
        "repairs": policy.repairs,
        "ask_in": list(policy.ask_in),
        "per_hour": policy.per_hour,
        "per_hour_fix": policy.per_hour_fix,
        "per_hour_account": policy.per_hour_account,
        "share_max": policy.share_max,
        "share_from": policy.share_from,
        "protected": list(policy.protected),
        "protected_tag": policy.protected_tag,
        "freezes": [
            {"start": one.start.isoformat(), "end": one.end.isoformat(), "because": one.because}
            for one in policy.freezes
        ],
        "approval_hours": policy.approval_hours,
        "misses_max": policy.misses_max,
        "documents": list(policy.documents),
    }


def policy_from_json(row: Record) -> Policy:
    """Read it back, equal."""
    fields: dict[str, Any] = dict(row)
    fields["ask_in"] = tuple(Tier(tier) for tier in row["ask_in"])
    fields["protected"] = tuple(row["protected"])
    fields["documents"] = tuple(row.get("documents", RUNBOOKS))
    fields["freezes"] = tuple(_freeze(one) for one in row["freezes"])
    return Policy(**fields)


def _freeze(row: Mapping[str, str]) -> Freeze:
    return Freeze(
        start=datetime.fromisoformat(row["start"]),
        end=datetime.fromisoformat(row["end"]),
        because=row["because"],
    )
