"""Claims about what is new, what is news, and what is neither."""

from dataclasses import replace

import pytest

from tests.builders import NOON, a_case, a_ticket, minutes
from triage.domain.case import CaseEvent, EventKind, Status, evolve, fold, open_case
from triage.domain.message import Reception
from triage.domain.severity import Severity
from triage.domain.ticket import Format, SourceStatus
from triage.stages.dedup import admit, telling

LATER = NOON + minutes(5)


def test_a_concern_never_seen_opens_a_case():
    admission = admit(None, a_ticket(), NOON)
    assert admission.reception is Reception.NEW
    assert admission.event is not None
    assert admission.event.kind is EventKind.RECEIVED
    assert admission.due


def test_the_same_bytes_again_change_nothing():
    admission = admit(a_case(), a_ticket(), LATER)
    assert admission.reception is Reception.DUPLICATE
    assert admission.event is None
    assert not admission.due


def test_a_newer_version_is_decided_again():
    newer = a_ticket(version=LATER, body="c" * 64)
    admission = admit(a_case(), newer, LATER)
    assert admission.reception is Reception.UPDATED
    assert admission.due


def test_an_older_version_that_arrives_late_is_kept_but_changes_nothing():
    older = a_ticket(version=NOON - minutes(5), body="c" * 64)
    admission = admit(a_case(), older, LATER)
    assert admission.reception is Reception.DUPLICATE
    assert admission.event is not None
    assert admission.event.kind is EventKind.SUPERSEDED
    assert not admission.due


@pytest.mark.parametrize(
    "lowered",
    [
        {"severity": Severity(0)},
        {"status": SourceStatus.RESOLVED},
        {"status": SourceStatus.SUPPRESSED},
        {"sample": True},
    ],
)
def test_news_that_lowers_risk_is_held_until_the_source_confirms(lowered):
    case = a_case()
    newer = a_ticket(version=LATER, body="c" * 64, **lowered)
    admission = admit(case, newer, LATER)
    assert admission.event is not None
    assert admission.event.kind is EventKind.HELD
    after = a_case(a_ticket(), newer)
    assert after.headline == case.headline
    assert after.view == case.view


def test_a_security_hub_change_without_a_new_updated_at_that_raises_risk_is_news():
    resolved = a_ticket(status=SourceStatus.RESOLVED)
    open_again = a_ticket(status=SourceStatus.OPEN, body="c" * 64)
    assert admit(a_case(resolved), open_again, LATER).reception is Reception.UPDATED


def test_another_format_of_the_same_concern_is_no_second_case():
    native = a_ticket(format=Format.NATIVE)
    admission = admit(a_case(native), a_ticket(format=Format.ASFF, body="c" * 64), LATER)
    assert admission.reception is Reception.DUPLICATE
    assert admission.event is not None
    assert admission.event.kind is EventKind.SIGHTED


def test_the_native_format_takes_over_the_view_from_asff():
    case = a_case(a_ticket(format=Format.ASFF), a_ticket(format=Format.NATIVE, body="c" * 64))
    assert case.view.body == "c" * 64


def test_a_native_copy_cannot_talk_down_what_asff_said():
    quiet = a_ticket(format=Format.NATIVE, body="c" * 64, severity=Severity(0))
    case = a_case(a_ticket(format=Format.ASFF), quiet)
    assert case.headline["score"] == 75


def test_a_closed_case_is_not_decided_again_because_the_source_says_it_got_better():
    case = a_case()
    closed = type(case)(
        **{name: getattr(case, name) for name in case.__slots__} | {"status": Status.CLOSED}
    )
    resolved = a_ticket(version=LATER, body="c" * 64, status=SourceStatus.RESOLVED)
    assert not admit(closed, resolved, LATER).due


def test_the_same_message_delivered_twice_is_the_same_event():
    newer = a_ticket(version=LATER, body="c" * 64, status=SourceStatus.RESOLVED)
    first, second = admit(a_case(), newer, LATER), admit(a_case(), newer, LATER + minutes(9))
    assert first.event is not None
    assert second.event is not None
    assert first.event.id == second.event.id


def test_folding_the_events_of_a_case_gives_the_case():
    admission = admit(None, a_ticket(), NOON)
    assert admission.event is not None
    assert fold(a_ticket().key, [admission.event]) == a_case()


def closed(case):
    data = {"decision": "close", "verdict": "benign"}
    return evolve(case, CaseEvent(id="d", kind=EventKind.DECIDED, at=LATER, data=data))


def test_better_news_of_a_closed_case_is_looked_at_only_if_it_happened_once_more():
    better = a_ticket(version=LATER, severity=Severity(20), body="c" * 64)
    assert not admit(closed(a_case()), better, LATER).due
    assert admit(a_case(), better, LATER).due
    again = replace(better, count=a_ticket().count + 1)
    assert admit(closed(a_case()), again, LATER).due


def test_a_case_that_has_no_event_yet_is_opened_by_its_first_ticket():
    admission = admit(open_case(a_ticket().key), a_ticket(), NOON)
    assert (admission.reception, admission.due) == (Reception.NEW, True)


def test_a_worse_telling_in_another_format_is_in_dispute_and_a_milder_one_noted():
    case = a_case(a_ticket(format=Format.NATIVE))
    worse = a_ticket(format=Format.ASFF, severity=Severity(95), body="c" * 64)
    held, noted = admit(case, worse, LATER), admit(case, a_ticket(body="c" * 64), LATER)
    assert [one.event.kind for one in (held, noted)] == [EventKind.HELD, EventKind.SIGHTED]
    assert [one.reception for one in (held, noted)] == [Reception.DUPLICATE] * 2
    assert [one.due for one in (held, noted)] == [True, False]


def test_a_closed_case_that_another_format_still_tells_of_is_looked_at_again():
    case = closed(a_case(a_ticket(format=Format.NATIVE)))
    still = a_ticket(format=Format.ASFF, version=LATER, body="c" * 64)
    admission = admit(case, still, LATER)
    assert (admission.event.kind, admission.due) == (EventKind.HELD, True)
    for other in (replace(still, version=NOON), replace(still, status=SourceStatus.RESOLVED)):
        assert admit(case, other, LATER).event.kind is EventKind.SIGHTED


def test_a_telling_from_the_future_is_held_and_counts_as_told_when_it_arrived():
    future = a_ticket(version=LATER + minutes(5), body="c" * 64)
    admission = admit(a_case(), future, LATER)
    assert admission.event.kind is EventKind.HELD
    assert admission.event.data["version"] == LATER.isoformat()
    close = a_ticket(version=LATER + minutes(4), body="c" * 64)
    assert admit(a_case(), close, LATER).event.data["version"] == close.version.isoformat()


def test_a_telling_of_something_else_is_in_dispute_and_looked_at_even_where_it_was_closed():
    other = a_ticket(version=LATER, type="S3.2", body="c" * 64)
    for case in (a_case(), closed(a_case())):
        admission = admit(case, other, LATER)
        assert admission.event == CaseEvent(
            id=admission.event.id, kind=EventKind.HELD, at=LATER, data=telling(other, LATER)
        )
        assert (admission.reception, admission.due) == (Reception.UPDATED, True)


def test_what_returns_to_what_it_said_before_is_news_each_time():
    names = {
        admit(a_case(), a_ticket(**changes), LATER + minutes(9)).event.id
        for changes in (
            {"version": LATER, "body": "c" * 64},
            {"version": LATER + minutes(1), "body": "c" * 64},
            {"version": LATER, "body": "c" * 64, "count": 2},
            {"version": LATER, "body": "d" * 64},
        )
    }
    assert len(names) == 4
