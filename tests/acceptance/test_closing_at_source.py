"""A finding is closed where it came from: confirmed first, each call intended, its echo known."""

from dataclasses import replace

import pytest

from tests.closer import (
    ADMINISTRATOR,
    ANALYZER,
    BUCKET,
    V2,
    Closer,
    guardduty,
    native,
    told_by_analyzer,
    told_by_guardduty,
)
from tests.findings import ACCOUNT, REGION, finding, imported
from triage.domain.message import Reception
from triage.domain.verdict import Verdict
from triage.engine.pipeline import take_in


@pytest.fixture
def closer(scene):
    return Closer(scene)


def take(closer, body):
    closer.scene.world.queue.submit([body])
    (receipt,) = take_in(closer.scene.world, at_most=1, wait_seconds=0)
    return receipt


def test_a_close_by_proof_resolves_the_finding_and_its_echo_opens_nothing(closer):
    theirs = {"UserDefinedFields": {"jira": "OPS-7"}}
    case = closer.closed(**theirs)
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}
    closer.work()
    found = closer.at_hub()
    assert found["Workflow"] == {"Status": "RESOLVED"}
    assert found["Note"]["UpdatedBy"] == "Triage"
    assert f"case {case}: closed as no longer present, on proof" in found["Note"]["Text"]
    assert found["UserDefinedFields"] == {
        "jira": "OPS-7",
        "triageCase": case,
        "triageVerdict": "no longer present",
        "triageGround": "proof",
    }
    kinds = [str(one.kind) for one in closer.scene.events(case)]
    assert kinds[-4:] == ["decided", "source_intended", "source_closed", "effect_done"]
    assert closer.outcome(case) == ("done", "closed at its source")

    echo = imported(
        {name: value for name, value in found.items() if name != "Note"}
        | {"Note": {**found["Note"], "UpdatedAt": "2026-11-24T10:00:00Z"}}
    )
    before = closer.scene.case(case)
    receipt = take(closer, echo)
    assert receipt.reception is Reception.OWN_WRITE
    assert not closer.scene.decide_due()
    after = closer.scene.case(case)
    assert (after.status, after.told, after.doubts) == ("closed", before.told, ())

    # The same marks on anything else are news: nobody hides behind our name.
    louder = found | {"Severity": {"Label": "CRITICAL", "Normalized": 90}}
    assert take(closer, imported(louder)).reception is not Reception.OWN_WRITE


@pytest.mark.slow
def test_a_persons_verdict_is_told_too_and_never_twice(closer):
    closer.load(here={"detectors": [{"id": "member"}], "guardduty_findings": [guardduty()]})
    decided = closer.scene.decide(told_by_guardduty())
    assert decided["decision"] == "escalate"
    closer.scene.say(decided["case"], Verdict.FALSE_POSITIVE)
    closer.work()
    got = closer.client("guardduty").get_findings(DetectorId="member", FindingIds=["g-1"])
    service = got["Findings"][0]["Service"]
    assert (service["Archived"], service["UserFeedback"]) == (True, "NOT_USEFUL")
    (intended,) = closer.events(decided["case"], "source_intended")
    assert [one["call"] for one in intended["writes"]] == [
        "guardduty:UpdateFindingsFeedback",
        "guardduty:ArchiveFindings",
    ]
    again = take(closer, told_by_guardduty(archived=True))
    assert again.reception is Reception.OWN_WRITE
    assert not closer.scene.decide_due()
    # It goes on, archived as it is: that is news.
    take(closer, told_by_guardduty(2, archived=True, updatedAt="2026-11-24T10:00:00Z"))
    assert closer.scene.decide_due()


def test_a_forged_finding_closes_nothing_anywhere(closer):
    closer.load(finding(bucket="another"))
    case = closer.scene.decide(imported(finding()))
    assert case["decision"] == "escalate"
    assert "its source does not confirm it" in case["reasons"][0]
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}
    # Even once a person believed it.
    closer.scene.say(case["case"], Verdict.BENIGN)
    closer.work()
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}
    assert closer.outcome(case["case"]) == (
        "done",
        "left as it is: its source does not confirm it",
    )
    assert closer.events(case["case"], "source_intended") == []


# --- each source ----------------------------------------------------------------------------------


