"""Block an address at the firewall: put it into the variable that a drop rule names.

The blackhole of malformed traffic: the rule drops whatever comes from the variable, well-formed or
not. The rule group and its place in a firewall policy belong to the set-up
(docs/how-to/block-an-address.md). A group is written whole, under a token that says which state was
read: once somebody else has written to it, AWS refuses, and so does the plan. How soon every
endpoint of a firewall knows is not looked at.
https://docs.aws.amazon.com/network-firewall/latest/APIReference/API_UpdateRuleGroup.html
https://docs.aws.amazon.com/network-firewall/latest/developerguide/rule-groups-ip-set-references.html
"""

import re
from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking
from triage.questions.records.shape import dig, records, text
from triage.remediations import blocking
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen, or_none
from triage.remediations.tags import listed

GROUP, VARIABLE = "triage-blocked", "TRIAGE_BLOCKED"
ABSENT = "ResourceNotFoundException"
DROPS = re.compile(rf"^\s*drop\s+ip\s+\${VARIABLE}\s+any\s+->\s+any\s+any\b", re.MULTILINE)
READ, UPDATE = "network-firewall:DescribeRuleGroup", "network-firewall:UpdateRuleGroup"
STATEFUL: Mapping[str, str] = {"RuleGroupName": GROUP, "Type": "STATEFUL"}


