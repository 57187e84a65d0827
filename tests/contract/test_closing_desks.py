"""One contract for every desk where findings are closed, against the sandbox with faults.

Closed once whatever fails in between; denied is left open and said; nothing is written without its
intent on record, and nothing that its source does not confirm.
"""

from dataclasses import dataclass
from typing import Any

import pytest

from tests.closer import (
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
from triage.closing.catalogue import DESKS
from triage.domain.verdict import Verdict
from triage.engine.effects import run_effects

pytestmark = pytest.mark.slow


@dataclass(frozen=True)
class Place:
    """A source with one finding: how it is told, read and closed, and what it is when closed."""

    here: dict[str, Any]
    service: str
    reading: str
    closing: str
    closed: Any

    def told(self, closer: Closer) -> bytes:
        match self.service, self.closing:
            case "guardduty", _:
                return told_by_guardduty()
            case "accessanalyzer", _:
                return told_by_analyzer()
            case _, "BatchUpdateFindings":
                return imported(closer.at_hub())
            case _:
                (found,) = closer.client("securityhub").get_findings_v2()["Findings"]
                event = {"findings": [found]}
                return native("Findings Imported V2", event, "aws.securityhub", ["a" * 64])

    def status(self, closer: Closer) -> Any:
        client = closer.client(self.service)
        match self.service, self.closing:
            case "guardduty", _:
                got = client.get_findings(DetectorId="member", FindingIds=["g-1"])
                return got["Findings"][0]["Service"]["Archived"]
            case "accessanalyzer", _:
                return client.get_finding_v2(analyzerArn=ANALYZER, id="a-1")["status"]
            case _, "BatchUpdateFindings":
                return closer.at_hub()["Workflow"]["Status"]
            case _:
                return client.get_findings_v2()["Findings"][0]["status_id"]


PLACES = {
    "guardduty": Place(
        {"detectors": [{"id": "member"}], "guardduty_findings": [guardduty()]},
        "guardduty",
        "GetFindings",
        "ArchiveFindings",
        closed=True,
    ),
    "securityhub": Place(
        {"security_hub_findings": [finding()]},
        "securityhub",
        "GetFindings",
        "BatchUpdateFindings",
        "RESOLVED",
    ),
    "securityhub_v2": Place(
        {"security_hub_v2_findings": [V2]},
        "securityhub",
        "GetFindingsV2",
        "BatchUpdateFindingsV2",
        4,
    ),
    "access_analyzer": Place(
        {
            "analyzers": [{"name": "default"}],
            "analyzer_findings": [
                {
                    "id": "a-1",
                    "resource": BUCKET,
                    "resourceType": "AWS::S3::Bucket",
                    "createdAt": "2026-11-20T10:00:00Z",
                    "updatedAt": "2026-11-20T10:00:00Z",
                }
            ],
        },
        "accessanalyzer",
        "GetFindingV2",
        "UpdateFindings",
        "ARCHIVED",
    ),
}


def test_every_desk_is_under_contract():
    assert PLACES.keys() == DESKS.keys()


@pytest.fixture(params=sorted(PLACES))
def place(request):
    return PLACES[request.param]


@pytest.fixture
def closer(scene):
    return Closer(scene)


@pytest.fixture
def case(closer, place):
    """A case that a person called benign, or that closed by itself; nothing is written yet."""
    closer.load(here=place.here)
    closer.scene.submit(place.told(closer))
    (case,) = closer.scene.decide_due()
    if case.status != "closed":
        closer.scene.say(case.id, Verdict.BENIGN)
    closer.scene.forget_cache()
    return str(case.id)


def closed_once(closer, place, case):
    assert closer.outcome(case) == ("done", "closed at its source")
    assert place.status(closer) == place.closed
    assert len(closer.events(case, "source_closed")) == 1
    assert closer.scene.case(case).status == "closed"


@pytest.mark.parametrize(("where", "fault"), [("reading", "throttle"), ("closing", "error")])
def test_what_fails_is_tried_again_and_closed_once(closer, place, case, where, fault):
    operation = getattr(place, where)
    closer.scene.sandbox.faults.add(fault, service=place.service, operation=operation, times=1)
    closer.work()
    assert closer.events(case, "source_closed") == []
    closer.work(60)
    closed_once(closer, place, case)
    # The same again changes nothing.
    closer.work(3600)
    closed_once(closer, place, case)


def test_what_is_denied_is_left_open_and_said(closer, place, case):
    service = {"service": place.service, "operation": place.closing}
    closer.scene.sandbox.faults.add("deny", **service)
    closer.work()
    status, outcome = closer.outcome(case)
    assert (status, outcome.rpartition(" ")[2]) == ("abandoned", "denied")
    assert place.status(closer) != place.closed
    assert closer.scene.case(case).status == "closed"
    closer.scene.sandbox.faults.clear()
    outbox = closer.scene.store.outbox
    (effect,) = [one for one in outbox.effects(case_id=case) if one.kind == "close"]
    assert outbox.insist(effect, now=closer.scene.clock.now())
    closer.work()
    closed_once(closer, place, case)


class Crash(BaseException):
    """The process ends here."""


@pytest.mark.parametrize("after", ["source_intended", "source_closed"])
def test_a_crash_between_two_steps_closes_it_once(closer, place, case, after, monkeypatch):
    cases, append, crashed = closer.scene.store.cases, closer.scene.store.cases.append, []

    def crashing(case_id, event, **more):
        done = append(case_id, event, **more)
        if event.kind == after and not crashed:
            crashed.append(after)
            raise Crash
        return done

    monkeypatch.setattr(cases, "append", crashing)
    run_effects(closer.scene.world, owner="first", at_most=10)
    assert crashed == [after]
    closer.work(300)
    closed_once(closer, place, case)


def test_an_answer_that_was_lost_is_known_again_by_its_intent(closer, place, case):
    faults = closer.scene.sandbox.faults
    faults.add("truncated", service=place.service, operation=place.closing, times=1)
    closer.work()
    closer.work(60)
    closed_once(closer, place, case)
    (intended, *_) = closer.events(case, "source_intended")
    assert intended["account"] == ACCOUNT
    assert REGION in str(closer.scene.case(case).headline["region"])
