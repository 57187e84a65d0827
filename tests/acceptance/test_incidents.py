"""Cases of one cause are told together; none is hidden, and a person can take one out."""

import json
from datetime import timedelta

import pytest

from tests.findings import finding, imported, organisation
from triage.domain.incident import IncidentId
from triage.domain.verdict import Verdict
from triage.engine.related import LOOK_BACK

RESOURCE = {"uid": "arn:aws:s3:::reports", "name": "reports", "resourceType": "S3_BUCKET"}
TAG = {"aws:cloudformation:stack-name": "shop"}


def of_stack(bucket: str, **changes):
    resource = {"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{bucket}", "Tags": TAG}
    return finding("S3.13", bucket, Resources=[resource], **changes)


def flood(scene, count: int) -> list[str]:
    """One bad stack: a finding for each of its buckets; AWS cannot be asked, so none closes."""
    scene.without_evidence()
    scene.submit(*(imported(of_stack(f"shop-{n}")) for n in range(count)))
    decided = []
    while settled := scene.decide_due():
        decided += [case.id for case in settled]
    scene.run_effects()
    return decided


def incident_of(scene, case_id: str):
    return scene.store.incidents.incident(scene.case(case_id).incident)


def told_of(scene) -> list[str]:
    return [notice.case for notice in scene.notifier.told]


def test_findings_of_one_bad_stack_are_one_page_that_lists_its_members(scene):
    cases = flood(scene, 40)
    assert len(cases) == 40
    assert len(scene.notifier.told) == 1
    (notice,) = scene.notifier.told
    assert "40 x S3.13" in notice.text
    incident = incident_of(scene, cases[0])
    assert scene.store.incidents.size(incident.id) == 40
    members = scene.store.incidents.members(incident.id, at_most=100)
    assert {one.id for one in members} == set(cases)
    assert all(one.status == "escalated" for one in members)


@pytest.mark.slow
def test_five_thousand_findings_of_one_bad_stack_are_one_page(scene):
    cases = flood(scene, 5000)
    assert len(set(cases)) == 5000
    assert len(scene.notifier.told) == 1
    assert scene.store.incidents.size(incident_of(scene, cases[0]).id) == 5000


def test_another_stack_is_another_page(scene):
    scene.without_evidence()
    flood(scene, 2)
    other = of_stack("payments-1")
    other["Resources"][0]["Tags"] = {"aws:cloudformation:stack-name": "payments"}
    scene.decide(imported(other))
    assert len(scene.notifier.told) == 2


def test_what_is_more_urgent_is_told_although_its_incident_was(scene):
    flood(scene, 2)
    worse = of_stack("shop-9", Severity={"Label": "CRITICAL", "Normalized": 95})
    decided = scene.decide(imported(worse))
    assert [notice.priority for notice in scene.notifier.told] == ["high", "critical"]
    assert incident_of(scene, decided["case"]).leading == decided["case"]


def test_a_threat_is_told_by_itself_whatever_its_resource_is_in(scene):
    flood(scene, 3)
    probe = {
        "schemaVersion": "2.0",
        "accountId": "111111111111",
        "region": "eu-west-1",
        "id": "f" * 32,
        "type": "Exfiltration:S3/AnomalousBehavior",
        "severity": 2.0,
        "createdAt": "2026-11-20T10:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
        "resource": {"resourceType": "S3Bucket", "s3BucketDetails": [{"name": "shop-1"}]},
        "service": {"serviceName": "guardduty", "count": 1},
    }
    decided = scene.decide(json.dumps(probe).encode())
    assert told_of(scene)[-1] == decided["case"]


def test_a_case_that_is_taken_out_is_told_by_itself_and_stays_out(scene):
    cases = flood(scene, 5)
    taken = next(one for one in cases if one not in told_of(scene))
    before = incident_of(scene, taken).id
    scene.part(taken)
    scene.decide_due()
    scene.run_effects()
    assert told_of(scene)[-1] == taken
    assert incident_of(scene, taken).id != before
    assert scene.store.incidents.size(before) == 4
    scene.decide(imported(of_stack("shop-77")))
    assert scene.store.incidents.size(IncidentId(before)) == 5


