"""Revoke the ingress rules of a security group that let everyone in, by rule id.

By id and not by their properties: in a default VPC, EC2 answers a request that matches no rule as
if it had revoked one. Authorising them again gives new ids. Connections that are tracked survive,
so this contains nobody who is in already.
https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_RevokeSecurityGroupIngress.html
https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.json import Record, canonical
from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import dig, records, text
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen
from triage.remediations.tags import listed

EVERYONE = frozenset({"0.0.0.0/0", "::/0"})
READ = ("ec2:DescribeSecurityGroups", "ec2:DescribeSecurityGroupRules")
REVOKE, AUTHORISE = "ec2:RevokeSecurityGroupIngress", "ec2:AuthorizeSecurityGroupIngress"
TAGGING = "ec2:CreateTags"
ANY = ("*",)
"""Nobody knows the id of a rule before it is made."""
FAMILIES = (("IpRanges", "CidrIp"), ("Ipv6Ranges", "CidrIpv6"))


def target_of(asking: Asking) -> Target:
    """The security group a ticket is about. Raises CannotAsk."""
    account, region, name = about.account(asking), about.region(asking), about.group(asking)
    arn = f"arn:{partition(region)}:ec2:{region}:{account}:security-group/{name}"
    return Target(account=account, region=region, id=name, arn=arn)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The rules that are open to everyone, their ids, and how many others there are.

    The group and its list of rules have to agree: a list cut short would pass for a group without
    open rules.
    """
    group, rules = _group(cloud, target), _rules(cloud, target)
    wide = [rule for rule in rules if _source(rule) in EVERYONE]
    if sorted(_source(rule) for rule in wide) != sorted(_wide(group)):
        raise Unknown(_rules_call(target), "and the group itself do not agree")
    facts = {
        "open": sorted((_described(rule) for rule in wide), key=canonical),
        "ids": sorted(text(rule, "SecurityGroupRuleId") for rule in wide),
        "narrow": len(rules) - len(wide),
    }
    return Seen(facts=facts, tags=listed(dig(group, "Tags")))


def _group(cloud: Cloud, target: Target) -> Record:
    call = _call("describe_security_groups", GroupIds=[target.id])
    groups = records(cloud.call(call), "SecurityGroups")
    if len(groups) != 1 or text(groups[0], "OwnerId") != target.account:
        raise Unknown(call, f"did not show {target.id} of {target.account}")
    member(call, groups[0], "IpPermissions")
    return groups[0]


def _rules(cloud: Cloud, target: Target) -> Sequence[Record]:
    call = _rules_call(target)
    found = records({"rules": member(call, cloud.call(call), "SecurityGroupRules")}, "rules")
    return [rule for rule in found if rule.get("IsEgress") is False]


def _rules_call(target: Target) -> Call:
    only = [{"Name": "group-id", "Values": [target.id]}]
    return _call("describe_security_group_rules", Filters=only)


def _wide(group: Record) -> list[str]:
    return [
        text(one, cidr)
        for permission in records(group, "IpPermissions")
        for ranges, cidr in FAMILIES
        for one in records(permission, ranges)
        if text(one, cidr) in EVERYONE
    ]


def _source(rule: Record) -> str:
    return text(rule, "CidrIpv4") or text(rule, "CidrIpv6")


def _described(rule: Record) -> Mapping[str, Any]:
    """All of a rule but its id."""
    return {
        "protocol": text(rule, "IpProtocol"),
        "from": rule.get("FromPort"),
        "to": rule.get("ToPort"),
        "cidr": _source(rule),
        "description": text(rule, "Description"),
        "tags": dict(listed(rule.get("Tags"))),
    }


