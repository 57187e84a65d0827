"""What the archive says, and when it says nothing and lets AWS answer."""

from datetime import datetime, timedelta
from typing import Any

import pytest

from tests.builders import NOON, minutes
from tests.trails import (
    ACCOUNT,
    BUCKET,
    REGION,
    Following,
    StoppedClock,
    a_busy_trail,
    a_look,
    a_lookup,
    a_record,
    folder_of,
    key_of,
    packed,
    status,
)
from triage.domain.evidence import Got, Read

START, END = NOON - timedelta(hours=2), NOON - timedelta(hours=1)
CHANGE = a_record(NOON - minutes(91))


def ask(archive: Any, read: Read, following: Following | None = None) -> Any:
    source = archive.before(following or Following())
    return source.fetch([read], deadline=NOON + minutes(1), fresh=NOON)[read]


def busy(*extra: dict[str, Any]) -> dict[str, bytes]:
    return a_busy_trail(START - minutes(30), NOON, *extra)


def quiet(*extra: dict[str, Any]) -> dict[str, bytes]:
    """Two files a day apart around the window, and one for each event in between."""
    around = [a_look(START - timedelta(days=1)), a_look(NOON - minutes(10)), *extra]
    times = [datetime.fromisoformat(one["eventTime"]) for one in around]
    return {key_of(at + minutes(5)): packed(one) for at, one in zip(times, around, strict=True)}


# --- what is found --------------------------------------------------------------------------------


def test_a_covered_window_is_answered_without_asking_aws(archive_of):
    following = Following()
    answer = ask(archive_of(busy(CHANGE)), a_lookup(START, END), following)
    assert isinstance(answer, Got)
    assert (answer.payload["Events"], answer.source, following.asked) == (
        [CHANGE],
        "trail archive",
        [],
    )


@pytest.mark.parametrize(
    ("attribute", "value"),
    [
        ("EventId", CHANGE["eventID"]),
        ("EventName", "PutBucketPolicy"),
        ("EventSource", "s3.amazonaws.com"),
        ("Username", "bob"),
        ("ResourceName", "reports"),
        ("AccessKeyId", "AKIAEXAMPLEBOB000001"),
    ],
)
def test_every_attribute_finds_what_it_names_and_nothing_else(archive_of, attribute, value):
    archive = archive_of(busy(CHANGE))
    found = ask(archive, a_lookup(START, END, attribute, value))
    none = ask(archive, a_lookup(START, END, attribute, f"{value}x"))
    assert (found.payload["Events"], none.payload["Events"]) == ([CHANGE], [])


@pytest.mark.parametrize(
    ("changes", "value"),
    [
        ({"requestParameters": {"Request": {"GroupId": "sg-0abc"}}}, "sg-0abc"),
        ({"responseElements": {"items": [{"groupId": "sg-0abc"}]}}, "sg-0abc"),
        ({"resources": [{"ARN": "arn:aws:s3:::logs-of-mine"}]}, "logs-of-mine"),
        ({"resources": [{"ARN": "arn:aws:s3:::logs-of-mine/a/key"}]}, "logs-of-mine"),
        ({"resources": [{"ARN": f"arn:aws:iam::{ACCOUNT}:role/path/admin"}]}, "admin"),
        ({"resources": [{"ARN": f"arn:aws:iam::{ACCOUNT}:role/admin"}]}, "role/admin"),
    ],
)
def test_a_resource_is_found_wherever_the_record_names_it(archive_of, changes, value):
    record = a_record(START + minutes(7), **changes)
    answer = ask(archive_of(busy(record)), a_lookup(START, END, value=value))
    assert answer.payload["Events"] == [record]


@pytest.mark.parametrize(
    ("identity", "name"),
    [
        ({"type": "Root"}, "root"),
        ({"type": "AWSService", "invokedBy": "x.amazonaws.com"}, "x.amazonaws.com"),
        ({"type": "AssumedRole", "arn": "arn:aws:sts::1:assumed-role/admin/alice"}, "alice"),
    ],
)
def test_whoever_has_no_user_name_has_another(archive_of, identity, name):
    record = a_record(START + minutes(7), userIdentity=identity)
    answer = ask(archive_of(busy(record)), a_lookup(START, END, "Username", name))
    assert answer.payload["Events"] == [record]


def test_an_event_with_too_many_names_is_still_found_by_each(archive_of):
    many = {"tags": [f"name-{number}" for number in range(50)]}
    record = a_record(START + minutes(7), requestParameters=many)
    archive = archive_of(busy(record), names=5)
    answers = [
        ask(archive, a_lookup(START, END, value=f"name-{number}")).payload["Events"]
        for number in (0, 49, 50)
    ]
    assert answers == [[record], [record], []]


