"""Indexing an archive: bit by bit, within bounds; what cannot be read is neither lost nor fatal."""

import gzip
from datetime import timedelta

import orjson
import pytest

from tests.builders import NOON, minutes
from tests.trails import (
    ACCOUNT,
    REGION,
    Shelves,
    StoppedClock,
    a_look,
    a_record,
    filled,
    folder_of,
    key_of,
    packed,
)
from triage.adapters.archive.archive import open_archive
from triage.adapters.archive.index import State
from triage.adapters.archive.limits import ArchiveLimits

ONE, TWO = key_of(NOON), key_of(NOON + minutes(5))
GOOD = packed(a_record(NOON))


def doubts(archive):
    return {
        one["key"]: (one["state"], one["reason"]) for one in archive.lookups.doubtful(at_most=9)
    }


def again(archive):
    """The next pass."""
    archive.clock.at += timedelta(minutes=10)
    assert archive.catch_up(1000)


BROKEN = {
    "cut": (GOOD[:-5], "no whole gzip file"),
    "damaged": (GOOD[:20] + b"xxxx" + GOOD[24:], "no whole gzip file"),
    "not JSON": (gzip.compress(b"{'a': 1}"), "not JSON"),
    "nested without end": (gzip.compress(b"[" * 50_000), "not JSON"),
    "NaN": (gzip.compress(b'{"Records": [NaN]}'), "not JSON"),
    "a list": (gzip.compress(b"[]"), "no list of Records"),
    "no records": (gzip.compress(b'{"Records": {}}'), "no list of Records"),
    "empty": (b"", "not JSON"),
    "too large": (b"x" * 5000, "larger than 4096 bytes"),
    "a bomb": (gzip.compress(b"0" * 1_000_000), "unpacks to more than 65536 bytes"),
    "too many": (packed(*[{}] * 101), "more than 100 records"),
}


@pytest.mark.parametrize(("body", "reason"), BROKEN.values(), ids=BROKEN)
def test_a_file_that_makes_no_sense_is_kept_in_mind_with_a_reason(archive_of, body, reason):
    archive = archive_of({ONE: body, TWO: GOOD}, file_bytes=4096, unpacked_bytes=65536, records=100)
    state, told = doubts(archive)[ONE]
    assert (state, reason in told, archive.lookups.status()["events"]) == ("unreadable", True, 1)


def test_a_file_that_makes_no_sense_is_read_again_only_when_it_changes(archive_of):
    archive = archive_of({ONE: b"{"})
    read = archive.store.read
    archive.store.read = lambda *_, **__: pytest.fail("read again")
    again(archive)
    archive.store.read, archive.store.files[ONE] = read, GOOD
    again(archive)
    assert (doubts(archive), archive.lookups.status()["events"]) == ({}, 1)


def test_a_file_that_cannot_be_fetched_is_tried_on_every_pass_until_it_can(archive_of):
    store = Shelves({ONE: GOOD, TWO: packed(a_look(NOON))}, refused={ONE})
    archive = archive_of(store)
    assert doubts(archive) == {ONE: ("failed", f"{ONE} cannot be read: SlowDown")}
    again(archive)
    assert doubts(archive)[ONE][0] == "failed"
    store.refused.clear()
    again(archive)
    assert (doubts(archive), archive.lookups.status()["events"]) == ({}, 2)


def test_a_file_that_changes_after_it_was_read_is_in_doubt_and_keeps_what_it_said(archive_of):
    archive = archive_of({ONE: GOOD})
    archive.store.files[ONE] = packed()
    again(archive)
    assert doubts(archive)[ONE][0] == "changed"
    assert archive.lookups.status()["events"] == 1
    archive.store.files[ONE] = GOOD
    again(archive)
    assert (doubts(archive), archive.lookups.status()["events"]) == ({}, 1)


def test_a_file_that_was_only_touched_is_not_in_doubt(archive_of, tmp_path):
    archive = archive_of(folder_of(tmp_path / "files", {ONE: GOOD}))
    path = tmp_path / "files" / ONE
    path.write_bytes(path.read_bytes())
    again(archive)
    assert (doubts(archive), archive.lookups.status()["events"]) == ({}, 1)


def test_records_that_belong_nowhere_are_counted_and_the_others_kept(archive_of):
    lost = [a_record(NOON, eventTime=None), "text", a_record(NOON, recipientAccountId=7)]
    archive = archive_of({"x.json.gz": packed(*lost, a_record(NOON))})
    assert doubts(archive) == {
        "x.json.gz": ("partial", "3 records name no account, Region or time")
    }
    assert archive.lookups.status()["events"] == 1


def test_a_record_nested_too_deeply_to_keep_is_counted(archive_of):
    deep = b'{"a":' * 500 + b"1" + b"}" * 500
    record = orjson.dumps(a_record(NOON, requestParameters="here")).replace(b'"here"', deep)
    archive = archive_of({ONE: gzip.compress(b'{"Records":[' + record + b"]}")})
    assert doubts(archive)[ONE][0] == "partial"