def plan(target: Target, state: State) -> Change | Refused:
    """Revoke every rule that is open to everyone, in one call."""
    wanted: Mapping[str, Any] = {"open": []}
    if state.holds(wanted):
        return Change(steps=(), wanted=wanted)
    ids = state.facts["ids"]
    step = Step(
        call=_call("revoke_security_group_ingress", GroupId=target.id, SecurityGroupRuleIds=ids),
        permission=_writing(target, ids, REVOKE),
        event=REVOKE,
        logged={
            "groupId": target.id,
            "securityGroupRuleIds": {"items": [{"securityGroupRuleId": one} for one in ids]},
        },
        shows={"open": []},
        says=f"revoke {_told(state.facts['open'])} of {target.id}",
    )
    return Change(steps=(step,), wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Authorise the same rules again, each with its description and tags."""
    rules = before.facts["open"]
    steps = tuple(_authorise(target, rule, rules[: place + 1]) for place, rule in enumerate(rules))
    return Change(steps=steps, wanted={"open": rules})


def _authorise(target: Target, rule: Record, so_far: Sequence[Record]) -> Step:
    permission = _permission(rule)
    tags = [{"Key": name, "Value": value} for name, value in sorted(rule["tags"].items())]
    tagged = [{"ResourceType": "security-group-rule", "Tags": tags}] if tags else []
    told = {"TagSpecifications": tagged} if tagged else {}
    return Step(
        call=_call(
            "authorize_security_group_ingress",
            GroupId=target.id,
            IpPermissions=[permission],
            **told,
        ),
        permission=_writing(target, ANY, AUTHORISE, *([TAGGING] if tagged else [])),
        event=AUTHORISE,
        logged={"groupId": target.id, "ipPermissions": _logged(rule), **_logged_tags(rule)},
        shows={"open": list(so_far)},
        says=f"authorise {_told([rule])} on {target.id} again",
    )


def _permission(rule: Record) -> Record:
    ranges, cidr = FAMILIES[":" in rule["cidr"]]
    note = {"Description": rule["description"]} if rule["description"] else {}
    ports = {"FromPort": rule["from"], "ToPort": rule["to"]} if rule["from"] is not None else {}
    return {"IpProtocol": rule["protocol"], **ports, ranges: [{cidr: rule["cidr"], **note}]}


def _logged(rule: Record) -> Record:
    six = ":" in rule["cidr"]
    note = {"description": rule["description"]} if rule["description"] else {}
    one = {"items": [{"cidrIpv6" if six else "cidrIp": rule["cidr"], **note}]}
    ports = {"fromPort": rule["from"], "toPort": rule["to"]} if rule["from"] is not None else {}
    return {
        "items": [
            {
                "ipProtocol": rule["protocol"],
                **ports,
                "groups": {},
                "ipRanges": {} if six else one,
                "ipv6Ranges": one if six else {},
                "prefixListIds": {},
            }
        ]
    }


def _logged_tags(rule: Record) -> Record:
    """EC2 is logged under the names of its own protocol, as in RunInstances.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/monitor-with-cloudtrail.html
    """
    tags = [{"key": name, "value": value} for name, value in sorted(rule["tags"].items())]
    told = {"items": [{"resourceType": "security-group-rule", "tags": tags}]}
    return {"tagSpecificationSet": told} if tags else {}


def _told(rules: Sequence[Record]) -> str:
    return ", ".join(_one(rule) for rule in rules)


def _one(rule: Record) -> str:
    low, high = rule["from"], rule["to"]
    ports = "everything" if low in {None, -1} else str(low) if low == high else f"{low}-{high}"
    return f"{ports}/{rule['protocol']} from {rule['cidr']}"


def _call(operation: str, **parameters: Any) -> Call:
    return Call(service="ec2", operation=operation, parameters=parameters)


def _writing(target: Target, rules: Sequence[str], *actions: str) -> Permission:
    """Rules are resources of their own, besides the group."""
    head = target.arn.partition(":security-group/")[0]
    named = (f"{head}:security-group-rule/{rule}" for rule in rules)
    return Permission(actions=actions, resources=(target.arn, *named))


def _reads(_target: Target) -> tuple[Permission, ...]:
    # Describing cannot be narrowed to a resource.
    # https://docs.aws.amazon.com/service-authorization/latest/reference/list_amazonec2.html
    return (Permission(actions=READ, resources=("*",)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Revoke the ingress rules that are open to everyone, by rule id.",
        scope="one security group",
        risk="Whoever connects through the rule is cut off; live connections survive.",
        iam_actions=(*READ, REVOKE, AUTHORISE, TAGGING),
        parameters=subject("group"),
        calls=(
            calling("ec2.describe_security_groups", GroupIds=["{group}"]),
            calling(
                "ec2.describe_security_group_rules",
                Filters=[{"Name": "group-id", "Values": ["{group}"]}],
            ),
            calling(
                "ec2.revoke_security_group_ingress",
                GroupId="{group}",
                SecurityGroupRuleIds=ANSWER,
            ),
            calling(
                "ec2.authorize_security_group_ingress", GroupId="{group}", IpPermissions=ANSWER
            ),
            calling("ec2.create_tags", Resources=ANSWER, Tags=ANSWER),
        ),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    assigned=frozenset({"ids"}),
)
