"""`triage audit` as an auditor types it."""

import json
import sqlite3
from contextlib import closing

import pytest

from tests.desk import Desk, a_report, body
from triage.adapters.storage import open_store
from triage.adapters.storage import verify as verify_store

pytestmark = pytest.mark.slow


@pytest.fixture
def anchored(desk: Desk) -> Desk:
    """A desk with one decided report, whose heads are signed and exported to a file."""
    line = desk.key("anchor.key")
    desk.write(
        "triage.toml",
        f'[anchor]\nplace = "heads.jsonl"\nkey = "anchor.key"\ntrusted = ["{line}"]\n'
        '[paths]\ndata = "data"\n',
    )
    desk.write("one.json", body(a_report()))
    desk.triage("run", "--once", "one.json", "--data", "data")
    return desk


def verify(desk, *words):
    said = desk.triage("audit", "verify", "-o", "json", *words)
    return said.code, said.json["verdict"], said.json["problems"]


def test_without_a_head_from_elsewhere_it_is_internally_consistent_only(anchored):
    assert verify(anchored) == (0, "internally consistent only", [])
    said = anchored.triage("audit", "verify", "--against", "heads.jsonl")
    assert (said.code, said.err) == (1, "triage: there are no heads at heads.jsonl\n")


def test_with_a_head_it_says_who_signed_what_and_what_came_after(anchored):
    assert anchored.triage("audit", "head", "-o", "json").json["anchored"] == 0
    page = anchored.triage("audit", "anchor", "-o", "json").json
    assert (page["anchored"], page["exported"]) == (2, 2)
    code, verdict, problems = verify(anchored, "--against", "heads.jsonl")
    assert (code, problems) == (0, [])
    assert verdict.startswith("as ssh:SHA256:")
    assert verdict.endswith(": 2 events")
    anchored.write("two.json", body(a_report(2)))
    anchored.triage("run", "--once", "two.json", "--data", "data")
    anchored.environment["TRIAGE_ANCHOR__PLACE"] = ""
    anchored.triage("audit", "anchor")
    del anchored.environment["TRIAGE_ANCHOR__PLACE"]
    assert verify(anchored, "--against", "heads.jsonl")[1].endswith(
        ": 2 events; 2 events were anchored since"
    )


def test_a_backup_that_was_put_back_needs_the_head_to_be_found(anchored):
    anchored.triage("audit", "anchor")
    anchored.triage("db", "backup", "copy")
    anchored.write("two.json", body(a_report(2)))
    anchored.triage("run", "--once", "two.json", "--data", "data")
    anchored.triage("audit", "anchor")
    anchored.environment["TRIAGE_PATHS__DATA"] = "copy"
    assert verify(anchored) == (0, "internally consistent only", [])
    code, verdict, problems = verify(anchored, "--against", "heads.jsonl")
    assert (code, verdict, len(problems)) == (1, "broken", 1)
    assert problems[0].startswith("heads.jsonl:2: of 4 events anchored by ")
    assert problems[0].endswith("2 are here: this is an older copy, or its end was cut off")


def test_heads_by_others_and_lines_that_are_none_are_named_and_count_for_nothing(anchored):
    anchored.triage("audit", "anchor")
    with (anchored.folder / "heads.jsonl").open("ab") as file:
        file.write(b"oops\n")
    other = anchored.key("other.key")
    anchored.environment["TRIAGE_ANCHOR__TRUSTED"] = json.dumps([other])
    code, verdict, problems = verify(anchored, "--against", "heads.jsonl")
    assert (code, verdict) == (1, "broken")
    assert problems[0].endswith("names, so this head counts for nothing")
    assert problems[1] == "heads.jsonl:2 is no head (JSONDecodeError)"
    anchored.environment["TRIAGE_ANCHOR__TRUSTED"] = "[]"
    said = anchored.triage("audit", "verify", "--against", "heads.jsonl")
    assert (said.code, "anchor.trusted names no key" in said.err) == (3, True)


def test_an_export_is_the_record_line_by_line(anchored):
    rows = anchored.triage("audit", "export").rows
    assert [(row["sequence"], row["kind"]) for row in rows] == [(1, "received"), (2, "decided")]
    assert rows[1]["data"]["decision"] == "escalate"
    assert anchored.triage("audit", "export", "--since", "2100-01-01").rows == []
    first, second = anchored.triage("audit", "export", "--format", "ocsf").rows
    told = ("class_uid", "type_uid", "activity_id", "status_id", "severity_id")
    assert [first[name] for name in told] == [2005, 200501, 1, 1, 3]
    assert [second[name] for name in told] == [2005, 200502, 2, 1, 3]
    assert second["metadata"]["correlation_uid"] == rows[0]["case"]
    assert second["finding_info_list"][0]["uid"] == rows[0]["key"]
    with closing(sqlite3.connect(anchored.folder / "data" / "triage.sqlite3")) as file, file:
        file.execute("UPDATE events SET body = x'00' WHERE sequence = 2")
    said = anchored.triage("audit", "export")
    assert (said.code, "event 2 cannot be read" in said.err) == (1, True)


def test_who_names_a_place_names_a_key(desk):
    desk.write("triage.toml", '[anchor]\nplace = "heads.jsonl"\n')
    said = desk.triage("audit", "head")
    assert (said.code, "key should name who signs, where place is set" in said.err) == (3, True)


def test_heads_signed_by_kms_and_kept_under_object_lock_count_like_others(desk, sandbox):
    desk.environment |= sandbox.environment("111111111111", "eu-west-1")
    place = "s3://heads-of-ours/triage"
    sandbox.client("s3").create_bucket(Bucket="heads-of-ours", ObjectLockEnabledForBucket=True)
    made = sandbox.client("kms").create_key(KeyUsage="SIGN_VERIFY", KeySpec="ECC_NIST_P256")
    arn, line = made["KeyMetadata"]["Arn"], desk.key("other.key")
    desk.write(
        "triage.toml",
        f'[anchor]\nplace = "{place}"\nkey = "{arn}"\ntrusted = ["{line}", "{arn}"]\n'
        '[paths]\ndata = "data"\n[aws]\nregion = "eu-west-1"\n',
    )
    desk.write("one.json", body(a_report()))
    desk.triage("run", "--once", "one.json", "--data", "data")
    assert desk.triage("audit", "anchor", "-o", "json").json["signed by"] == arn
    code, verdict, problems = verify(desk, "--against", place)
    assert (code, problems) == (0, [])
    assert verdict.startswith(f"as {arn} signed it at ")


def test_several_processes_say_how_far_they_are(anchored, monkeypatch):
    alone = anchored.triage("audit", "verify", "-o", "json").json
    monkeypatch.setattr("triage.wiring.anchoring.verify_in_processes", _in_this_process)
    said = anchored.triage("audit", "verify", "--processes", "2", "-o", "json")
    assert (said.json, said.err) == (alone, "verified 1 of 2 parts\nverified 2 of 2 parts\n")


def _in_this_process(place, heads, *, processes, progress):
    """What the processes do is tested with the stores; here is how it is told."""
    assert processes == 2
    for done in (1, 2):
        progress(done, 2)
    with closing(open_store(place)) as store:
        return verify_store(store, heads)