def test_a_reader_that_fails_puts_its_file_in_doubt_and_goes_on(archive_of, monkeypatch):
    def fail(*_):
        raise RuntimeError

    monkeypatch.setattr("triage.adapters.archive.indexer.read_trail_file", fail)
    archive = archive_of({ONE: GOOD, TWO: GOOD})
    assert {state for state, _ in doubts(archive).values()} == {"unreadable"}


def test_a_delivered_file_s_name_says_what_its_records_leave_out(archive_of):
    bare = {"eventTime": "2026-11-20T11:59:00Z", "eventName": "PutBucketPolicy"}
    archive = archive_of({ONE: packed(bare)})
    (place,) = archive.lookups.spans()
    assert (place["account"], place["region"], doubts(archive)) == (ACCOUNT, REGION, {})


def test_what_lies_beside_the_log_files_is_left_alone(archive_of):
    beside = [
        ONE.replace("/CloudTrail/", "/CloudTrail-Digest/"),
        ONE.replace("/CloudTrail/", "/CloudTrail-Insight/"),
        ONE.replace("/CloudTrail/", "/Config/"),
        "readme.txt",
    ]
    archive = archive_of(
        {**dict.fromkeys(beside, b"{"), "flat-digest.json.gz": b'{"digestStartTime": 1}'}
    )
    assert archive.lookups.status()["files"] == {State.READ: 1}


def test_a_step_reads_no_more_than_it_may_and_the_next_goes_on(tmp_path):
    files = {key_of(NOON + minutes(5 * number)): GOOD for number in range(7)}
    archive = open_archive(
        tmp_path / "index", Shelves(files), StoppedClock(), ArchiveLimits(files_per_step=3)
    )
    counts = []
    while archive.indexer.step():
        counts.append(archive.lookups.status()["files"][State.READ])
    assert counts == [3, 6]
    assert archive.lookups.status()["files"] == {State.READ: 7}
    archive.close()


def test_a_new_process_goes_on_where_the_last_one_was(tmp_path):
    files = {key_of(NOON + minutes(5 * number)): GOOD for number in range(7)}
    limits = ArchiveLimits(files_per_step=3)
    for _ in range(3):
        archive = open_archive(tmp_path / "index", Shelves(files), StoppedClock(), limits)
        archive.indexer.step()
        found = archive.lookups.status()["files"]
        archive.close()
    assert found == {State.READ: 7}


def test_passes_are_no_closer_than_said(archive_of):
    archive = archive_of({ONE: GOOD})
    asked = len(archive.store.asked)
    archive.clock.at += timedelta(seconds=59)
    assert (archive.indexer.step(), len(archive.store.asked)) == (0, asked)
    archive.clock.at += timedelta(seconds=1)
    archive.indexer.step()
    assert len(archive.store.asked) > asked


def test_days_known_already_are_not_listed_again(archive_of):
    files = {
        key_of(NOON + timedelta(days=day), region=region): GOOD
        for day in range(30)
        for region in ("eu-west-1", "us-east-1")
    }
    archive = archive_of(files, page_keys=5)
    archive.store.asked.clear()
    again(archive)
    assert len(archive.store.asked) < 8


def test_a_file_delivered_late_is_still_found(archive_of):
    archive = archive_of({key_of(NOON + timedelta(days=day)): GOOD for day in range(5)})
    archive.store.files[key_of(NOON + timedelta(days=3, hours=1))] = packed(a_look(NOON))
    again(archive)
    assert archive.lookups.status()["files"] == {State.READ: 6}


def test_looking_at_the_whole_notices_what_changed_long_ago(archive_of, tmp_path):
    files = {key_of(NOON + timedelta(days=day)): GOOD for day in range(5)}
    archive = archive_of(files)
    archive.store.files[ONE] = packed()
    again(archive)
    assert doubts(archive) == {}
    whole = open_archive(
        tmp_path / "0" / "index.sqlite3", archive.store, StoppedClock(), whole=True
    )
    whole.catch_up(100)
    assert list(doubts(whole)) == [ONE]
    whole.close()


def test_an_archive_that_cannot_be_listed_says_so_and_tries_again(archive_of):
    store = Shelves({ONE: GOOD}, refused={""})
    archive = archive_of(store)
    assert (archive.indexer.problem, archive.lookups.status()["problem"]) == (
        "s3://central-trail/ cannot be read: AccessDenied",
        "s3://central-trail/ cannot be read: AccessDenied",
    )
    assert archive.lookups.status()["passed"] is None
    store.refused.clear()
    again(archive)
    assert (archive.indexer.problem, archive.lookups.status()["problem"]) == ("", "")


def test_the_index_of_another_archive_is_begun_anew(archive_of, tmp_path):
    archive_of({ONE: GOOD})
    other = open_archive(
        tmp_path / "0" / "index.sqlite3", Shelves({}, place="s3://another/"), StoppedClock()
    )
    assert other.lookups.status()["events"] == 0
    other.close()


def test_closing_lets_go_of_the_store(tmp_path):
    store = Shelves({})
    filled(tmp_path, store).close()
    assert store.closed
