"""Claims about what is new, what is news, and what is neither."""

import pytest

from tests.builders import NOON, a_case, a_ticket, minutes
from triage.domain.case import EventKind, Status, fold
from triage.domain.message import Reception
from triage.domain.severity import Severity
from triage.domain.ticket import Format, SourceStatus
from triage.stages.dedup import admit

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
