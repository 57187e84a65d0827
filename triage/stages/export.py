"""Export: an event of a case as others read it."""

from collections.abc import Mapping

from triage.domain.case import Case, CaseEvent, EventKind, Status
from triage.domain.json import Record
from triage.domain.severity import Label
from triage.domain.verdict import Verdict

SCHEMA = "1.5.0"
CATEGORY, CLASS = 2, 2005
"""Findings, Incident Finding: https://schema.ocsf.io/1.5.0/classes/incident_finding"""
CREATE, UPDATE, CLOSE = 1, 2, 3
NEW, IN_PROGRESS, CLOSED = 1, 2, 5
OTHER = 99
SEVERITIES: Mapping[str, int] = {
    Label.INFORMATIONAL: 1,
    Label.LOW: 2,
    Label.MEDIUM: 3,
    Label.HIGH: 4,
    Label.CRITICAL: 5,
}
VERDICTS: Mapping[str, int] = {
    Verdict.FALSE_POSITIVE: 1,
    Verdict.TRUE_POSITIVE: 2,
    Verdict.DISREGARD: 3,
    Verdict.SUSPICIOUS: 4,
    Verdict.BENIGN: 5,
    Verdict.TEST: 6,
    Verdict.INSUFFICIENT_DATA: 7,
    Verdict.SECURITY_RISK: 8,
    Verdict.DUPLICATE: 10,
}
"""`verdict_id`; ours that OCSF lacks is Other, with its word beside it."""


def as_stored(case: Case, event: CaseEvent) -> Record:
    """Write an event as the record has it; `case` is as the event left it."""
    return {
        "case": case.id,
        "key": case.key,
        "sequence": case.version,
        "id": event.id,
        "kind": event.kind,
        "at": event.at.isoformat(),
        "data": event.data,
        "hash": case.chain,
    }


def incident_finding(case: Case, event: CaseEvent) -> Record:
    """Write an event as an OCSF Incident Finding; `case` is as the event left it."""
    activity = _activity(case, event)
    return {
        "activity_id": activity,
        "activity_name": event.kind,
        "category_uid": CATEGORY,
        "class_uid": CLASS,
        "type_uid": CLASS * 100 + activity,
        "severity_id": SEVERITIES.get(case.headline.get("severity", ""), 0),
        "status_id": _status(case),
        "time": int(event.at.timestamp() * 1000),
        "metadata": _metadata(case, event),
        "finding_info_list": [_finding(case)],
        "cloud": {"account": {"uid": case.headline.get("account", "")}, "provider": "AWS"},
        **_verdict(case),
        "unmapped": {"chain_hash": case.chain, "data": event.data},
    }


def _activity(case: Case, event: CaseEvent) -> int:
    if case.version == 1:
        return CREATE
    ends = event.kind in {EventKind.DECIDED, EventKind.VERDICT_GIVEN}
    return CLOSE if ends and case.status is Status.CLOSED else UPDATE


def _status(case: Case) -> int:
    if case.status is Status.CLOSED:
        return CLOSED
    return IN_PROGRESS if case.acknowledged_by else NEW


def _metadata(case: Case, event: CaseEvent) -> Record:
    return {
        "version": SCHEMA,
        "profiles": ["cloud", "incident"],
        "uid": event.id,
        "sequence": case.version,
        "correlation_uid": case.id,
        "product": {"name": "Triage", "vendor_name": "Triage"},
    }


def _finding(case: Case) -> Record:
    return {
        "uid": case.key,
        "title": case.headline.get("title") or case.headline.get("type") or case.key,
        "types": [case.headline.get("type", "")],
    }


def _verdict(case: Case) -> Record:
    decided = case.decided or {}
    word = case.verdict or decided.get("verdict")
    return {"verdict": word, "verdict_id": VERDICTS.get(word, OTHER)} if word else {}
