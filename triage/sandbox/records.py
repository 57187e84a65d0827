"""Completes the records of a scenario that the sandbox itself keeps: what nobody need write."""

import uuid
from collections.abc import Callable, Mapping
from datetime import datetime

from triage.domain.json import Record, canonical
from triage.sandbox import records_findings, records_silencers
from triage.sandbox.moments import iso
from triage.sandbox.world import Place, Shelf, World

NAMESPACE = uuid.UUID("5d6f2ad0-6f0c-4c58-9f0e-3a2f1f6a7b10")
READING = ("Get", "List", "Describe", "Head", "Lookup", "BatchGet")


def _made_id(record: Record) -> str:
    return str(uuid.uuid5(NAMESPACE, canonical(record).decode()))


def event(record: Record, place: Place, _now: str) -> Record:
    """Complete a CloudTrail record; its id is made from its content."""
    name = str(record.get("eventName", ""))
    return {
        "eventVersion": "1.11",
        "eventID": _made_id(record),
        "requestID": _made_id({"request": record}),
        "eventType": "AwsApiCall",
        "awsRegion": place.region,
        "recipientAccountId": place.account,
        "managementEvent": True,
        "eventCategory": "Management",
        "readOnly": name.startswith(READING),
        "sourceIPAddress": "198.51.100.7",
        "userAgent": "aws-cli/2.31.0",
        "requestParameters": None,
        "responseElements": None,
        **record,
    }


def recorder(record: Record, _place: Place, now: str) -> Record:
    """Complete a configuration recorder; it records unless told otherwise."""
    return {"name": "default", "recording": True, "since": now, **record}


def item(record: Record, place: Place, _now: str) -> Record:
    """Complete a Config item."""
    stamp = record.get("configurationItemCaptureTime")
    return {
        "version": "1.3",
        "accountId": place.account,
        "awsRegion": place.region,
        "configurationItemStatus": "OK",
        "configurationStateId": str(uuid.uuid5(NAMESPACE, f"{stamp}").int % 10**13),
        "tags": {},
        "relatedEvents": [],
        "relationships": [],
        **record,
    }


def compliance(record: Record, _place: Place, now: str) -> Record:
    """Complete a Config evaluation."""
    return {"recorded": now, **record}


def detector(record: Record, place: Place, now: str) -> Record:
    """Complete a GuardDuty detector; one per account and Region."""
    made = uuid.uuid5(NAMESPACE, f"{place.account}/{place.region}").hex
    return {"id": made, "status": "ENABLED", "created": now, **record}


def guardduty_finding(record: Record, place: Place, now: str) -> Record:
    """Complete a GuardDuty finding in the API's casing."""
    number = record.get("Id") or uuid.uuid5(NAMESPACE, canonical(record).decode()).hex
    found = f"arn:aws:guardduty:{place.region}:{place.account}"
    service = {
        "ServiceName": "guardduty",
        "Archived": False,
        "Count": 1,
        **(record.get("Service") or {}),
    }
    stamp = record.get("UpdatedAt", now)
    service.setdefault("EventFirstSeen", stamp)
    detector_id = service.setdefault("DetectorId", detector({}, place, now)["id"])
    return {
        "SchemaVersion": "2.0",
        "AccountId": place.account,
        "Region": place.region,
        "Partition": "aws",
        "Id": number,
        "Arn": f"{found}:detector/{detector_id}/finding/{number}",
        "CreatedAt": stamp,
        "UpdatedAt": stamp,
        "Title": record.get("Type", ""),
        "Description": record.get("Type", ""),
        **record,
        "Service": service,
    }


