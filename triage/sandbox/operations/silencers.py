"""Filters, lists and rules that keep findings from being told: GuardDuty, Security Hub, Inspector.

Facts: the services' API references. What a list operation leaves out is got one by one.
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE_MAX = 50


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _listing(
    shelf: Shelf, name: str, shown: Callable[[Record], Any], *, onward: str = "NextToken"
) -> Operation:
    def answer(world: World, call: Call) -> Mapping[str, Any]:
        listed = [shown(each) for each in world.records(shelf, _place(call))]
        asked = call.parameters
        size = asked.get("MaxResults") or asked.get("maxResults") or PAGE_MAX
        page = page_of(listed, asked, size=size, refusal="BadRequestException")
        return {name: page.items} | ({onward: page.token} if page.token else {})

    return answer


def _getting(shelf: Shelf, argument: str, key: str, names: Sequence[str]) -> Operation:
    def answer(world: World, call: Call) -> Mapping[str, Any]:
        wanted = call.parameters[argument]
        for each in world.records(shelf, _place(call)):
            if each[key] == wanted:
                return {name: each[name] for name in names if name in each}
        raise Refused(code="BadRequestException", message=f"{wanted} is not found.")

    return answer


def _only(names: Sequence[str]) -> Callable[[Record], Any]:
    return lambda record: {name: record[name] for name in names if name in record}


def batch_get_automation_rules(world: World, call: Call) -> Mapping[str, Any]:
    """Answer BatchGetAutomationRules; rules it does not know come back as unprocessed."""
    wanted = call.parameters["AutomationRulesArns"]
    rules = world.records(Shelf.AUTOMATION_RULES, _place(call))
    found = [each for each in rules if each["RuleArn"] in wanted]
    missing = set(wanted) - {each["RuleArn"] for each in found}
    lacking = [{"RuleArn": each, "ErrorCode": 404, "ErrorMessage": "-"} for each in sorted(missing)]
    return {"Rules": found, "UnprocessedAutomationRules": lacking}


LIST = ("Name", "Format", "Location", "Status")
FILTER = ("Name", "Description", "Action", "Rank", "FindingCriteria", "Tags")
RULE = (
    "RuleArn",
    "RuleStatus",
    "RuleOrder",
    "RuleName",
    "Description",
    "CreatedAt",
    "UpdatedAt",
)
OPERATIONS: Mapping[str, Operation] = {
    "guardduty.ListFilters": _listing(
        Shelf.GUARDDUTY_FILTERS, "FilterNames", lambda each: each["Name"]
    ),
    "guardduty.GetFilter": _getting(Shelf.GUARDDUTY_FILTERS, "FilterName", "Name", FILTER),
    "guardduty.ListIPSets": _listing(Shelf.IP_SETS, "IpSetIds", lambda each: each["id"]),
    "guardduty.GetIPSet": _getting(Shelf.IP_SETS, "IpSetId", "id", LIST),
    "guardduty.ListThreatIntelSets": _listing(
        Shelf.THREAT_INTEL_SETS, "ThreatIntelSetIds", lambda each: each["id"]
    ),
    "guardduty.GetThreatIntelSet": _getting(
        Shelf.THREAT_INTEL_SETS, "ThreatIntelSetId", "id", LIST
    ),
    "guardduty.ListMembers": _listing(Shelf.MEMBERS, "Members", dict),
    "securityhub.ListAutomationRules": _listing(
        Shelf.AUTOMATION_RULES,
        "AutomationRulesMetadata",
        _only((*RULE, "IsTerminal", "CreatedBy")),
    ),
    "securityhub.BatchGetAutomationRules": batch_get_automation_rules,
    "securityhub.ListAutomationRulesV2": _listing(
        Shelf.AUTOMATION_RULES_V2, "Rules", _only((*RULE, "RuleId"))
    ),
    "securityhub.GetAutomationRuleV2": _getting(
        Shelf.AUTOMATION_RULES_V2, "Identifier", "RuleId", (*RULE, "RuleId", "Criteria", "Actions")
    ),
    "inspector2.ListFilters": _listing(
        Shelf.INSPECTOR_FILTERS, "filters", dict, onward="nextToken"
    ),
    "securityhub.GetEnabledStandards": _listing(Shelf.STANDARDS, "StandardsSubscriptions", dict),
    "securityhub.DescribeStandardsControls": _listing(Shelf.CONTROLS, "Controls", dict),
    "macie2.ListAllowLists": _listing(
        Shelf.ALLOW_LISTS, "allowLists", _only(("arn", "id", "name")), onward="nextToken"
    ),
    "macie2.GetAllowList": _getting(
        Shelf.ALLOW_LISTS, "id", "id", ("id", "arn", "name", "criteria", "status")
    ),
}
