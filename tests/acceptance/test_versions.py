"""News of a concern: what counts at once, what waits for the source, what opens a case again."""

from datetime import timedelta
from typing import Any

import pytest

from tests.findings import finding, imported, organisation
from triage.adapters.storage import verify

LATER = {"UpdatedAt": "2026-11-20T12:00:00Z"}
EARLIER = {"UpdatedAt": "2026-11-19T12:00:00Z"}
FAR_AHEAD = {"UpdatedAt": "2031-01-01T00:00:00Z"}
LOW = {"Severity": {"Label": "LOW", "Normalized": 10}}
PASSED = {"Compliance": {"Status": "PASSED", "SecurityControlId": "S3.8"}}
SUPPRESSED = {"Workflow": {"Status": "SUPPRESSED"}}
SAMPLE = {"Title": "[SAMPLE] nothing to see here"}


def head(scene: Any, case: str) -> dict[str, Any]:
    headline = scene.case(case).headline
    return {name: headline[name] for name in ("severity", "status", "sample")}


@pytest.mark.parametrize(
    "claim",
    [
        LATER | LOW,
        LATER | PASSED,
        LATER | SUPPRESSED,
        LATER | SAMPLE,
        FAR_AHEAD | LOW,
        FAR_AHEAD | PASSED | SAMPLE,
        FAR_AHEAD,
    ],
    ids=["lower", "passed", "suppressed", "sample", "ahead and lower", "ahead, all", "ahead"],
)
def test_a_forged_message_changes_nothing_until_the_source_confirms_it(scene, claim):
    true = finding()
    scene.load(organisation([true], policy="public-read"))
    first = scene.decide(imported(true))
    before = head(scene, first["case"])
    forged = scene.decide(imported(finding(**claim)))
    assert forged["case"] == first["case"]
    assert (forged["decision"], forged["priority"]) == ("escalate", first["priority"])
    assert head(scene, first["case"]) == before
    assert scene.replay(first["case"]).equal


def test_a_forgery_that_came_first_does_not_hide_the_true_finding(scene):
    true = finding()
    scene.load(organisation([true], policy="public-read"))
    forged = scene.decide(imported(finding(**FAR_AHEAD, **LOW)))
    scene.decide(imported(true))
    assert head(scene, forged["case"])["severity"] == "high"


def test_an_older_and_worse_telling_counts_while_the_source_is_silent(scene):
    quiet, true = finding(**LATER, **LOW), finding(**EARLIER)
    scene.load(organisation([], policy="public-read"))
    first = scene.decide(imported(quiet))
    scene.sandbox.faults.add("deny", service="securityhub")
    scene.decide(imported(true))
    assert head(scene, first["case"])["severity"] == "high"


def test_an_older_and_worse_telling_is_history_when_the_source_confirms_the_newer(scene):
    now = finding(**LATER, **LOW)
    scene.load(organisation([now], policy="public-read"))
    first = scene.decide(imported(now))
    scene.decide(imported(finding(**EARLIER)))
    assert head(scene, first["case"])["severity"] == "low"
    assert scene.case(first["case"]).doubts == ()


def test_a_lower_severity_counts_once_the_source_says_so_too(scene):
    scene.load(organisation([finding()], policy="public-read"))
    first = scene.decide(imported(finding()))
    lower = finding(**LATER, **LOW)
    scene.forget_cache()
    scene.load(organisation([lower], policy="public-read"))
    scene.decide(imported(lower))
    assert head(scene, first["case"])["severity"] == "low"
    assert scene.case(first["case"]).doubts == ()
    assert scene.replay(first["case"]).equal


def test_a_source_that_cannot_be_read_lowers_nothing(scene):
    scene.load(organisation([finding(**LATER, **LOW)], policy="public-read"))
    first = scene.decide(imported(finding()))
    scene.sandbox.faults.add("throttle", service="securityhub")
    scene.decide(imported(finding(**LATER, **LOW)))
    assert head(scene, first["case"])["severity"] == "high"


def test_a_person_who_has_a_case_keeps_it_through_its_updates(scene):
    scene.load(organisation([finding()], policy="public-read"))
    first = scene.decide(imported(finding()))
    scene.acknowledge(first["case"])
    scene.decide(imported(finding(**LATER)))
    assert scene.case(first["case"]).acknowledged_by == "alice"


def test_a_case_that_got_worse_is_told_and_has_to_be_answered_again(scene):
    scene.load(organisation([finding(**LOW)], policy="public-read"))
    first = scene.decide(imported(finding("S3.9", **LOW)))
    scene.acknowledge(first["case"])
    scene.decide(imported(finding("S3.9", **LATER)))
    assert scene.case(first["case"]).acknowledged_by is None
    assert [notice.priority for notice in scene.notifier.told] == ["low", "high"]


@pytest.mark.slow
def test_disputes_are_bounded(scene):
    scene.load(organisation([finding()], policy="public-read"))
    first = scene.decide(imported(finding()))
    scene.sandbox.faults.add("deny", service="securityhub")
    for minute in range(12):
        scene.decide(imported(finding(UpdatedAt=f"2026-11-21T10:{minute:02}:00Z", **LOW)))
    assert len(scene.case(first["case"]).doubts) == 8


def test_a_flood_of_news_cannot_keep_a_case_from_being_told(scene):
    scene.without_evidence()
    scene.submit(imported(finding()))
    for minute in range(6):
        claims = scene.claim()
        scene.submit(imported(finding(UpdatedAt=f"2026-11-21T10:{minute:02}:00Z")))
        scene.settle(claims)
        scene.clock.advance(timedelta(minutes=2))
    scene.run_effects()
    (case,) = {notice.case for notice in scene.notifier.told}
    assert scene.case(case).notified is not None
    assert verify(scene.store).problems == ()
    assert scene.decide_due()[0].status == "escalated"
    assert len(scene.notifier.told) == 1


def test_who_lost_a_lease_leaves_the_decision_to_who_has_it(scene):
    scene.without_evidence()
    scene.submit(imported(finding()))
    for _ in range(4):
        scene.claim()
        scene.clock.advance(timedelta(minutes=10))
    (asleep,) = scene.claim()
    scene.clock.advance(timedelta(minutes=10))
    (awake,) = scene.claim()
    assert (asleep.fence, scene.settle([asleep])) == (5, [None])
    (case,) = scene.settle([awake])
    assert [event.kind for event in scene.events(case.id)] == ["received", "decided"]


def test_a_flood_of_news_closes_nothing(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.submit(imported(finding()))
    for minute in range(6):
        claims = scene.claim()
        scene.submit(imported(finding(UpdatedAt=f"2026-11-21T10:{minute:02}:00Z")))
        assert scene.settle(claims) == [None]
