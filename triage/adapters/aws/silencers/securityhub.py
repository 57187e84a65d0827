"""Security Hub: automation rules of both generations, standards, controls that are off.

https://docs.aws.amazon.com/securityhub/1.0/APIReference/API_Operations.html
"""

from collections.abc import Callable, Iterator, Mapping
from types import MappingProxyType
from typing import Any

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.paging import Cut, member, plain
from triage.domain.inventory import Items
from triage.domain.json import Record

BATCH = 100
"""BatchGetAutomationRules takes no more ARNs at once."""


def automation_rules(asker: Asker) -> Items:
    """Every rule whole: the list alone does not say what a rule matches and does."""
    listed = asker.every("securityhub.list_automation_rules", "AutomationRulesMetadata")
    arns = [one["RuleArn"] for one in listed]
    found = {one["RuleArn"]: plain(one) for one in _rules(asker, arns)}
    if set(found) != set(arns):
        raise Cut
    return found


def _rules(asker: Asker, arns: list[str]) -> Iterator[Any]:
    for start in range(0, len(arns), BATCH):
        batch = arns[start : start + BATCH]
        answer = asker.ask("securityhub.batch_get_automation_rules", AutomationRulesArns=batch)
        yield from member(answer, "Rules")


def automation_rules_v2(asker: Asker) -> Items:
    """The same of the second generation, one request a rule."""
    listed = asker.every("securityhub.list_automation_rules_v2", "Rules")
    return {one["RuleArn"]: _rule_v2(asker, one["RuleId"]) for one in listed}


def _rule_v2(asker: Asker, name: str) -> Record:
    answer = asker.ask("securityhub.get_automation_rule_v2", Identifier=name)
    member(answer, "Criteria")
    return dict(plain(answer))


def _standards(asker: Asker) -> list[Any]:
    return asker.every("securityhub.get_enabled_standards", "StandardsSubscriptions")


def standards(asker: Asker) -> Items:
    """Every standard that is on."""
    return {
        one["StandardsArn"]: {"StandardsInput": plain(one.get("StandardsInput", {}))}
        for one in _standards(asker)
    }


def disabled_controls(asker: Asker) -> Items:
    """Every control that somebody switched off, by standard, with the reason given."""
    return {
        one["StandardsControlArn"]: {"DisabledReason": one.get("DisabledReason", "")}
        for standard in _standards(asker)
        for one in asker.every(
            "securityhub.describe_standards_controls",
            "Controls",
            StandardsSubscriptionArn=standard["StandardsSubscriptionArn"],
        )
        if one.get("ControlStatus") == "DISABLED"
    }


LISTS: Mapping[str, Callable[[Asker], Items]] = MappingProxyType(
    {
        "securityhub/automation-rule": automation_rules,
        "securityhub/automation-rule-v2": automation_rules_v2,
        "securityhub/standard": standards,
        "securityhub/disabled-control": disabled_controls,
    }
)
