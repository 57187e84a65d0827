"""CloudTrail over a window: found, absent only with coverage, else unknown."""

from datetime import timedelta
from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account, minutes
from tests.trails import a_record, status
from triage.domain.evidence import Absent, Failed, Failure, Got, Known, Unknown
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking

OCCURRED = NOON - timedelta(hours=2)
NAMES = ("cloudtrail.last_change", "cloudtrail.principal_activity")
NO_STATUS = Failed(failure=Failure.DENIED, detail="cloudtrail.trail_status")


def answer(name: str, found: Any, trails: Any = None, **changes: Any) -> Any:
    parameters = changes.pop("parameters", {})
    ticket = a_ticket(**{"occurred": OCCURRED, "principal": "user/bob", **changes})
    asking = Asking(ticket=ticket, account=an_account(), now=NOON, parameters=parameters)
    return QUESTIONS[name].interpret(asking, [found, trails or status(NOON)])


def looked_up(*events: Any, at: Any = NOON, **more: Any) -> Got:
    payload = {"Events": list(events), **more}
    return Got(payload=payload, as_of=at, source="cloudtrail.lookup_events")


def covering(since: Any, until: Any) -> dict[str, Any]:
    return {"Covered": {"Start": since.isoformat(), "End": until.isoformat()}}


@pytest.mark.parametrize("name", NAMES)
def test_nothing_found_is_absent_when_a_trail_was_on_and_the_window_is_long_over(name):
    assert isinstance(answer(name, looked_up()), Absent)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "changes",
    [
        {"IsLogging": False},
        {"IsLogging": None},
        {"StartLoggingTime": None},
        {"StartLoggingTime": (OCCURRED - minutes(60)).isoformat()},
    ],
)
def test_nothing_found_is_unknown_without_a_trail_all_along(name, changes):
    found = answer(name, looked_up(), status(NOON, **changes))
    assert found == Unknown(
        reason="nothing found, and no trail is known to have been recording all that time"
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_found_is_unknown_where_nobody_says_what_trails_there_are(name):
    assert isinstance(answer(name, looked_up(), NO_STATUS), Unknown)


@pytest.mark.parametrize("name", NAMES)
def test_nothing_found_yet_is_unknown(name):
    late = OCCURRED + minutes(29)
    assert answer(name, looked_up(at=late)) == Unknown(
        reason="nothing found, and CloudTrail lags by up to 15 minutes"
    )


@pytest.mark.parametrize("name", NAMES)
def test_nothing_found_beyond_ninety_days_is_unknown(name):
    long_ago = NOON - timedelta(days=91)
    assert answer(name, looked_up(), occurred=long_ago) == Unknown(
        reason="nothing found, and CloudTrail keeps only 90 days"
    )


@pytest.mark.parametrize("name", NAMES)
def test_an_archive_that_covers_the_window_proves_absence_at_any_age_and_alone(name):
    long_ago = NOON - timedelta(days=400)
    covered = covering(long_ago - timedelta(days=8), long_ago + minutes(15))
    found = answer(name, looked_up(**covered), NO_STATUS, occurred=long_ago)
    assert found == Absent(source="cloudtrail.lookup_events", as_of=NOON)


@pytest.mark.parametrize("name", NAMES)
@pytest.mark.parametrize(
    "covered",
    [
        covering(OCCURRED - minutes(60), OCCURRED + minutes(15)),
        covering(OCCURRED - timedelta(days=8), OCCURRED + minutes(14)),
        {"Covered": {"Start": "2026-01-01T00:00:00Z"}},
        {"Covered": {"Start": "whenever", "End": "2027-01-01T00:00:00Z"}},
        {"Covered": True},
    ],
)
def test_an_archive_that_does_not_cover_the_window_proves_nothing(name, covered):
    assert isinstance(answer(name, looked_up(**covered), NO_STATUS), Unknown)


def test_the_last_change_is_the_newest_that_succeeded_and_counts():
    events = [
        a_record(OCCURRED - minutes(50), eventName="PutBucketAcl"),
        a_record(OCCURRED - minutes(40)),
        a_record(OCCURRED - minutes(30), errorCode="AccessDenied"),
        a_record(OCCURRED - minutes(20), readOnly=True),
    ]
    newest = answer(NAMES[0], looked_up(*events))
    acl = answer(NAMES[0], looked_up(*events), parameters={"calls": ["PutBucketAcl"]})
    other = answer(NAMES[0], looked_up(*events), parameters={"calls": ["DeleteBucket"]})
    assert (newest.value["event_id"], acl.value["call"], type(other)) == (
        events[1]["eventID"],
        "PutBucketAcl",
        Absent,
    )
    assert newest.value["principal"] == {
        "kind": "person",
        "name": "bob",
        "arn": "arn:aws:iam::111122223333:user/bob",
        "id": "",
    }


def test_activity_counts_the_whole_window():
    events = [a_record(OCCURRED - minutes(at)) for at in (3, 1, 2)]
    events[0]["errorCode"] = "AccessDenied"
    found = answer(NAMES[1], looked_up(*events))
    assert isinstance(found, Known)
    assert found.value == {
        "count": 3,
        "calls": ["PutBucketPolicy"],
        "errors": 1,
        "first": events[0]["eventTime"],
        "last": events[1]["eventTime"],
        "ips": [""],
    }


@pytest.mark.parametrize(
    ("found", "changes", "reason"),
    [
        (looked_up(a_record(OCCURRED), at=OCCURRED + minutes(5)), {}, "lags by up to 15"),
        (looked_up(a_record(OCCURRED)), {"occurred": NOON - timedelta(days=91)}, "only 90 days"),
    ],
)
def test_activity_of_half_a_window_is_unknown(found, changes, reason):
    assert reason in answer(NAMES[1], found, **changes).reason


def test_activity_beyond_ninety_days_is_known_where_an_archive_covers_it():
    long_ago = NOON - timedelta(days=400)
    covered = covering(long_ago - timedelta(days=2), long_ago + minutes(15))
    found = answer(NAMES[1], looked_up(a_record(long_ago), **covered), occurred=long_ago)
    assert found.value["count"] == 1
