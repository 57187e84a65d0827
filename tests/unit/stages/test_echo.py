"""What is our own update coming back, and what only looks like it."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from tests.builders import a_ticket
from triage.domain.case import CaseEvent, EventKind
from triage.domain.message import Reception
from triage.domain.ticket import Format, Source, SourceStatus
from triage.stages.dedup import telling
from triage.stages.echo import admit_echo, desk_of, echoes, written

NOW = datetime(2026, 11, 24, 12, tzinfo=UTC)
BEFORE = {
    "Id": "f",
    "Severity": {"Label": "HIGH"},
    "Workflow": {"Status": "NEW"},
    "UserDefinedFields": {"jira": "OPS-7"},
}
WROTE = {
    "FindingIdentifiers": [{"Id": "f"}],
    "Workflow": {"Status": "RESOLVED"},
    "UserDefinedFields": {"jira": "OPS-7", "triageCase": "c"},
}
AFTER = BEFORE | {
    "Workflow": {"Status": "RESOLVED"},
    "UserDefinedFields": WROTE["UserDefinedFields"],
    "Note": {"Text": "closed", "UpdatedBy": "Triage", "UpdatedAt": "2026-11-24T12:00:00Z"},
}


def told(record, format_=Format.ASFF, source=Source.SECURITYHUB, status=SourceStatus.RESOLVED):
    ticket = a_ticket()
    return replace(ticket, record=record, format=format_, source=source, status=status)


def test_what_we_wrote_and_nothing_else_is_our_echo():
    assert echoes(told(AFTER), BEFORE, [WROTE])


@pytest.mark.parametrize(
    "changes",
    [
        {"Severity": {"Label": "CRITICAL"}},
        {"Resources": [{"Id": "another"}]},
        {"Workflow": {"Status": "SUPPRESSED"}},
        {"UserDefinedFields": {"jira": "OPS-7", "triageCase": "another"}},
        {"UserDefinedFields": "no map"},
    ],
    ids=lambda changes: next(iter(changes)),
)
def test_anything_more_under_our_name_is_news(changes):
    assert not echoes(told(AFTER | changes), BEFORE, [WROTE])


def test_what_nobody_intended_is_news():
    assert not echoes(told(AFTER), BEFORE, [])


@pytest.mark.parametrize(
    ("ticket", "desk"),
    [
        (told(AFTER), "securityhub"),
        (told(AFTER, status=SourceStatus.OPEN), ""),
        (told({"Workflow": {"Status": "RESOLVED"}}), ""),
        (told({"comment": "x"}, Format.OCSF), "securityhub_v2"),
        (told({}, Format.OCSF), ""),
        (told({"service": {"archived": True}}, Format.NATIVE, Source.GUARDDUTY), "guardduty"),
        (told({"service": "no map"}, Format.NATIVE, Source.GUARDDUTY), ""),
        (told({"status": "ARCHIVED"}, Format.NATIVE, Source.ACCESS_ANALYZER), "access_analyzer"),
        (told({}, Format.NATIVE, Source.MACIE), ""),
        (told({}, Format.EVALUATION), ""),
    ],
)
def test_only_what_wears_our_mark_is_looked_into(ticket, desk):
    assert desk_of(ticket) == desk


def test_guardduty_counts_on_in_an_archived_finding_and_that_is_news():
    before = {"id": "g", "updatedAt": "1", "service": {"count": 1, "archived": False}}
    echo = {"id": "g", "updatedAt": "2", "service": {"count": 1, "archived": True}}
    more = {"id": "g", "updatedAt": "2", "service": {"count": 2, "archived": True}}
    wrote = [{"FindingIds": ["g"], "Feedback": "USEFUL"}, {"FindingIds": ["g"]}]
    assert echoes(told(echo, Format.NATIVE, Source.GUARDDUTY), before, wrote)
    assert not echoes(told(echo, Format.NATIVE, Source.GUARDDUTY), before, wrote[:1])
    assert not echoes(told(more, Format.NATIVE, Source.GUARDDUTY), before, wrote)


def test_the_ledger_is_what_was_intended_at_a_desk():
    write = {"call": "securityhub:BatchUpdateFindings", "parameters": WROTE}
    kind = EventKind.SOURCE_INTENDED
    events = [
        CaseEvent(id="1", kind=kind, at=NOW, data={"desk": "securityhub", "writes": [write]}),
        CaseEvent(id="2", kind=kind, at=NOW, data={"desk": "guardduty", "writes": []}),
        CaseEvent(id="3", kind=EventKind.REMINDED, at=NOW, data={}),
    ]
    assert written(events, "securityhub") == (WROTE,)


SECOND = {"severity_id": 4, "status": "New", "status_id": 1, "comment": "mine"}
SAID = {"StatusId": 4, "Comment": "closed"}
CLOSED = SECOND | {
    "status": "Resolved",
    "status_id": 4,
    "comment": "closed",
    "activity_id": 2,
    "activity_name": "Update",
    "type_uid": 200402,
    "type_name": "Detection Finding: Update",
}


def test_in_security_hubs_second_format_too_only_what_we_wrote_is_our_echo():
    echo = told(CLOSED, Format.OCSF)
    assert echoes(echo, SECOND, [SAID])
    assert echoes(echo, SECOND, [{"StatusId": 4}])
    for other in ({"StatusId": 3, "Comment": "closed"}, {"StatusId": 4, "Comment": "else"}):
        assert not echoes(echo, SECOND, [other])
    assert not echoes(told(CLOSED | {"severity_id": 5}, Format.OCSF), SECOND, [SAID])


def test_an_archived_finding_is_our_echo_unless_we_only_gave_our_opinion():
    before = {"id": "g", "service": {"count": 1, "archived": False}}
    archived = {"id": "g", "service": {"count": 1, "archived": True, "userFeedback": "x"}}
    echo = told(archived, Format.NATIVE, Source.GUARDDUTY)
    assert echoes(echo, before, [{"FindingIds": ["g"]}])
    assert not echoes(echo, before, [{"FindingIds": ["g"], "Feedback": "USEFUL"}])


def test_an_echo_is_kept_in_its_case_once_and_changes_nothing():
    first, again = (admit_echo(told(AFTER), at) for at in (NOW, NOW + timedelta(minutes=1)))
    assert first.event == CaseEvent(
        id=again.event.id, kind=EventKind.ECHOED, at=NOW, data=telling(told(AFTER), NOW)
    )
    assert (first.reception, first.due) == (Reception.OWN_WRITE, False)
    other = admit_echo(replace(told(AFTER), body="c" * 64), NOW)
    assert other.event.id != first.event.id