def test_when_the_case_that_spoke_for_all_is_taken_out_another_one_speaks(scene):
    cases = flood(scene, 3)
    (leader,) = told_of(scene)
    scene.part(leader)
    while scene.decide_due():
        pass
    scene.run_effects()
    first, *others = told_of(scene)
    assert first == leader
    assert leader in others
    assert set(others) - {leader} <= set(cases)
    assert len(others) == 2


def test_an_answer_for_one_is_an_answer_for_all(scene):
    cases = flood(scene, 5)
    scene.acknowledge(next(one for one in cases if one not in told_of(scene)))
    scene.clock.advance(timedelta(days=2))
    scene.run_timers()
    assert len(scene.notifier.told) == 1


def test_when_the_case_that_spoke_for_all_ends_unanswered_another_one_speaks(scene):
    cases = flood(scene, 3)
    (leader,) = told_of(scene)
    scene.close(leader)
    assert scene.case(leader).acknowledged_by is None
    scene.clock.advance(timedelta(minutes=61))
    scene.run_timers()
    heir = told_of(scene)[-1]
    assert heir in set(cases) - {leader}
    assert incident_of(scene, heir).leading == heir


def test_news_of_a_case_that_was_told_with_others_is_not_told_again(scene):
    flood(scene, 3)
    scene.decide(imported(of_stack("shop-1", UpdatedAt="2026-11-21T10:00:00Z")))
    assert len(scene.notifier.told) == 1


def test_a_recurrence_after_everything_was_over_is_told_again(scene):
    for case in flood(scene, 2):
        scene.close(case)
    scene.decide(imported(of_stack("shop-1", UpdatedAt="2026-11-21T10:00:00Z")))
    assert len(scene.notifier.told) == 2


def closed_by_proof(scene) -> str:
    scene.load(organisation([finding()], public_access_block="all"))
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "close"
    return decided["case"]


def trouble(scene) -> str:
    other = finding("S3.5")
    decided = scene.decide(imported(other))
    assert decided["decision"] == "escalate"
    return decided["case"]


def test_a_true_positive_opens_related_closes_again_for_a_person(scene):
    closed = closed_by_proof(scene)
    real = trouble(scene)
    scene.say(real, Verdict.TRUE_POSITIVE)
    scene.run_effects()
    scene.decide_due()
    again = scene.case(closed)
    assert again.status == "escalated"
    assert again.decided is not None
    assert f"related to case {real}" in again.decided["reasons"][0]
    assert scene.replay(closed).equal


def test_a_benign_verdict_opens_nothing(scene):
    closed = closed_by_proof(scene)
    scene.say(trouble(scene), Verdict.BENIGN)
    scene.run_effects()
    assert scene.case(closed).status == "closed"


def test_closes_older_than_thirty_days_stay_closed(scene):
    closed = closed_by_proof(scene)
    scene.clock.advance(LOOK_BACK + timedelta(hours=1))
    scene.say(trouble(scene), Verdict.TRUE_POSITIVE)
    scene.run_effects()
    assert scene.case(closed).status == "closed"


def test_an_attack_sequence_opens_related_closes_again(scene):
    closed = closed_by_proof(scene)
    sequence = {
        "accountId": "111111111111",
        "region": "eu-west-1",
        "id": "a" * 32,
        "type": "AttackSequence:S3/CompromisedData",
        "severity": 9.0,
        "createdAt": "2026-11-20T10:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
        "resource": {"resourceType": "AttackSequence"},
        "service": {
            "serviceName": "guardduty",
            "count": 1,
            "detection": {
                "sequence": {
                    "uid": "s",
                    "resources": [RESOURCE],
                }
            },
        },
    }
    scene.decide(json.dumps(sequence).encode())
    scene.decide_due()
    assert scene.case(closed).status == "escalated"
