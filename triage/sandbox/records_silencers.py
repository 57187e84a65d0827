"""Completes what a scenario says of filters, lists and rules that keep findings from being told."""

import uuid
from collections.abc import Callable, Mapping
from typing import Any

from triage.domain.json import Record, canonical
from triage.sandbox.world import Place, Shelf

NAMESPACE = uuid.UUID("2b9c7f10-5a43-4d8e-9f21-60d8a1c3e745")
EVERYTHING: Mapping[str, Any] = {"Criterion": {}}


def _made_id(record: Record) -> str:
    return str(uuid.uuid5(NAMESPACE, canonical(record).decode()))


def guardduty_filter(record: Record, _place: Place, _now: str) -> Record:
    """Complete a filter; it archives unless told otherwise."""
    return {"Name": "filter", "Action": "ARCHIVE", "Rank": 1, "FindingCriteria": EVERYTHING} | dict(
        record
    )


def address_list(record: Record, _place: Place, _now: str) -> Record:
    """Complete a trusted or a threat list; `id` is its own."""
    made = _made_id(record)[:32]
    location = "https://s3.amazonaws.com/lists/list.txt"
    return {
        "id": made,
        "Name": f"list-{made[:8]}",
        "Format": "TXT",
        "Location": location,
        "Status": "ACTIVE",
        **record,
    }


def member(record: Record, place: Place, now: str) -> Record:
    """Complete a member account; it reports unless told otherwise."""
    return {
        "MasterId": place.account,
        "AdministratorId": place.account,
        "Email": "security@example.com",
        "RelationshipStatus": "Enabled",
        "UpdatedAt": now,
        **record,
    }


def automation_rule(record: Record, place: Place, now: str) -> Record:
    """Complete an automation rule; it suppresses everything unless told otherwise."""
    made = _made_id(record)
    suppress = {"Workflow": {"Status": "SUPPRESSED"}}
    return {
        "RuleArn": f"arn:aws:securityhub:{place.region}:{place.account}:automation-rule/{made}",
        "RuleStatus": "ENABLED",
        "RuleOrder": 1,
        "RuleName": "rule",
        "Description": "-",
        "IsTerminal": False,
        "Criteria": {},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": suppress}],
        "CreatedAt": now,
        "UpdatedAt": now,
        "CreatedBy": place.account,
        **record,
    }


def automation_rule_v2(record: Record, place: Place, now: str) -> Record:
    """Complete an automation rule of the second generation."""
    made = _made_id(record)
    return {
        "RuleArn": f"arn:aws:securityhub:{place.region}:{place.account}:automation-rulev2/{made}",
        "RuleId": made,
        "RuleOrder": 1.0,
        "RuleName": "rule",
        "RuleStatus": "ENABLED",
        "Description": "-",
        "Criteria": {"OcsfFindingCriteria": {}},
        "Actions": [{"Type": "FINDING_FIELDS_UPDATE", "FindingFieldsUpdate": {"StatusId": 3}}],
        "CreatedAt": now,
        "UpdatedAt": now,
        **record,
    }


def inspector_filter(record: Record, place: Place, now: str) -> Record:
    """Complete an Inspector filter; it suppresses unless told otherwise."""
    made = _made_id(record).replace("-", "")[:16]
    owner = f"arn:aws:inspector2:{place.region}:{place.account}:owner/{place.account}"
    return {
        "arn": f"{owner}/filter/{made}",
        "ownerId": place.account,
        "name": "filter",
        "criteria": {},
        "action": "SUPPRESS",
        "createdAt": now,
        "updatedAt": now,
        **record,
    }


def config_rule(record: Record, place: Place, _now: str) -> Record:
    """Complete a Config rule; `ConfigRuleName` is all it needs."""
    made = _made_id(record)[:6]
    return {
        "ConfigRuleArn": f"arn:aws:config:{place.region}:{place.account}:config-rule/rule-{made}",
        "ConfigRuleId": f"rule-{made}",
        "ConfigRuleState": "ACTIVE",
        "Source": {"Owner": "AWS", "SourceIdentifier": "S3_BUCKET_PUBLIC_READ_PROHIBITED"},
        **record,
    }


def standard(record: Record, place: Place, _now: str) -> Record:
    """Complete a standard that is on; `name` is all it needs."""
    name = record.get("name", "best-practices")
    at = f"arn:aws:securityhub:{place.region}"
    return {
        "StandardsArn": f"{at}::standards/{name}/v/1.0.0",
        "StandardsSubscriptionArn": f"{at}:{place.account}:subscription/{name}/v/1.0.0",
        "StandardsInput": {},
        "StandardsStatus": "READY",
    }


def standards_control(record: Record, place: Place, _now: str) -> Record:
    """Complete a control of a standard; it is on unless told otherwise."""
    name = record.get("name", "S3.8")
    at = f"arn:aws:securityhub:{place.region}:{place.account}"
    made = {"StandardsControlArn": f"{at}:control/best-practices/v/1.0.0/{name}"}
    rest = {key: value for key, value in record.items() if key != "name"}
    return {**made, "ControlStatus": "ENABLED", "ControlId": name, **rest}


def allow_list(record: Record, place: Place, now: str) -> Record:
    """Complete a Macie allow list."""
    id_ = record.get("id", "allowed")
    return {
        "id": id_,
        "arn": f"arn:aws:macie2:{place.region}:{place.account}:allow-list/{id_}",
        "name": f"list-{id_}",
        "criteria": {"regex": "[0-9]+"},
        "status": {"code": "OK"},
        "createdAt": now,
        "updatedAt": now,
        **record,
    }


SHELVES: Mapping[str, tuple[Shelf, Callable[[Record, Place, str], Record]]] = {
    "guardduty_filters": (Shelf.GUARDDUTY_FILTERS, guardduty_filter),
    "ip_sets": (Shelf.IP_SETS, address_list),
    "threat_intel_sets": (Shelf.THREAT_INTEL_SETS, address_list),
    "guardduty_members": (Shelf.MEMBERS, member),
    "automation_rules": (Shelf.AUTOMATION_RULES, automation_rule),
    "automation_rules_v2": (Shelf.AUTOMATION_RULES_V2, automation_rule_v2),
    "inspector_filters": (Shelf.INSPECTOR_FILTERS, inspector_filter),
    "config_rules": (Shelf.CONFIG_RULES, config_rule),
    "standards": (Shelf.STANDARDS, standard),
    "standards_controls": (Shelf.CONTROLS, standards_control),
    "allow_lists": (Shelf.ALLOW_LISTS, allow_list),
}
