"""Claims about Macie, Access Analyzer and CloudWatch that outlast one record."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from tests.builders import a_case, minutes
from triage.domain.case import EventKind
from triage.domain.message import Message, Rejected
from triage.domain.severity import Label
from triage.domain.ticket import FindingClass, SourceStatus, Ticket
from triage.stages.dedup import admit
from triage.stages.normalise import normalise

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "intake"
NOW = datetime(2026, 11, 20, 12, tzinfo=UTC)
LATER = NOW + minutes(5)


def document(name: str) -> dict[str, Any]:
    found: dict[str, Any] = json.loads((FIXTURES / f"{name}.json").read_text())
    return found


def read(value: dict[str, Any]) -> Ticket:
    (part,) = normalise(Message(id="", body=json.dumps(value).encode(), received=NOW)).parts
    assert isinstance(part, Ticket), part
    return part


def detail(name: str, **changes: Any) -> Ticket:
    event = document(name)
    return read({**event, "detail": {**event["detail"], **changes}})


def test_an_alarm_back_to_ok_neither_closes_nor_lowers_its_case():
    alarm, calm = read(document("cloudwatch/alarm")), read(document("cloudwatch/back-to-ok"))
    case = a_case(alarm)
    admission = admit(case, calm, LATER)
    assert admission.event is not None
    assert admission.event.kind is EventKind.HELD
    after = a_case(alarm, calm)
    assert (after.headline, after.view) == (case.headline, case.view)


def test_an_alarm_that_rings_again_after_an_ok_is_news():
    alarm, calm = read(document("cloudwatch/alarm")), read(document("cloudwatch/back-to-ok"))
    state = {"value": "ALARM", "timestamp": "2026-11-20T10:15:00.000+0000"}
    again = detail("cloudwatch/alarm", state=state)
    admission = admit(a_case(alarm, calm), again, LATER)
    assert admission.event is not None
    assert admission.event.kind is EventKind.UPDATED


@pytest.mark.parametrize("value", ["ALARM", "INSUFFICIENT_DATA", "", None, "ok?", 1])
def test_only_the_word_ok_is_ever_more_than_open(value):
    state = {"value": value, "timestamp": "2026-11-20T10:00:00.000+0000"}
    assert detail("cloudwatch/alarm", state=state).status is SourceStatus.OPEN


@pytest.mark.parametrize("word", ["informational", "low", "medium", "nonsense", "", None, 3])
def test_no_tag_makes_an_alarm_less_than_medium(word):
    assert detail("cloudwatch/alarm", alarmTags={"severity": word}).severity.label is Label.MEDIUM


def test_one_metric_of_another_kind_makes_an_alarm_a_threat():
    event = document("cloudwatch/certificate-expiry-is-posture")
    metrics = event["detail"]["configuration"]["metrics"]
    expression = {"id": "e1", "expression": "m1 * 1", "returnData": True}
    mixed = {"metrics": [*metrics, expression]}
    assert read(event).finding_class is FindingClass.POSTURE
    named = "cloudwatch/certificate-expiry-is-posture"
    assert detail(named, configuration=mixed).finding_class is FindingClass.THREAT


def test_an_alarm_is_one_concern_in_every_shape():
    names = ("alarm", "back-to-ok", "insufficient-data", "describe-alarms-one", "lambda-action")
    assert len({read(document(f"cloudwatch/{name}")).key for name in names}) == 1


def test_a_composite_alarm_over_sns_is_one_too():
    message = json.loads(document("cloudwatch/sns")["Message"])
    message = {**message, "Trigger": None, "AlarmRule": "ALARM(a) OR ALARM(b)"}
    assert read(message).subject.kind == "AWS::CloudWatch::CompositeAlarm"


def test_a_finding_that_could_not_be_analyzed_never_counts_as_resolved():
    ticket = detail("access-analyzer/external", status="RESOLVED", error="INTERNAL_ERROR")
    assert ticket.status is SourceStatus.OPEN


def test_a_finding_deleted_along_with_its_analyzer_stays_as_open_as_it_was():
    assert detail("access-analyzer/external", isDeleted=True).status is SourceStatus.OPEN


def test_what_everybody_can_reach_stays_high_when_the_analyzer_goes_blind():
    public = read(document("access-analyzer/external-public"))
    blind = detail(
        "access-analyzer/external-public",
        isPublic=None,
        error="ACCESS_DENIED",
        updatedAt="2026-11-20T10:30:00Z",
    )
    assert a_case(public, blind).headline["severity"] == Label.HIGH


def test_a_finding_keeps_its_identity_through_events_the_api_and_asff():
    told = [
        read(document(f"access-analyzer/{name}"))
        for name in ("external", "external-resolved", "asff-cross-account")
    ]
    assert len({ticket.key for ticket in told}) == 1
    public = ("external-public", "get-finding-v2-with-its-analyzer")
    assert len({read(document(f"access-analyzer/{name}")).key for name in public}) == 1


def test_a_finding_of_macie_is_one_concern_in_both_formats():
    native, asff = (read(document(f"macie/{name}")) for name in MACIE_PAIR)
    same = ("key", "source", "type", "finding_class", "account", "region", "subject")
    assert [getattr(native, name) for name in same] == [getattr(asff, name) for name in same]


MACIE_PAIR = ("bucket-public", "asff-bucket-public")


def test_a_policy_finding_that_occurs_again_is_news():
    first = read(document("macie/bucket-public"))
    again = detail("macie/bucket-public", count=5, updatedAt="2026-11-20T11:00:00Z")
    admission = admit(a_case(first), again, LATER)
    assert admission.event is not None
    assert admission.event.kind is EventKind.UPDATED


@pytest.mark.parametrize(
    ("severity", "label"),
    [
        ({"score": 1}, Label.LOW),
        ({"score": "2"}, Label.MEDIUM),
        ({"score": 3, "description": None}, Label.HIGH),
        ({"score": 99}, Label.MEDIUM),
        ({"score": -1}, Label.MEDIUM),
        ({"description": "Low", "score": 3}, Label.LOW),
        (None, Label.MEDIUM),
        ("...", Label.MEDIUM),
    ],
)
def test_macie_states_a_severity_by_word_or_by_score(severity, label):
    assert detail("macie/bucket-public", severity=severity).severity.label is label


@pytest.mark.parametrize(
    "name", ["Access Preview State Change", "Config Configuration Item Change"]
)
def test_an_event_that_states_no_concern_is_kept_with_the_reason(name):
    value = {"detail-type": name, "source": "aws.config", "detail": {"a": 1}}
    (part,) = normalise(Message(id="", body=json.dumps(value).encode(), received=NOW)).parts
    assert isinstance(part, Rejected)
    assert part.reason.startswith(f'a "{name}" event is no ticket: ')