def test_events_come_newest_first(archive_of):
    changes = [a_record(START + minutes(at)) for at in (1, 50, 30)]
    answer = ask(archive_of(busy(*changes)), a_lookup(START, END))
    times = [event["eventTime"] for event in answer.payload["Events"]]
    assert times == sorted(times, reverse=True)


def test_an_event_that_two_trails_delivered_is_one_event(archive_of):
    files = busy(CHANGE)
    files |= {key.replace("0123", "4567"): content for key, content in files.items()}
    assert ask(archive_of(files), a_lookup(START, END)).payload["Events"] == [CHANGE]


def test_data_events_and_insights_are_left_out(archive_of):
    others = [
        a_record(START + minutes(7), managementEvent=False, eventCategory="Data"),
        a_record(START + minutes(8), eventCategory="Insight"),
        a_record(START + minutes(9), managementEvent=False, eventCategory=None),
    ]
    assert ask(archive_of(busy(*others)), a_lookup(START, END)).payload["Events"] == []


def test_accounts_and_regions_are_kept_apart_by_what_the_records_say(archive_of):
    elsewhere = a_record(START + minutes(7), recipientAccountId="444455556666")
    abroad = a_record(START + minutes(8), awsRegion="us-east-1")
    archive = archive_of(busy(elsewhere, abroad))
    found = [
        ask(archive, a_lookup(None, None, "EventId", one["eventID"], **place))
        for one, place in (
            (elsewhere, {"account": "444455556666"}),
            (abroad, {"region": "us-east-1"}),
        )
    ]
    assert [answer.payload["Events"] for answer in found] == [[elsewhere], [abroad]]
    assert ask(archive, a_lookup(START, END)).payload["Events"] == []


def test_any_layout_is_read_and_then_the_records_tell_the_times(archive_of):
    files = {f"some/{n}.json.gz": one for n, one in enumerate(busy(CHANGE).values())}
    answer = ask(archive_of(files), a_lookup(START, END))
    assert answer.payload["Events"] == [CHANGE]


def test_an_event_is_found_by_its_id_without_a_window(archive_of):
    following = Following()
    read = a_lookup(None, None, "EventId", CHANGE["eventID"])
    assert ask(archive_of(quiet(CHANGE)), read, following).payload == {"Events": [CHANGE]}
    assert following.asked == []


def test_that_an_id_is_not_there_only_aws_may_say(archive_of):
    following = Following()
    read = a_lookup(None, None, "EventId", "e-unheard-of")
    ask(archive_of(busy(CHANGE)), read, following)
    assert following.asked == [read]


# --- coverage -------------------------------------------------------------------------------------


def test_an_answer_says_from_when_to_when_nothing_is_missing(archive_of):
    payload = ask(archive_of(busy()), a_lookup(START, END)).payload
    assert payload == {
        "Events": [],
        "Covered": {
            "Start": (START - minutes(30)).isoformat(),
            "End": (NOON + minutes(5) - minutes(15)).isoformat(),
        },
    }


def after(files, **changes):
    """The same files, with some replaced, added, or (None) taken away."""
    merged = {**files, **changes}
    return {key: content for key, content in merged.items() if content is not None}


MIDDLE = key_of(NOON - minutes(85))
UNCOVERED = {
    "nothing before it": lambda: a_busy_trail(START + minutes(1), NOON),
    "nothing after it": lambda: a_busy_trail(START - minutes(30), END),
    "nothing more than fifteen minutes after it": lambda: a_busy_trail(
        START - minutes(30), END + minutes(5)
    ),
    "a gap in it": lambda: after(busy(), **{key_of(NOON - minutes(m)): None for m in (85, 75)}),
    "a broken file in it": lambda: after(busy(), **{MIDDLE: packed(a_look(START))[:-9]}),
    "a file in it that is not JSON": lambda: after(busy(), **{MIDDLE: b"{"}),
    "a file in it without records": lambda: after(busy(), **{MIDDLE: b"{}"}),
    "a broken file soon after it": lambda: after(busy(), **{key_of(END + minutes(33)): b"{"}),
    "a broken file from nobody knows when": lambda: after(busy(), **{"x.json.gz": b"{"}),
    "a record that names no time": lambda: after(
        busy(), **{MIDDLE: packed(a_record(START, eventTime="soon"))}
    ),
    "a record that is no record": lambda: after(busy(), **{MIDDLE: packed(7)}),
    "a trail stopped in it": lambda: busy(a_record(START + minutes(9), eventName="StopLogging")),
    "a trail told to leave something out since": lambda: busy(
        a_record(NOON - minutes(5), eventName="PutEventSelectors")
    ),
    "a trail deleted in another account": lambda: busy(
        a_record(START, eventName="DeleteTrail", recipientAccountId="444455556666")
    ),
    "no writes in it": lambda: {
        key_of(START + minutes(m)): packed(a_look(START + minutes(m - 5)))
        for m in range(-60, 130, 10)
    },
}


