"""A repair as a value: what a resource was like, what would be changed, and how that is shown.

`inspect -> State -> plan -> Plan -> apply -> verify`, and `revert` is a plan of its own. Everything
here is JSON underneath, so that a plan is stored, judged, approved and replayed by its hash.
"""

from collections.abc import Iterable, Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import Any

from triage.domain.json import Record, canonical, digest


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """The one resource a fix is for: `id` is what its service calls it, `arn` what IAM does.

    `given` is what the fix is to do there, where that is more than its name says: which address to
    block, and for how many hours.
    """

    account: str
    region: str
    id: str
    arn: str
    given: Record = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Call:
    """One request as boto3 spells it: `put_public_access_block` of `s3`.

    `absent` are the error codes by which the service says that there is no such thing.
    """

    service: str
    operation: str
    parameters: Record = field(default_factory=dict)
    absent: frozenset[str] = frozenset()

    @property
    def name(self) -> str:
        return f"{self.service}.{self.operation}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Permission:
    """IAM actions on resources: one statement of a session policy."""

    actions: tuple[str, ...]
    resources: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Step:
    """One write.

    `event` and `logged` are the call and its parameters as CloudTrail spells them, by which our
    own change is known when it comes back. `shows` are the facts by which an inspection tells that
    this step was made. `says` is one sentence for people.
    """

    call: Call
    permission: Permission
    event: str
    logged: Record
    shows: Record
    says: str


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """What a resource is like, asked for at `as_of`.

    `facts` are all that the fix goes by and may have to restore; equal facts are the same state.
    `tags` say who owns it.
    """

    facts: Record
    tags: Mapping[str, str] = field(default_factory=dict)
    as_of: datetime

    @property
    def digest(self) -> str:
        return digest(canonical([dict(self.facts), dict(self.tags)]))

    def holds(self, wanted: Record) -> bool:
        """Whether every fact that is wanted is as it is wanted."""
        return all(name in self.facts and self.facts[name] == wanted[name] for name in wanted)


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """Addresses that are kept out, as a CIDR, and for how long: nothing is kept out for ever."""

    range: str
    seconds: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Plan:
    """What is to be done, exactly, to a resource in the state `before`.

    `wanted` are the facts that prove it done. `reads` is what inspecting takes. `one_way` says why
    there is no way back, None where there is one. Without steps there is nothing left to do.
    `undoes` is the digest of the plan that this one takes back. `blocks` is whom it keeps out and
    when that ends by itself.
    """

    fix: str
    target: Target
    steps: tuple[Step, ...]
    before: State
    reads: tuple[Permission, ...]
    wanted: Record
    risk: str
    one_way: str | None = None
    undoes: str | None = None
    blocks: Block | None = None

    @property
    def digest(self) -> str:
        """What an approval names: the exact calls, and the state they were meant for."""
        return digest(canonical(plan_as_json(self)))

    @property
    def scope(self) -> tuple[Permission, ...]:
        """Everything its credentials may do."""
        return tuple(dict.fromkeys([*self.reads, *(step.permission for step in self.steps)]))


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """There will be no plan; `because` is a sentence for people."""

    because: str


STACK = "aws:cloudformation:stack-name"
"""https://docs.aws.amazon.com/AWSCloudFormation/latest/UserGuide/aws-properties-resource-tags.html"""
BY_TERRAFORM = frozenset({"terraform", "opentofu"})
WHO_MANAGES = frozenset({"managedby", "managed-by", "managed_by", "provisioner", "createdby"})


def managed_by(tags: Mapping[str, str]) -> str | None:
    """Who puts a resource back as its code says: a stack, Terraform, or None as far as tags tell.

    CloudFormation sets its tag itself; for Terraform there are only conventions: a tag that says
    who manages it, or one named after the tool (`terraform`, `terraform:workspace`).
    """
    if stack := tags.get(STACK):
        return f"the CloudFormation stack {stack}"
    told = any(_by_terraform(name, value) for name, value in tags.items())
    return "Terraform" if told else None


def _by_terraform(name: str, value: str) -> bool:
    head = name.lower().partition(":")[0]
    if head in WHO_MANAGES:
        return value.lower() in BY_TERRAFORM
    return head in BY_TERRAFORM and value.lower() not in {"false", "no", "0", ""}


def plan_as_json(plan: Plan) -> Record:
    """Write a plan as it is stored; what most plans have not is left out."""
    blocks = {"blocks": asdict(plan.blocks)} if plan.blocks else {}
    return {
        "fix": plan.fix,
        "target": _target(plan.target),
        "steps": [_step(step) for step in plan.steps],
        "before": _state(plan.before),
        "reads": [_permission(one) for one in plan.reads],
        "wanted": dict(plan.wanted),
        "risk": plan.risk,
        "one_way": plan.one_way,
        "undoes": plan.undoes,
        **blocks,
    }


def plan_from_json(record: Record) -> Plan:
    """Read a stored plan."""
    before = record["before"]
    return Plan(
        fix=record["fix"],
        target=Target(**record["target"]),
        steps=tuple(_step_from(one) for one in record["steps"]),
        before=State(
            facts=before["facts"],
            tags=before["tags"],
            as_of=datetime.fromisoformat(before["as_of"]),
        ),
        reads=_permissions_from(record["reads"]),
        wanted=record["wanted"],
        risk=record["risk"],
        one_way=record["one_way"],
        undoes=record["undoes"],
        blocks=Block(**record["blocks"]) if "blocks" in record else None,
    )


def _target(target: Target) -> Record:
    return {
        "account": target.account,
        "region": target.region,
        "id": target.id,
        "arn": target.arn,
        **({"given": dict(target.given)} if target.given else {}),
    }


def _state(state: State) -> Record:
    return {
        "facts": dict(state.facts),
        "tags": dict(state.tags),
        "as_of": state.as_of.isoformat(),
    }


def _permission(permission: Permission) -> Record:
    return {"actions": list(permission.actions), "resources": list(permission.resources)}


def _permissions_from(records: Iterable[Record]) -> tuple[Permission, ...]:
    return tuple(
        Permission(actions=tuple(one["actions"]), resources=tuple(one["resources"]))
        for one in records
    )


def _step(step: Step) -> Record:
    return {
        "service": step.call.service,
        "operation": step.call.operation,
        "parameters": dict(step.call.parameters),
        "absent": sorted(step.call.absent),
        "permission": _permission(step.permission),
        "event": step.event,
        "logged": dict(step.logged),
        "shows": dict(step.shows),
        "says": step.says,
    }


def _step_from(record: Mapping[str, Any]) -> Step:
    (permission,) = _permissions_from([record["permission"]])
    return Step(
        call=Call(
            service=record["service"],
            operation=record["operation"],
            parameters=record["parameters"],
            absent=frozenset(record["absent"]),
        ),
        permission=permission,
        event=record["event"],
        logged=record["logged"],
        shows=record["shows"],
        says=record["says"],
    )
