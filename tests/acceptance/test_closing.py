"""What closes, on which ground, and everything that keeps it from closing.

The whole path on real parts: bytes in, SQLite, the AWS adapter over HTTP against the sandbox,
decision, effect. Every fault that a look-up can have is put in the way once.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import Any

import pytest

from tests.findings import ACCOUNT, BUCKET, finding, imported, organisation
from tests.worlds import RecordingNotifier, Scene
from triage.domain.evidence import Failed
from triage.domain.person import Signature


def website(scene: Scene, **changes: Any) -> Signature:
    """Two people say that the bucket is meant to be public."""
    now = scene.clock.now()
    fields: dict[str, Any] = {
        "id": "website",
        "kind": "public-website",
        "subject": f"arn:aws:s3:::{BUCKET}",
        "account": ACCOUNT,
        "types": ("S3.8", "S3.2"),
        "because": "the shop's pages",
        "signed": now - timedelta(days=1),
        "expires": now + timedelta(days=30),
        "people": ("alice", "carol"),
    }
    return Signature(**(fields | changes))


def test_a_bucket_that_is_blocked_now_closes_by_proof(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    decided = scene.decide(imported(finding()))
    assert (decided["decision"], decided["verdict"], decided["ground"]) == (
        "close",
        "no longer present",
        "proof",
    )


def test_a_bucket_that_is_gone_closes_by_proof(scene):
    scene.load(organisation([finding(bucket="vanished")]))
    decided = scene.decide(imported(finding(bucket="vanished")))
    assert (decided["decision"], decided["ground"]) == ("close", "proof")
    assert "bucket is gone" in decided["rule"]


def test_a_signed_website_closes_by_signature(scene):
    scene.load(organisation([finding()], policy="public-read"))
    scene.sign(website(scene))
    decided = scene.decide(imported(finding()))
    assert (decided["decision"], decided["verdict"], decided["ground"]) == (
        "close",
        "benign",
        "signature",
    )


def test_a_close_tells_nobody_and_an_escalation_tells_somebody(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.decide(imported(finding()))
    assert scene.notifier.told == []
    scene.forget_cache()
    scene.load(organisation([finding("S3.2")], policy="public-read"))
    scene.decide(imported(finding("S3.2")))
    assert [notice.priority for notice in scene.notifier.told] == ["critical"]


@dataclass(frozen=True)
class Fault:
    """Something in the way of a look-up: `strike` puts it there."""

    name: str
    strike: Callable[[Scene, str, str], None]
    seconds: float = 5.0


def _add(kind: str, **scope: Any) -> Callable[[Scene, str, str], None]:
    def strike(scene: Scene, service: str, operation: str) -> None:
        scene.sandbox.faults.add(kind, service=service, operation=operation, **scope)

    return strike


def _stale(scene: Scene, service: str, _operation: str) -> None:
    scene.backdate(service, timedelta(hours=2))


FAULTS = [
    Fault("throttle", _add("throttle")),
    Fault("deny", _add("deny")),
    Fault("empty", _add("empty")),
    Fault("partial", _add("truncated")),
    Fault("error", _add("error")),
    Fault("slow", _add("slow", seconds=2.5), seconds=1.0),
    Fault("stale", _stale),
]
LOOKUPS = [
    ("s3", "GetPublicAccessBlock"),
    ("s3", "GetBucketPolicyStatus"),
    ("s3", "GetBucketAcl"),
    ("securityhub", "GetFindings"),
]


EACH_FAULT = [
    pytest.param(look_up, fault, marks=pytest.mark.slow)
    if n and fault.name == "slow"
    else (look_up, fault)
    for n, look_up in enumerate(LOOKUPS)
    for fault in FAULTS
]
"""Waiting costs seconds: the quick run waits for one look-up only."""


@pytest.mark.parametrize(
    ("look_up", "fault"),
    EACH_FAULT,
    ids=lambda one: one.name if isinstance(one, Fault) else "-".join(one),
)
def test_no_proof_survives_a_fault_in_any_of_its_look_ups(scene, look_up, fault):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.allow(seconds=fault.seconds)
    fault.strike(scene, *look_up)
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "escalate", decided
    assert scene.notifier.told


@pytest.mark.parametrize("fault", FAULTS, ids=lambda fault: fault.name)
def test_no_signature_closes_what_its_source_does_not_confirm(scene, fault):
    scene.load(organisation([finding()], policy="public-read"))
    scene.sign(website(scene))
    scene.allow(seconds=fault.seconds)
    fault.strike(scene, "securityhub", "GetFindings")
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "escalate", decided
    assert decided["would"] == "close: benign", decided


@pytest.mark.parametrize(
    "forged",
    [
        {"Id": "arn:aws:securityhub:eu-west-1:111111111111:security-control/S3.8/finding/forged"},
        {"AwsAccountId": "222222222222"},
        {"GeneratorId": "security-control/S3.9"},
        {"Resources": [{"Type": "AwsS3Bucket", "Id": "arn:aws:s3:::somebody-elses"}]},
    ],
    ids=["another id", "another account", "another control", "another resource"],
)
def test_a_finding_its_source_does_not_know_like_this_closes_nothing(scene, forged):
    scene.load(organisation([finding()], public_access_block="all"))
    decided = scene.decide(imported({**finding(), **forged}))
    assert decided["decision"] == "escalate", decided


@pytest.mark.parametrize(
    "changes",
    [
        {"people": ("alice",)},
        {"people": ("alice", "alice")},
        {"subject": "arn:aws:s3:::reports-2"},
        {"account": "222222222222"},
        {"types": ("S3.1",)},
        {"kind": "public-service"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_a_signature_covers_exactly_what_it_says(scene, changes):
    scene.load(organisation([finding()], policy="public-read"))
    scene.sign(website(scene, **changes))
    assert scene.decide(imported(finding()))["decision"] == "escalate"


def test_a_signature_that_ran_out_covers_nothing(scene):
    scene.load(organisation([finding()], policy="public-read"))
    now = scene.clock.now()
    scene.sign(website(scene, signed=now - timedelta(days=40), expires=now - timedelta(days=1)))
    assert scene.decide(imported(finding()))["decision"] == "escalate"


def test_critical_severity_is_beyond_a_signature_but_not_beyond_proof(scene):
    critical = finding(Severity={"Label": "CRITICAL", "Normalized": 90})
    scene.load(organisation([critical], policy="public-read"))
    scene.sign(website(scene))
    decided = scene.decide(imported(critical))
    assert decided["decision"] == "escalate"
    assert "critical severity is beyond any signature" in decided["reasons"][0]


def test_critical_severity_does_not_stop_a_proof(scene):
    critical = finding(Severity={"Label": "CRITICAL", "Normalized": 90})
    scene.load(organisation([critical], public_access_block="all"))
    assert scene.decide(imported(critical))["ground"] == "proof"


def test_what_the_source_calls_passed_or_archived_is_no_proof(scene):
    passed = finding(Compliance={"Status": "PASSED", "SecurityControlId": "S3.8"})
    archived = finding(RecordState="ARCHIVED", Workflow={"Status": "RESOLVED"})
    for claim in (passed, archived):
        bucket = claim["RecordState"].lower()
        claim["Resources"] = [{"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::{bucket}"}]
        scene.load(organisation([claim], name=bucket))
        assert scene.decide(imported(claim))["decision"] == "escalate"


def test_an_exposure_that_is_over_still_goes_to_a_person(scene):
    scene.load(organisation([finding("S3.2")], public_access_block="all"))
    decided = scene.decide(imported(finding("S3.2")))
    assert decided["decision"] == "escalate"
    assert "what was read while it was is not known" in decided["reasons"][0]


def test_a_decision_replays_to_the_same_bytes(scene):
    for bucket, block in (("blocked", "all"), ("open", None)):
        found = finding(bucket=bucket)
        scene.load(organisation([found], name=bucket, **_block(block)))
        decided = scene.decide(imported(found))
        assert scene.replay(decided["case"]).equal


def _block(block: str | None) -> dict[str, str]:
    return {"public_access_block": block} if block else {}


def test_what_nobody_needs_is_never_looked_up(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.decide(imported(finding()))
    assert not scene.sandbox.requests.named("cloudtrail.LookupEvents")


def test_without_credentials_nothing_closes(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.without_evidence()
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "escalate"
    assert isinstance(scene.evidence.last, Failed)


def test_the_same_finding_again_is_the_same_case_and_tells_nobody_twice(scene):
    scene.load(organisation([finding("S3.2")], policy="public-read"))
    first = scene.decide(imported(finding("S3.2")))
    again = scene.decide(imported(finding("S3.2")), due=False)
    assert again["case"] == first["case"]
    assert len(scene.notifier.told) == 1


def test_a_recurrence_opens_a_closed_case_again(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    assert scene.decide(imported(finding()))["decision"] == "close"
    later = finding(UpdatedAt="2026-11-21T10:00:00Z")
    scene.forget_cache()
    scene.load(organisation([later], policy="public-read"))
    decided = scene.decide(imported(later))
    assert decided["decision"] == "escalate"
    assert scene.case(decided["case"]).status == "escalated"


def test_an_unanswered_escalation_goes_to_the_next_contact(scene):
    scene.load(organisation([finding("S3.2")], policy="public-read"))
    scene.decide(imported(finding("S3.2")))
    scene.clock.advance(timedelta(minutes=16))
    scene.run_timers()
    assert [to for to, _ in scene.notifier.sent] == ["first@example.com", "second@example.com"]


def test_an_acknowledged_escalation_goes_no_further(scene):
    scene.load(organisation([finding("S3.2")], policy="public-read"))
    decided = scene.decide(imported(finding("S3.2")))
    scene.acknowledge(decided["case"])
    scene.clock.advance(timedelta(days=30))
    scene.run_timers()
    assert len(scene.notifier.sent) == 1


def test_a_page_that_does_not_get_through_is_tried_again_and_then_noted(scene):
    scene.load(organisation([finding("S3.2")], policy="public-read"))
    scene.notifier.refuse = 2
    decided = scene.decide(imported(finding("S3.2")))
    assert scene.notifier.told == []
    for _ in range(4):
        scene.clock.advance(timedelta(minutes=10))
        scene.run_effects()
    assert len(scene.notifier.told) == 1
    kinds = [event.kind for event in scene.events(decided["case"])]
    assert "effect_done" in kinds


def test_news_during_a_decision_is_decided_too(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.submit(imported(finding()))
    claims = scene.claim()
    scene.submit(imported(finding(UpdatedAt="2026-11-20T11:00:00Z")))
    assert scene.settle(claims) == [None]
    assert scene.decide_due()[0].status == "closed"


def test_an_error_inside_the_engine_gives_the_ticket_to_a_person(scene):
    scene.load(organisation([finding()], public_access_block="all"))
    scene.world = replace(scene.world, evidence=_Broken())
    decided = scene.decide(imported(finding()))
    assert decided["decision"] == "escalate"
    assert "could not decide" in decided["reasons"][0]
    assert scene.notifier.told


class _Broken:
    def fetch(self, reads, *, deadline, fresh):
        raise RuntimeError("no such luck")


def test_the_recording_notifier_is_a_notifier():
    assert RecordingNotifier().told == []