def target_of(asking: Asking) -> Target:
    """The rule group of the ticket's account, and whom to put into it. Raises CannotAsk."""
    account, region, given = about.account(asking), about.region(asking), blocking.given(asking)
    head = f"arn:{partition(region)}:network-firewall:{region}:{account}"
    arn = f"{head}:stateful-rulegroup/{GROUP}"
    return Target(account=account, region=region, id=GROUP, arn=arn, given=given)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The group as it is, its token, whether it drops what it should, and whether it is in use."""
    call = _call("describe_rule_group", ABSENT, **STATEFUL)
    said = or_none(cloud, call)
    own = blocking.own(cloud, target)
    if said is None:
        return Seen(facts={"group": None, "blocked": False, "own": own})
    told, rules = member(call, said, "RuleGroupResponse"), member(call, said, "RuleGroup")
    if member(call, told, "RuleGroupArn") != target.arn:
        raise Unknown(call, f"did not show {target.arn}")
    found = {
        "rules": rules,
        "kept": {name: told[name] for name in KEPT if told.get(name)},
        "token": member(call, said, "UpdateToken"),
        "drops": _drops(rules),
        "used": bool(told.get("NumberOfAssociations")),
    }
    wanted = blocking.wanted(target)
    blocked = any(blocking.same(one, wanted) for one in _addresses(rules) or ())
    facts = {"group": found, "blocked": blocked, "own": own}
    return Seen(facts=facts, tags=listed(told.get("Tags")))


KEPT = ("Description", "EncryptionConfiguration", "SourceMetadata")
"""What an update would reset where it does not say it again."""


def _addresses(rules: Record) -> Sequence[str] | None:
    """What the variable holds; None where the group has no such variable."""
    found = dig(rules, "RuleVariables", "IPSets", VARIABLE, "Definition")
    return [str(one) for one in found] if isinstance(found, list) else None


def _drops(rules: Record) -> bool:
    """Whether a rule drops everything that comes from the variable, written either way."""
    written = text(rules, "RulesSource", "RulesString")
    each = records(rules.get("RulesSource"), "StatefulRules")
    return bool(DROPS.search(written)) or any(_drops_all(one) for one in each)


ANYWHERE = ("SourcePort", "Destination", "DestinationPort")


def _drops_all(rule: Record) -> bool:
    header = dig(rule, "Header") or {}
    wide = all(text(header, name) == "ANY" for name in ANYWHERE)
    ours = text(header, "Source") == f"${VARIABLE}" and text(header, "Protocol") == "IP"
    return text(rule, "Action") == "DROP" and ours and wide


def plan(target: Target, state: State) -> Change | Refused:
    """Write the group with one address more in its variable."""
    if refusal := blocking.refused(target, state):
        return refusal
    found = state.facts["group"]
    if because := _unready(target, found):
        return Refused(because=because)
    wanted = {"blocked": True}
    if state.holds(wanted):
        return Change(steps=(), wanted=wanted)
    whom = target.given["range"]
    says = f"drop what comes from {whom} at {target.id}, {blocking.lasting(target)}"
    there = _addresses(found["rules"]) or ()
    step = _write(target, found, sorted([*there, whom]), says, blocked=True)
    return Change(steps=(step,), wanted=wanted)


def _unready(target: Target, found: Record | None) -> str | None:
    if found is None:
        return f"there is no stateful rule group {target.id} in {target.region}"
    if _addresses(found["rules"]) is None:
        return f"the rule group {target.id} has no variable {VARIABLE}"
    if not found["drops"]:
        return f"no rule of {target.id} drops what comes from ${VARIABLE}"
    return None if found["used"] else f"no firewall policy uses {target.id}"


def undo(target: Target, _before: State, now: State) -> Change | Refused:
    """Write the group without it, whatever else has come into it since."""
    found, whom = now.facts["group"], blocking.wanted(target)
    there = _addresses(found["rules"]) or ()
    left = [one for one in there if not blocking.same(one, whom)]
    if not left:
        return Refused(because=f"{VARIABLE} would be empty, which the firewall does not take")
    says = f"take {whom} out of {target.id}"
    step = _write(target, found, left, says, blocked=False)
    return Change(steps=(step,), wanted={"blocked": False})


def _write(
    target: Target, found: Record, addresses: Sequence[str], says: str, *, blocked: bool
) -> Step:
    asked = {
        "RuleGroupArn": target.arn,
        "RuleGroup": _with(found["rules"], addresses),
        **found["kept"],
        "UpdateToken": found["token"],
    }
    return Step(
        call=_call("update_rule_group", **asked),
        permission=Permission(actions=(UPDATE,), resources=(target.arn,)),
        event=UPDATE,
        logged=_spelled(asked),
        shows={"blocked": blocked},
        says=says,
    )


def _with(rules: Record, addresses: Sequence[str]) -> Record:
    variables = rules["RuleVariables"]
    sets = {**variables["IPSets"], VARIABLE: {"Definition": list(addresses)}}
    return {**rules, "RuleVariables": {**variables, "IPSets": sets}}


NAMED_BY_PEOPLE = frozenset({"IPSets", "PortSets", "IPSetReferences"})
"""Maps: what stands below is a name, not a member."""


def _spelled(value: Any, *, names: bool = False) -> Any:
    """Members as CloudTrail writes them, with a small letter first."""
    if isinstance(value, Mapping):
        return {
            (key if names else key[0].lower() + key[1:]): _spelled(
                one, names=key in NAMED_BY_PEOPLE and not names
            )
            for key, one in value.items()
        }
    return [_spelled(one) for one in value] if isinstance(value, list) else value


def _call(operation: str, *absent: str, **parameters: Any) -> Call:
    return Call(
        service="network-firewall",
        operation=operation,
        parameters=parameters,
        absent=frozenset(absent),
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=(READ,), resources=(target.arn,)), blocking.READING)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Put the address into the variable that the firewall's rule drops, for a time.",
        scope="the firewalls that use one rule group, one address",
        risk="Whoever else is behind the address is dropped by every firewall that uses the group.",
        iam_actions=(READ, blocking.INTERFACES, UPDATE),
        parameters=blocking.PARAMETERS,
        calls=(
            calling("network-firewall.describe_rule_group", **STATEFUL),
            blocking.CALL,
            calling(
                "network-firewall.update_rule_group",
                RuleGroupArn=ANSWER,
                RuleGroup=ANSWER,
                UpdateToken=ANSWER,
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
    assigned=frozenset({"group", "own"}),
    blocks=blocking.block,
)