def security_hub_finding(record: Record, place: Place, now: str) -> Record:
    """Complete an ASFF finding, as Security Hub CSPM itself would issue it."""
    control = (record.get("Compliance") or {}).get("SecurityControlId", "")
    stamp = record.get("UpdatedAt", now)
    made = _made_id(record)
    hub = f"arn:aws:securityhub:{place.region}:{place.account}"
    return {
        "SchemaVersion": "2018-10-08",
        "Id": f"{hub}:security-control/{control}/finding/{made}" if control else made,
        "ProductArn": f"arn:aws:securityhub:{place.region}::product/aws/securityhub",
        "ProductName": "Security Hub",
        "CompanyName": "AWS",
        "Region": place.region,
        "AwsAccountId": place.account,
        "GeneratorId": f"security-control/{control}" if control else "custom",
        "CreatedAt": stamp,
        "UpdatedAt": stamp,
        "FirstObservedAt": stamp,
        "LastObservedAt": stamp,
        "Title": control or "Finding",
        "Description": control or "Finding",
        "WorkflowState": "NEW",
        "Workflow": {"Status": "NEW"},
        "RecordState": "ACTIVE",
        **record,
    }


def stack(record: Record, place: Place, now: str) -> Record:
    """Complete a CloudFormation stack; its id is made from its name."""
    name = str(record.get("StackName", "stack"))
    made = uuid.uuid5(NAMESPACE, f"{place.account}/{place.region}/{name}")
    return {
        "StackId": f"arn:aws:cloudformation:{place.region}:{place.account}:stack/{name}/{made}",
        "StackName": name,
        "StackStatus": "CREATE_COMPLETE",
        "CreationTime": now,
        **record,
    }


def response_case(record: Record, place: Place, now: str) -> Record:
    """Complete a case of Security Incident Response."""
    number = str(record.get("caseId", "1000000001"))
    return {
        "caseId": number,
        "caseArn": f"arn:aws:security-ir:{place.region}:{place.account}:case/{number}",
        "title": "Case",
        "caseStatus": "Submitted",
        "engagementType": "Security Incident",
        "createdDate": now,
        "lastUpdatedDate": now,
        **record,
    }


def security_hub_v2_finding(record: Record, place: Place, now: str) -> Record:
    """Complete an OCSF finding; what a scenario says of a nested object is said of all of it."""
    made = _made_id(record).replace("-", "")
    product = f"arn:aws:securityhub:{place.region}::productv2/aws/securityhub"
    info = {"uid": made, "title": "Finding", "created_time_dt": now, "modified_time_dt": now}
    return {
        "activity_id": 1,
        "activity_name": "Create",
        "category_uid": 2,
        "class_uid": 2003,
        "class_name": "Compliance Finding",
        "cloud": {"account": {"uid": place.account}, "region": place.region, "provider": "AWS"},
        "severity_id": 3,
        "severity": "Medium",
        "status_id": 1,
        "status": "New",
        "time_dt": now,
        **record,
        "finding_info": info | dict(record.get("finding_info") or {}),
        "metadata": {"uid": made, "product": {"uid": product}, **(record.get("metadata") or {})},
    }


def inspector_finding(record: Record, place: Place, now: str) -> Record:
    """Complete an Inspector finding in the API's casing."""
    made = uuid.uuid5(NAMESPACE, canonical(record).decode()).hex
    stamp = record.get("updatedAt", now)
    return {
        "findingArn": f"arn:aws:inspector2:{place.region}:{place.account}:finding/{made}",
        "awsAccountId": place.account,
        "type": "PACKAGE_VULNERABILITY",
        "title": "Finding",
        "description": "Finding",
        "remediation": {"recommendation": {"text": "None Provided"}},
        "severity": "MEDIUM",
        "status": "ACTIVE",
        "firstObservedAt": stamp,
        "lastObservedAt": stamp,
        "updatedAt": stamp,
        "resources": [],
        **record,
    }


def inspector_coverage(record: Record, place: Place, _now: str) -> Record:
    """Complete what ListCoverage says of one resource; it is scanned unless told otherwise."""
    return {
        "resourceType": "AWS_EC2_INSTANCE",
        "accountId": place.account,
        "scanType": "PACKAGE",
        "scanStatus": {"statusCode": "ACTIVE", "reason": "SUCCESSFUL"},
        **record,
    }