@pytest.mark.slow
def test_only_the_administrator_archives(closer):
    member = {"id": "member", "administrator": ADMINISTRATOR}
    here = {"detectors": [member], "guardduty_findings": [guardduty()]}
    closer.load(here=here, **{ADMINISTRATOR: {"detectors": [{"id": "admin"}]}})
    case = closer.scene.decide(told_by_guardduty())["case"]
    closer.scene.say(case, Verdict.BENIGN)
    closer.scene.sandbox.faults.add("deny", service="guardduty", account=ADMINISTRATOR, times=1)
    closer.work()
    status, outcome = closer.outcome(case)
    assert status == "done"
    assert f"only its administrator, account {ADMINISTRATOR}, can archive it" in outcome
    assert closer.events(case, "source_intended") == []


@pytest.mark.slow
def test_the_administrator_archives_for_its_member(closer):
    member = {"id": "member", "administrator": ADMINISTRATOR}
    here = {"detectors": [member], "guardduty_findings": [guardduty()]}
    closer.load(here=here, **{ADMINISTRATOR: {"detectors": [{"id": "admin"}]}})
    case = closer.scene.decide(told_by_guardduty())["case"]
    closer.scene.say(case, Verdict.TRUE_POSITIVE)
    closer.work()
    assert closer.outcome(case) == ("done", "closed at its source")
    got = closer.client("guardduty").get_findings(DetectorId="member", FindingIds=["g-1"])
    service = got["Findings"][0]["Service"]
    assert (service["Archived"], service["UserFeedback"]) == (True, "USEFUL")
    assert closer.events(case, "source_intended")[0]["account"] == ADMINISTRATOR


@pytest.mark.slow
def test_the_second_dialect_is_resolved_with_a_comment_and_its_echo_is_known(closer):
    closer.load(here={"security_hub_v2_findings": [V2]})
    (found,) = closer.client("securityhub").get_findings_v2()["Findings"]
    told = native("Findings Imported V2", {"findings": [found]}, "aws.securityhub", ["a" * 64])
    case = closer.scene.decide(told)
    if case["decision"] != "close":
        closer.scene.say(case["case"], Verdict.BENIGN)
    closer.work()
    assert closer.outcome(case["case"]) == ("done", "closed at its source")
    (found,) = closer.client("securityhub").get_findings_v2()["Findings"]
    assert (found["status_id"], found["status"]) == (4, "Resolved")
    assert found["comment"].startswith(f"Triage case {case['case']}: closed as")
    echo = native("Findings Imported V2", {"findings": [found]}, "aws.securityhub", ["a" * 64])
    assert take(closer, echo).reception is Reception.OWN_WRITE
    assert not closer.scene.decide_due()


def analyzed(status="ACTIVE", **changes):
    return {
        "id": "a-1",
        "resource": BUCKET,
        "resourceType": "AWS::S3::Bucket",
        "status": status,
        "createdAt": "2026-11-20T10:00:00Z",
        "updatedAt": "2026-11-20T10:00:00Z",
        **changes,
    }


@pytest.mark.slow
@pytest.mark.parametrize(
    ("verdict", "status", "outcome"),
    [
        (Verdict.BENIGN, "ARCHIVED", "closed at its source"),
        (
            Verdict.NO_LONGER_PRESENT,
            "ACTIVE",
            "left as it is: Access Analyzer resolves it by itself when it looks again",
        ),
    ],
)
def test_an_analyzers_finding_is_archived_only_where_the_access_may_stay(
    closer, verdict, status, outcome
):
    here = {"analyzers": [{"name": "default"}], "analyzer_findings": [analyzed()]}
    closer.load(here=here)
    case = closer.scene.decide(told_by_analyzer())["case"]
    closer.scene.say(case, verdict)
    closer.work()
    assert closer.outcome(case) == ("done", outcome)
    found = closer.client("accessanalyzer").get_finding_v2(analyzerArn=ANALYZER, id="a-1")
    assert found["status"] == status
    if status == "ARCHIVED":
        echo = told_by_analyzer("ARCHIVED", f"{found['updatedAt']:%Y-%m-%dT%H:%M:%SZ}")
        assert take(closer, echo).reception is Reception.OWN_WRITE


