"""Network Firewall, its stateful rule groups: read them, and write them whole under a token.

Facts: Network Firewall API reference, DescribeRuleGroup and UpdateRuleGroup: a group is named by
its ARN or by its name and type, every write gives another token, and a write under an older one is
an InvalidTokenException.
"""

import uuid
from collections.abc import Mapping
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.world import Place, Shelf, World


def describe(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeRuleGroup."""
    found = _group(world, call)
    return {
        "UpdateToken": found["token"],
        "RuleGroup": found["rules"],
        "RuleGroupResponse": _told(found, call),
    }


def update(world: World, call: Call) -> Mapping[str, Any]:
    """Answer UpdateRuleGroup: what is not said again is reset."""
    found, asked = _group(world, call), call.parameters
    if asked["UpdateToken"] != found["token"]:
        text = "Update token is out of date"
        raise Refused(code="InvalidTokenException", message=text)
    changed = {
        **found,
        "token": str(uuid.uuid5(uuid.NAMESPACE_OID, found["token"])),
        "rules": asked.get("RuleGroup", found["rules"]),
        "description": asked.get("Description", ""),
    }
    others = [one for one in world.records(Shelf.RULE_GROUPS, _place(call)) if one != found]
    world.replace(Shelf.RULE_GROUPS, _place(call), [*others, changed])
    return {"UpdateToken": changed["token"], "RuleGroupResponse": _told(changed, call)}


def _told(found: Record, call: Call) -> Mapping[str, Any]:
    tags = [{"Key": key, "Value": value} for key, value in found["tags"].items()]
    return {
        "RuleGroupArn": _arn(found, call),
        "RuleGroupName": found["name"],
        "RuleGroupId": found["id"],
        "Description": found["description"],
        "Type": "STATEFUL",
        "Capacity": 100,
        "RuleGroupStatus": "ACTIVE",
        **({"Tags": tags} if tags else {}),
        "NumberOfAssociations": found["associations"],
    }


def _group(world: World, call: Call) -> Record:
    asked = call.parameters
    named = (asked.get("RuleGroupArn"), asked.get("RuleGroupName"))
    kept = world.records(Shelf.RULE_GROUPS, _place(call))
    found = next((one for one in kept if {_arn(one, call), one["name"]} & {*named}), None)
    if found is None or asked.get("Type", "STATEFUL") != "STATEFUL":
        text = "The resource does not exist"
        raise Refused(code="ResourceNotFoundException", message=text)
    return found


def _arn(found: Record, call: Call) -> str:
    head = f"arn:aws:network-firewall:{call.region}:{call.account}"
    return f"{head}:stateful-rulegroup/{found['name']}"


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


OPERATIONS: Mapping[str, Operation] = {
    "network-firewall.DescribeRuleGroup": describe,
    "network-firewall.UpdateRuleGroup": update,
}