def inspector_scans(record: Record, _place: Place, _now: str) -> Record:
    """Complete which scans of Inspector an account has on: none but those that are told."""
    return {**dict.fromkeys(("ec2", "ecr", "lambda", "lambdaCode"), "DISABLED"), **record}


def runbook(record: Record, _place: Place, _now: str) -> Record:
    """Complete a runbook: how a run of it `ends`, and after how many `looks` at it."""
    ends = {"ends": "Success", "looks": 0, "backup": True}
    return {"version": "1", "status": "Active", "parameters": [], **ends, **record}


def image(record: Record, _place: Place, _now: str) -> Record:
    """Complete a machine image: nobody else may launch it unless told otherwise."""
    return {"permissions": [], **record}


def rule_group(record: Record, _place: Place, _now: str) -> Record:
    """Complete a stateful rule group of Network Firewall; one policy uses it."""
    made = _made_id({"rule group": record["name"]})
    return {"id": made, "token": made, "description": "", "tags": {}, "associations": 1, **record}


def as_told(record: Record, _place: Place, _now: str) -> Record:
    """Nothing is left to complete."""
    return record


Complete = Callable[[Record, Place, str], Record]

SHELVES: Mapping[str, tuple[Shelf, Complete]] = {
    "cloudtrail_events": (Shelf.EVENTS, event),
    "recorders": (Shelf.RECORDERS, recorder),
    "config_items": (Shelf.ITEMS, item),
    "config_compliance": (Shelf.COMPLIANCE, compliance),
    "detectors": (Shelf.DETECTORS, detector),
    "guardduty_findings": (Shelf.GUARDDUTY_FINDINGS, guardduty_finding),
    "security_hub_findings": (Shelf.SECURITY_HUB_FINDINGS, security_hub_finding),
    "security_hub_v2_findings": (Shelf.SECURITY_HUB_V2_FINDINGS, security_hub_v2_finding),
    "inspector_findings": (Shelf.INSPECTOR_FINDINGS, inspector_finding),
    "inspector_coverage": (Shelf.INSPECTOR_COVERAGE, inspector_coverage),
    "inspector_scans": (Shelf.INSPECTOR_SCANS, inspector_scans),
    "runbooks": (Shelf.RUNBOOKS, runbook),
    "images": (Shelf.IMAGES, image),
    "sharing_blocks": (Shelf.SHARING_BLOCKS, as_told),
    "rule_groups": (Shelf.RULE_GROUPS, rule_group),
    "macie_findings": (Shelf.MACIE_FINDINGS, records_findings.macie_finding),
    "macie_filters": (Shelf.MACIE_FILTERS, records_findings.macie_filter),
    "analyzers": (Shelf.ANALYZERS, records_findings.analyzer),
    "analyzer_findings": (Shelf.ANALYZER_FINDINGS, records_findings.analyzer_finding),
    "archive_rules": (Shelf.ARCHIVE_RULES, records_findings.archive_rule),
    **records_silencers.SHELVES,
    "stacks": (Shelf.STACKS, stack),
    "response_cases": (Shelf.RESPONSE_CASES, response_case),
}


def keep(world: World, section: str, place: Place, record: Record, now: datetime) -> Record:
    """Complete a record, put it on its shelf and return it.

    A GuardDuty finding brings its detector, a Security Hub finding its hub.
    """
    shelf, complete = SHELVES[section]
    whole = complete(record, place, iso(now))
    world.put(shelf, place, whole)
    if shelf is Shelf.GUARDDUTY_FINDINGS and not world.records(Shelf.DETECTORS, place):
        needed = {"id": whole["Service"]["DetectorId"]}
        world.put(Shelf.DETECTORS, place, detector(needed, place, iso(now)))
    if shelf is Shelf.SECURITY_HUB_FINDINGS and not world.records(Shelf.HUBS, place):
        world.put(Shelf.HUBS, place, {"since": iso(now)})
    return whole
