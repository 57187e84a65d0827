"""Our own alarms: whoever forges one can only raise."""

import json
from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON
from triage.domain.account import Account, Organisation
from triage.domain.message import Message, Rejected
from triage.domain.ticket import FindingClass, Source, SourceStatus, Ticket
from triage.intake.own import SEVERITIES
from triage.stages.never_close import never_close
from triage.stages.normalise import normalise


def part(**alarm: Any) -> Ticket | Rejected:
    body = json.dumps({"triage": alarm}).encode()
    (found,) = normalise(Message(id="", body=body, received=NOON)).parts
    return found


def ticket(**alarm: Any) -> Ticket:
    found = part(**{"concern": "tampering", **alarm})
    assert isinstance(found, Ticket), found
    return found


@pytest.mark.parametrize("concern", sorted(SEVERITIES))
def test_a_concern_says_how_bad_it_is_and_the_message_does_not(concern: str) -> None:
    found = ticket(concern=concern, severity="low", sample=True, status="resolved")
    assert found.severity.label is SEVERITIES[concern]
    assert (found.type, found.finding_class) == (f"triage:{concern}", FindingClass.THREAT)
    assert (found.sample, found.status) == (False, SourceStatus.OPEN)


@pytest.mark.parametrize("concern", sorted(SEVERITIES))
def test_policy_keeps_every_alarm_from_closing(concern: str) -> None:
    found = ticket(concern=concern)
    why = never_close(found, Account(id="1"), Organisation())
    assert why == "it is our own alarm about what keeps watch"


@pytest.mark.parametrize("concern", ["", "fine", "S3.8", None, 3])
def test_an_alarm_of_no_known_concern_is_refused(concern: Any) -> None:
    assert isinstance(part(concern=concern), Rejected)


def test_an_alarm_from_the_future_is_from_now() -> None:
    found = ticket(told_at=(NOON + timedelta(days=3)).isoformat())
    assert found.version <= NOON + timedelta(minutes=5)


def test_the_same_alarm_is_the_same_case_and_another_is_another() -> None:
    one, same, other = ticket(id="a"), ticket(id="a", title="x"), ticket(id="b")
    assert (one.key == same.key, one.key == other.key) == (True, False)
    assert ticket(id="a", concern="silence").key != one.key
    assert ticket(title="x").key != ticket(title="y").key


def test_nothing_else_in_a_vendors_record_makes_it_an_alarm() -> None:
    body = json.dumps({"triage": {"concern": "silence"}, "detail": 1, "x": 2}).encode()
    (found,) = normalise(Message(id="", body=body, received=NOON)).parts
    assert isinstance(found, Rejected)


def test_it_says_where_and_about_what() -> None:
    found = ticket(account="111122223333", region="eu-west-1", subject="sqs/queue/x", title="t")
    told = (found.account, found.region, found.subject.id, found.title, found.source)
    assert told == ("111122223333", "eu-west-1", "sqs/queue/x", "t", Source.TRIAGE)
