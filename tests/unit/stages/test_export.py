"""What others read of a case: the record as it is, and OCSF's Incident Finding."""

from dataclasses import replace

import pytest

from tests.builders import NOON, a_case, a_threat, minutes
from triage.domain.case import CaseEvent, EventKind, Status, evolve
from triage.domain.severity import Severity
from triage.domain.verdict import Verdict
from triage.stages.export import VERDICTS, as_stored, incident_finding

CASE = a_case(a_threat(severity=Severity(80)))
CLOSE = {"decision": "close", "verdict": "benign"}


def event(kind, data):
    return CaseEvent(id="e2", kind=kind, at=NOON + minutes(1), data=data)


def after(kind, data):
    """A case after one more event, and that event."""
    one = event(kind, data)
    return evolve(CASE, one), one


def finding(kind, data):
    return incident_finding(*after(kind, data))


def test_an_event_is_exported_as_it_is_stored():
    case, one = after(EventKind.DECIDED, CLOSE)
    assert as_stored(case, one) == {
        "case": case.id,
        "key": "guardduty:abcdef0123456789",
        "sequence": 2,
        "id": "e2",
        "kind": "decided",
        "at": "2026-11-20T12:01:00+00:00",
        "data": CLOSE,
        "hash": case.chain,
    }


def test_a_close_is_a_closed_incident_finding_with_its_verdict():
    case, one = after(EventKind.DECIDED, CLOSE)
    assert incident_finding(case, one) == {
        "activity_id": 3,
        "activity_name": "decided",
        "category_uid": 2,
        "class_uid": 2005,
        "type_uid": 200503,
        "severity_id": 4,
        "status_id": 5,
        "time": 1795176060000,
        "metadata": {
            "version": "1.5.0",
            "profiles": ["cloud", "incident"],
            "uid": "e2",
            "sequence": 2,
            "correlation_uid": case.id,
            "product": {"name": "Triage", "vendor_name": "Triage"},
        },
        "finding_info_list": [
            {
                "uid": "guardduty:abcdef0123456789",
                "title": "An unprotected port is being probed",
                "types": ["Recon:EC2/PortProbeUnprotectedPort"],
            }
        ],
        "cloud": {"account": {"uid": "111122223333"}, "provider": "AWS"},
        "verdict": "benign",
        "verdict_id": 5,
        "unmapped": {"chain_hash": case.chain, "data": CLOSE},
    }


def test_the_first_event_of_a_case_creates_and_has_no_verdict():
    told = incident_finding(CASE, event(EventKind.RECEIVED, {}))
    assert (told["activity_id"], told["type_uid"], told["status_id"]) == (1, 200501, 1)
    assert "verdict" not in told
    assert "verdict_id" not in told


def test_an_escalation_updates_and_is_new_until_somebody_has_it():
    escalated = {"decision": "escalate", "priority": "high"}
    assert [
        finding(EventKind.DECIDED, escalated)[name] for name in ("activity_id", "status_id")
    ] == [
        2,
        1,
    ]
    taken = finding(EventKind.ACKNOWLEDGED, {"by": "alice"})
    assert (taken["activity_id"], taken["status_id"]) == (2, 2)


def test_a_closed_case_that_is_only_looked_at_is_not_closed_again():
    case, _ = after(EventKind.DECIDED, CLOSE)
    told = incident_finding(case, event(EventKind.SIGHTED, {}))
    assert (told["activity_id"], told["status_id"]) == (2, 5)


def test_a_persons_verdict_closes_and_outweighs_the_decision():
    decided, _ = after(EventKind.DECIDED, CLOSE)
    said = event(
        EventKind.VERDICT_GIVEN, {"verdict": "true positive", "by": "alice", "closes": True}
    )
    told = incident_finding(evolve(decided, said), said)
    assert (told["activity_id"], told["verdict"], told["verdict_id"]) == (3, "true positive", 2)


@pytest.mark.parametrize("verdict", [one for one in Verdict if one not in VERDICTS])
def test_a_verdict_that_ocsf_lacks_is_other_with_its_word(verdict):
    told = finding(EventKind.DECIDED, {"decision": "close", "verdict": verdict})
    assert (told["verdict"], told["verdict_id"]) == (verdict, 99)


def test_a_case_without_a_headline_is_exported_with_what_there_is():
    bare = replace(CASE, headline={}, status=Status.RECEIVED)
    told = incident_finding(bare, event(EventKind.RECEIVED, {}))
    assert told["finding_info_list"] == [{"uid": CASE.key, "title": CASE.key, "types": [""]}]
    assert told["cloud"]["account"] == {"uid": ""}
    assert told["severity_id"] == 0
    named = replace(CASE, headline={"type": "S3.8"})
    (found,) = incident_finding(named, event(EventKind.RECEIVED, {}))["finding_info_list"]
    assert found["title"] == "S3.8"
