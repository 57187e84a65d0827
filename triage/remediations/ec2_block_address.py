"""Block an address at the network ACLs of an instance: a deny ahead of the first rule that allows.

Inbound alone: an ACL keeps no state, so the answers to what the instance sends are kept out as
well. It holds for everything in those subnets. An ACL has twenty rules unless AWS was asked for
more, and a load balancer in front of the instance hides who is calling from it.
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_CreateNetworkAclEntry.html
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import Any

from triage.domain.json import Record
from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import records, text
from triage.remediations import blocking, ec2
from triage.remediations import ec2_placement as placement
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

READ = ("ec2:DescribeInstances", "ec2:DescribeNetworkAcls", blocking.INTERFACES)
CREATE, DELETE = "ec2:CreateNetworkAclEntry", "ec2:DeleteNetworkAclEntry"
ANY_PROTOCOL = "-1"
RULES_MAX = 20
"""https://docs.aws.amazon.com/vpc/latest/userguide/amazon-vpc-limits.html#vpc-limits-nacls"""
LAST = 32_767
"""The rule that denies what no other rule allows; it is no rule of anybody's."""
KEYS: Mapping[int, tuple[str, str]] = {
    4: ("CidrBlock", "cidrBlock"),
    6: ("Ipv6CidrBlock", "ipv6CidrBlock"),
}
Numbers = Mapping[str, int | None]


