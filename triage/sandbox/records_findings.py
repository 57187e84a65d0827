"""Completes what a scenario says of Macie and of IAM Access Analyzer: what nobody need write."""

import uuid
from typing import Any

from triage.domain.json import Record, canonical
from triage.sandbox.world import Place

NAMESPACE = uuid.UUID("0f6b1c52-6a7e-4d0f-8a3e-4d7c1b9e2f60")
ANALYZER = "default"


def _made_id(record: Record) -> str:
    return str(uuid.uuid5(NAMESPACE, canonical(record).decode()))


def macie_finding(record: Record, place: Place, now: str) -> Record:
    """Complete a Macie finding in the API's casing; the category follows from the type."""
    type_ = str(record.get("type", ""))
    stamp = record.get("updatedAt", now)
    return {
        "schemaVersion": "1.0",
        "id": _made_id(record),
        "accountId": place.account,
        "partition": "aws",
        "region": place.region,
        "category": "POLICY" if type_.startswith("Policy:") else "CLASSIFICATION",
        "severity": {"score": 2, "description": "Medium"},
        "title": type_,
        "description": type_,
        "createdAt": stamp,
        "updatedAt": stamp,
        "count": 1,
        "archived": False,
        "sample": False,
        "resourcesAffected": {},
        **record,
    }


def macie_filter(record: Record, place: Place, _now: str) -> Record:
    """Complete a findings filter; it archives unless told otherwise."""
    id_ = record.get("id") or _made_id(record)
    made = f"arn:aws:macie2:{place.region}:{place.account}:findings-filter/{id_}"
    criteria: dict[str, Any] = {"criterion": {}}
    return {
        "id": id_,
        "arn": made,
        "name": f"filter-{id_}",
        "action": "ARCHIVE",
        "position": 1,
        "findingCriteria": criteria,
        **record,
    }


def _arn(place: Place, name: str) -> str:
    return f"arn:aws:access-analyzer:{place.region}:{place.account}:analyzer/{name}"


def analyzer(record: Record, place: Place, now: str) -> Record:
    """Complete an analyzer; an external one of the account unless told otherwise."""
    name = str(record.get("name", ANALYZER))
    return {
        "name": name,
        "arn": _arn(place, name),
        "type": "ACCOUNT",
        "status": "ACTIVE",
        "createdAt": now,
        **record,
    }


def analyzer_finding(record: Record, place: Place, now: str) -> Record:
    """Complete a finding; `analyzer` is its analyzer's name. External access unless told otherwise.

    What the first generation of the API says of it stands beside what the second one says.
    """
    stamp = record.get("updatedAt", now)
    rest = {name: value for name, value in record.items() if name != "analyzer"}
    return {
        "analyzerArn": _arn(place, str(record.get("analyzer", ANALYZER))),
        "id": _made_id(record),
        "findingType": "ExternalAccess",
        "resourceOwnerAccount": place.account,
        "status": "ACTIVE",
        "condition": {},
        "createdAt": stamp,
        "analyzedAt": stamp,
        "updatedAt": stamp,
        "findingDetails": [],
        **rest,
    }


def archive_rule(record: Record, _place: Place, now: str) -> Record:
    """Complete an archive rule; `analyzerName` is its analyzer's name."""
    return {"analyzerName": ANALYZER, "filter": {}, "createdAt": now, "updatedAt": now, **record}
