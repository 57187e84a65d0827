"""Config: whatever does not comply now, in the shape of a compliance change.

Evaluations have no time to ask by, so every cycle goes through all that does not comply: rules that
have such results first, then their results.
https://docs.aws.amazon.com/config/latest/APIReference/API_DescribeComplianceByConfigRule.html
https://docs.aws.amazon.com/config/latest/APIReference/API_GetComplianceDetailsByConfigRule.html
"""

from collections.abc import Mapping
from typing import Any

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.changed import cursor as cursors
from triage.adapters.aws.paging import Cut, member, plain
from triage.domain.json import Record
from triage.domain.lookout import Page, Window

PAGE = 100
WANTED = ["NON_COMPLIANT"]
RENAMED = {
    "EvaluationResultIdentifier": "evaluationResultIdentifier",
    "EvaluationResultQualifier": "evaluationResultQualifier",
    "ConfigRuleName": "configRuleName",
    "ResourceType": "resourceType",
    "ResourceId": "resourceId",
    "EvaluationMode": "evaluationMode",
    "OrderingTimestamp": "orderingTimestamp",
    "ComplianceType": "complianceType",
    "ResultRecordedTime": "resultRecordedTime",
    "ConfigRuleInvokedTime": "configRuleInvokedTime",
    "Annotation": "annotation",
}
"""How the notification spells what the API says.

https://docs.aws.amazon.com/config/latest/developerguide/example-config-rule-compliance-notification.html
"""


def page(asker: Asker, _window: Window, cursor: str) -> Page:
    """One page: of the rules that have something to tell, or of one rule's results."""
    at = cursors.read(cursor)
    return _results(asker, at) if at.get("rules") else _rules(asker, at.get("more", ""))


def _rules(asker: Asker, token: str) -> Page:
    answer = asker.ask(
        "config.describe_compliance_by_config_rule", ComplianceTypes=WANTED, NextToken=token
    )
    names = [one["ConfigRuleName"] for one in member(answer, "ComplianceByConfigRules")]
    rules = _with_arns(asker, names) if names else []
    return Page(records=(), cursor=_onward(rules, "", answer.get("NextToken") or ""))


def _with_arns(asker: Asker, names: list[str]) -> list[list[str]]:
    found = asker.every("config.describe_config_rules", "ConfigRules", ConfigRuleNames=names)
    arns = {one["ConfigRuleName"]: one["ConfigRuleArn"] for one in found}
    if set(arns) != set(names):
        raise Cut
    return [[name, arns[name]] for name in names]


def _results(asker: Asker, at: Mapping[str, Any]) -> Page:
    (rule, arn), *left = at["rules"]
    answer = asker.ask(
        "config.get_compliance_details_by_config_rule",
        ConfigRuleName=rule,
        ComplianceTypes=WANTED,
        Limit=PAGE,
        NextToken=at.get("next", ""),
    )
    results = member(answer, "EvaluationResults")
    records = tuple(_change(asker, rule, arn, plain(one)) for one in results)
    following = answer.get("NextToken") or ""
    rules = at["rules"] if following else left
    return Page(records=records, cursor=_onward(rules, following, at.get("more", "")))


def _onward(rules: list[Any], following: str, more: str) -> str:
    return cursors.written(rules=rules, next=following, more=more) if rules or more else ""


def _change(asker: Asker, rule: str, arn: str, result: Record) -> Record:
    told = _renamed(result)
    qualifier = told["evaluationResultIdentifier"]["evaluationResultQualifier"]
    return {
        "messageType": "ComplianceChangeNotification",
        "recordVersion": "1.0",
        "awsAccountId": asker.account,
        "awsRegion": asker.region,
        "configRuleName": rule,
        "configRuleARN": arn,
        "resourceType": qualifier.get("resourceType"),
        "resourceId": qualifier.get("resourceId"),
        "newEvaluationResult": told,
        "oldEvaluationResult": None,
        "notificationCreationTime": told.get("resultRecordedTime"),
    }


def _renamed(value: Any) -> Any:
    if not isinstance(value, dict):
        return value
    return {RENAMED.get(name, name): _renamed(one) for name, one in value.items()}