def target_of(asking: Asking) -> Target:
    """The instance a ticket is about, and whom to keep from it. Raises CannotAsk."""
    found = ec2.owned(asking, "instance", about.instance(asking))
    return replace(found, given=blocking.given(asking))


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The ACLs of its subnets: the deny of ours, the numbers taken, the first that allows."""
    one = placement.instance(cloud, target)
    found = _acls(cloud, target, sorted(_subnets(one)))
    facts = {
        "blocked": {name: _denied(rules, target) for name, (rules, _) in found.items()},
        "taken": {name: sorted(_numbers(rules)) for name, (rules, _) in found.items()},
        "first": {name: _first(rules) for name, (rules, _) in found.items()},
        "own": blocking.own(cloud, target),
    }
    tags = {key: value for _, tags in found.values() for key, value in tags.items()}
    return Seen(facts=facts, tags=tags)


def _subnets(instance: Record) -> set[str]:
    each = [instance, *records(instance, "NetworkInterfaces")]
    return {found for one in each if (found := text(one, "SubnetId"))}


def _acls(
    cloud: Cloud, target: Target, subnets: Sequence[str]
) -> Mapping[str, tuple[Sequence[Record], Mapping[str, str]]]:
    """Inbound rules and tags of the ACL of every subnet. Raises Unknown where one is missing."""
    only = [{"Name": "association.subnet-id", "Values": list(subnets)}]
    call = ec2.call("describe_network_acls", Filters=only)
    found = records({"all": member(call, cloud.call(call), "NetworkAcls")}, "all")
    covered = {text(two, "SubnetId") for one in found for two in records(one, "Associations")}
    if not subnets or not set(subnets) <= covered:
        raise Unknown(call, f"did not show the network ACLs of {target.id}")
    return {text(one, "NetworkAclId"): (_inbound(one), listed(one.get("Tags"))) for one in found}


def _inbound(acl: Record) -> Sequence[Record]:
    rules = [one for one in records(acl, "Entries") if one.get("Egress") is False]
    return [one for one in rules if int(one["RuleNumber"]) < LAST]


def _numbers(rules: Sequence[Record]) -> Sequence[int]:
    return [int(one["RuleNumber"]) for one in rules]


def _first(rules: Sequence[Record]) -> int:
    """The number of the first rule that lets anything in; past all of them where none does."""
    return min(_numbers([one for one in rules if one.get("RuleAction") == "allow"]), default=LAST)


def _denied(rules: Sequence[Record], target: Target) -> int | None:
    """The rule that keeps all of it out before anything lets it in."""
    ours = _numbers([one for one in rules if _is_ours(one, target)])
    return min((one for one in ours if one < _first(rules)), default=None)


def _is_ours(rule: Record, target: Target) -> bool:
    wanted = blocking.wanted(target)
    key, _ = KEYS[wanted.version]
    whole = rule.get("RuleAction") == "deny" and text(rule, "Protocol") == ANY_PROTOCOL
    return whole and blocking.same(rule.get(key), wanted)


def plan(target: Target, state: State) -> Change | Refused:
    """Deny it in every ACL that does not, at the free number closest to what allows."""
    if refusal := blocking.refused(target, state):
        return refusal
    blocked: Numbers = state.facts["blocked"]
    if because := _full(state, [name for name, number in blocked.items() if number is None]):
        return Refused(because=because)
    after = {name: number or _free(state, name) for name, number in blocked.items()}
    steps = _steps(target, blocked, after)
    return Change(steps=steps, wanted={"blocked": after})


def _free(state: State, acl: str) -> int:
    taken, first = state.facts["taken"][acl], state.facts["first"][acl]
    return next((one for one in range(first - 1, 0, -1) if one not in taken), 0)


def _full(state: State, acls: Sequence[str]) -> str | None:
    for name in acls:
        if len(state.facts["taken"][name]) >= RULES_MAX:
            return f"{name} has {RULES_MAX} inbound rules, and AWS allows no more by itself"
        if not _free(state, name):
            return f"{name} has no number left ahead of the first rule that allows"
    return None


def undo(target: Target, before: State, now: State) -> Change | Refused:
    """Delete the rules that were added; those of others, of whatever number, stay."""
    blocked: Numbers = now.facts["blocked"]
    was: Numbers = before.facts["blocked"]
    wanted = {name: was.get(name) for name in blocked}
    return Change(steps=_steps(target, blocked, wanted), wanted={"blocked": wanted})


def _steps(target: Target, now: Numbers, then: Numbers) -> tuple[Step, ...]:
    reached, steps = dict(now), list[Step]()
    for acl in sorted(now):
        was, wanted = now[acl], then[acl]
        if was == wanted:
            continue
        reached = {**reached, acl: wanted}
        steps.append(
            _deny(target, acl, wanted, reached)
            if wanted is not None
            else _delete(target, acl, was or 0, reached)
        )
    return tuple(steps)


def _deny(target: Target, acl: str, number: int, after: Numbers) -> Step:
    key, spelled = KEYS[blocking.wanted(target).version]
    whom = target.given["range"]
    return _step(
        target,
        acl,
        "create_network_acl_entry",
        {"RuleNumber": number, "Protocol": ANY_PROTOCOL, "RuleAction": "deny", key: whom},
        {"ruleNumber": number, "aclProtocol": ANY_PROTOCOL, "ruleAction": "deny", spelled: whom},
        after,
        f"deny {whom} by rule {number} of {acl}, {blocking.lasting(target)}",
    )


def _delete(target: Target, acl: str, number: int, after: Numbers) -> Step:
    return _step(
        target,
        acl,
        "delete_network_acl_entry",
        {"RuleNumber": number},
        {"ruleNumber": number},
        after,
        f"delete rule {number} of {acl}, which denies {target.given['range']}",
    )


def _step(  # noqa: PLR0913, PLR0917 - a step is made of all of them
    target: Target,
    acl: str,
    operation: str,
    parameters: Record,
    logged: Record,
    after: Numbers,
    says: str,
) -> Step:
    action = CREATE if operation.startswith("create") else DELETE
    arn = f"{target.arn.partition(':instance/')[0]}:network-acl/{acl}"
    inbound: Mapping[str, Any] = {"NetworkAclId": acl, "Egress": False}
    return Step(
        call=ec2.call(operation, **inbound, **parameters),
        permission=Permission(actions=(action,), resources=(arn,)),
        event=action,
        logged={"networkAclId": acl, "egress": False, **logged},
        shows={"blocked": dict(after)},
        says=says,
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return ec2.reading(target, READ)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Deny the address at the network ACLs of the instance, for a time.",
        scope="the subnets of one instance, one address",
        risk="Whoever else is behind the address is kept out of everything in these subnets.",
        iam_actions=(*READ, CREATE, DELETE),
        parameters={**subject("instance"), **blocking.PARAMETERS},
        calls=(
            calling("ec2.describe_instances", InstanceIds=["{instance}"]),
            calling("ec2.describe_network_acls", Filters=ANSWER),
            blocking.CALL,
            calling(
                "ec2.create_network_acl_entry",
                NetworkAclId=ANSWER,
                Egress=False,
                Protocol=ANY_PROTOCOL,
                RuleAction="deny",
                RuleNumber=ANSWER,
                CidrBlock="{address}",
            ),
            calling(
                "ec2.delete_network_acl_entry",
                NetworkAclId=ANSWER,
                Egress=False,
                RuleNumber=ANSWER,
            ),
        ),
        applied=True,
        leaves=blocking.LEAVES,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    assigned=frozenset({"taken", "first", "own"}),
    blocks=blocking.block,
)
