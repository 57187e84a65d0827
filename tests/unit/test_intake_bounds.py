"""One message never takes more memory than its bounds say."""

import json

from tests.builders import NOON
from triage.domain.message import Message, Rejected
from triage.stages.normalise import normalise


def an_event(findings, padding):
    detail = {"findings": findings, "padding": "x" * padding}
    return json.dumps(
        {"detail-type": "Security Hub Findings - Imported", "detail": detail}
    ).encode()


def parts_of(body):
    return normalise(Message(id="m", body=body, received=NOON)).parts


def test_an_envelope_that_would_be_copied_for_every_finding_is_refused_whole():
    body = an_event([{}] * 2000, padding=900_000)
    reason = "its records opened come to more than 16,777,216 bytes; split it and submit the parts"
    assert parts_of(body) == (Rejected(body=body, reason=reason),)


def test_many_findings_in_one_event_are_each_a_part():
    assert len(parts_of(an_event([{}] * 2000, padding=100))) == 2000


def test_more_records_than_a_message_may_hold_are_refused_whole():
    body = json.dumps([{}] * 2001).encode()
    reason = "more than 2,000 records in one message; split it and submit the parts"
    assert parts_of(body) == (Rejected(body=body, reason=reason),)