@pytest.mark.parametrize("files", UNCOVERED.values(), ids=UNCOVERED)
def test_a_window_in_doubt_is_never_answered(archive_of, files):
    following, read = Following(), a_lookup(START, END)
    assert (
        ask(archive_of(files()), read, following)
        == Following().fetch([read], deadline=NOON, fresh=NOON)[read]
    )
    assert read in following.asked


def test_another_place_is_not_covered_by_this_one(archive_of):
    archive = archive_of(busy())
    for place in ({"account": "444455556666"}, {"region": "us-east-1"}):
        following, read = Following(), a_lookup(START, END, **place)
        ask(archive, read, following)
        assert following.asked == [read]


def test_where_little_happens_the_trail_itself_has_to_vouch(archive_of):
    following = Following({"cloudtrail.trail_status": status(NOON)})
    answer = ask(archive_of(quiet(CHANGE)), a_lookup(START, END), following)
    assert answer.payload["Events"] == [CHANGE]
    assert following.asked == [Read.of("cloudtrail.trail_status", ACCOUNT, REGION)]


@pytest.mark.parametrize(
    "changes",
    [
        {"IsLogging": False},
        {"IsLogging": None},
        {"StartLoggingTime": (START + minutes(1)).isoformat()},
        {"StartLoggingTime": None},
        {"LatestDeliveryError": "AccessDenied"},
        {"AllManagementEvents": False},
        {"S3BucketName": "another-trail"},
        {"S3BucketName": f"{BUCKET}-2"},
    ],
)
def test_a_trail_that_does_not_vouch_covers_nothing(archive_of, changes):
    following = Following({"cloudtrail.trail_status": status(NOON, **changes)})
    read = a_lookup(START, END)
    ask(archive_of(quiet(CHANGE)), read, following)
    assert read in following.asked


def test_a_copy_in_a_folder_is_no_trail_s_own_bucket(archive_of, tmp_path):
    following = Following({"cloudtrail.trail_status": status(NOON)})
    read = a_lookup(START, END)
    ask(archive_of(folder_of(tmp_path / "copy", quiet(CHANGE))), read, following)
    assert read in following.asked


def test_an_archive_not_yet_looked_at_as_a_whole_covers_nothing(archive_of):
    archive = archive_of({})
    archive.store.files.update(busy(CHANGE))
    read, following = a_lookup(START, END), Following()
    ask(archive, read, following)
    assert following.asked == [read]


def test_more_events_than_an_answer_holds_are_no_answer(archive_of):
    changes = [a_record(START + minutes(at)) for at in range(1, 60)]
    following, read = Following(), a_lookup(START, END)
    ask(archive_of(busy(*changes), answer_events=10), read, following)
    assert following.asked == [read]


@pytest.mark.parametrize(
    "read",
    [
        Read.of("s3.get_bucket_acl", ACCOUNT, REGION, bucket="reports"),
        a_lookup(START, END, "ResourceType", "AWS::S3::Bucket"),
        a_lookup(START, END, value=""),
        a_lookup(START, END, value="x" * 600),
        a_lookup(START, None),
        Read.of("cloudtrail.lookup_events", ACCOUNT, REGION, attribute="EventId"),
        Read.of(
            "cloudtrail.lookup_events",
            ACCOUNT,
            REGION,
            attribute="EventId",
            value="x",
            start="yesterday",
            end="today",
        ),
    ],
)
def test_what_the_archive_does_not_understand_is_passed_on(archive_of, read):
    following = Following()
    ask(archive_of(busy(CHANGE)), read, following)
    assert following.asked == [read]


def test_an_index_that_is_gone_is_no_answer(archive_of, tmp_path):
    archive = archive_of(busy(CHANGE))
    archive.database.close()
    (tmp_path / "0" / "index.sqlite3").write_bytes(b"no database at all" * 100)
    following, read = Following(), a_lookup(START, END)
    ask(archive, read, following)
    assert following.asked == [read]


def test_reads_are_answered_each_by_whoever_can(archive_of):
    mine, theirs = a_lookup(START, END), a_lookup(START, END, account="444455556666")
    following = Following()
    source = archive_of(busy(CHANGE)).before(following)
    answers = source.fetch([mine, theirs], deadline=NOON, fresh=NOON)
    assert (set(answers), following.asked) == ({mine, theirs}, [theirs])


def test_the_age_of_an_answer_is_when_it_was_given(archive_of):
    clock = StoppedClock(NOON + minutes(3))
    answer = ask(archive_of(busy(CHANGE), clock=clock), a_lookup(START, END))
    assert answer.as_of == NOON + minutes(3)