@pytest.mark.slow
@pytest.mark.parametrize(
    ("changes", "why"),
    [
        ({"Workflow": {"Status": "SUPPRESSED"}}, "somebody suppressed it"),
        ({"Workflow": {"Status": "RESOLVED"}}, "has it resolved already"),
    ],
)
def test_what_people_said_at_the_source_stays(closer, changes, why):
    case = closer.closed()
    hub, found = closer.client("securityhub"), closer.at_hub()
    named = [{name: found[name] for name in ("Id", "ProductArn")}]
    note = {"Text": "theirs", "UpdatedBy": "bob"}
    hub.batch_update_findings(FindingIdentifiers=named, Note=note, **changes)
    closer.work()
    assert why in closer.outcome(case)[1]
    after = closer.at_hub()
    assert (after["Workflow"], after["Note"]["Text"]) == (changes["Workflow"], "theirs")


@pytest.mark.slow
def test_somebody_elses_note_is_kept(closer):
    note = {"Text": "call bob first", "UpdatedBy": "bob", "UpdatedAt": "2026-11-20T10:00:00Z"}
    closer.closed(Note=note)
    closer.work()
    found = closer.at_hub()
    assert (found["Workflow"]["Status"], found["Note"]["Text"]) == ("RESOLVED", "call bob first")


@pytest.mark.slow
def test_what_is_never_processed_is_given_up_and_the_finding_stays_open(closer):
    case = closer.closed()
    closer.scene.sandbox.faults.add("half", service="securityhub")
    for _ in range(10):
        closer.work(1000)
    status, outcome = closer.outcome(case)
    assert status == "abandoned"
    assert "left the finding unprocessed (ConcurrentUpdateError)" in outcome
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}
    assert closer.scene.case(case).status == "closed"


@pytest.mark.slow
def test_what_is_opened_again_meanwhile_is_not_closed_at_its_source(closer):
    case = closer.closed()
    take(closer, imported(finding(UpdatedAt="2026-11-24T11:00:00Z")))
    closer.work()
    assert closer.outcome(case) == ("done", "overtaken: the case is open again")
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}


@pytest.mark.slow
def test_the_kill_switch_holds_closes_at_the_source_too(closer):
    case = closer.closed()
    switches, now = closer.scene.store.switches, closer.scene.clock.now()
    switches.throw("all", by="alice", because="drill", at=now)
    closer.work()
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}
    switches.release("all", by="alice", at=now)
    closer.work(5)
    assert closer.outcome(case) == ("done", "closed at its source")


@pytest.mark.slow
def test_a_source_that_is_switched_off_is_left_to_people(closer):
    closer.only("guardduty")
    case = closer.closed()
    closer.work()
    assert closer.effects(case) == {}
    assert closer.at_hub()["Workflow"] == {"Status": "NEW"}


@pytest.mark.slow
def test_a_call_that_we_intended_at_a_source_comes_back_from_cloudtrail_as_ours(closer):
    role = f"arn:aws:iam::{ACCOUNT}:role/TriageAct"
    rules = closer.scene.world.rules
    ours = replace(rules.organisation, engine_roles=frozenset({role}))
    closer.scene.world = replace(closer.scene.world, rules=replace(rules, organisation=ours))
    case = closer.closed()
    closer.work()
    (intended,) = closer.events(case, "source_intended")
    (write,) = intended["writes"]

    def called(**changes):
        event = {
            "eventVersion": "1.09",
            "eventID": f"e-{len(changes)}",
            "eventTime": f"{closer.scene.clock.now():%Y-%m-%dT%H:%M:%SZ}",
            "eventName": "BatchUpdateFindings",
            "eventSource": "securityhub.amazonaws.com",
            "awsRegion": REGION,
            "recipientAccountId": ACCOUNT,
            "readOnly": False,
            "userIdentity": {
                "type": "AssumedRole",
                "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/TriageAct/{case}",
                "accountId": ACCOUNT,
            },
            "requestParameters": write["parameters"],
            **changes,
        }
        return native("AWS API Call via CloudTrail", event, "aws.securityhub", [])

    assert take(closer, called()).reception is Reception.OWN_WRITE
    other = write["parameters"] | {"Workflow": {"Status": "SUPPRESSED"}}
    receipt = take(closer, called(requestParameters=other))
    assert receipt.reception is Reception.NEW
    (decided,) = closer.scene.decide_due()
    assert decided.decided["priority"] == "critical"
