"""`triage run --once` as a process: any mixture of messages in, one object a message out."""

import gzip
import json
from typing import Any

import pytest

from tests.desk import Desk, a_report, body, lines

DECIDED = {
    *("n", "status", "case", "canonical_key", "source", "type", "class", "severity", "account"),
    *("region", "subject", "decision", "verdict", "ground", "rule", "reasons"),
}
QUARANTINED = {"n", "status", "reason"}
BAD: dict[str, bytes] = {
    "not JSON": b"hello \xe2\x80\xae",
    "cut short": b'{"source": "aws.guardduty", "detail-type": "GuardDuty Fin',
    "wrong shape": b'{"detail-type": "GuardDuty Finding", "source": "aws.guardduty", "detail": 5}',
    "a number": b"42",
    "unknown source": b'{"detail-type": "Weather", "source": "aws.weather", "detail": {"a": 1}}',
    "an unknown object": b'{"hello": {"a": 1}}',
    "over 1 MiB": b'{"report": "' + b"x" * (1024 * 1024) + b'"}',
    "a lone surrogate": b'{"report": {"title": "\\ud800"}}',
    "10,000 deep": b"[" * 10_000 + b"]" * 10_000,
    "NaN": b'{"report": {"severity": NaN}}',
    "a NUL": b'{"report": {"title": "a\x00b"}}',
    "an escaped NUL": b'{"report": {"title": "a\\u0000b"}}',
    "no UTF-8": b'{"report": {"title": "\xff\xfe"}}',
}


@pytest.mark.slow
def test_any_mixture_of_files_gives_one_object_a_message_in_order(desk: Desk) -> None:
    desk.write("in/1.json", body(a_report(1)))
    desk.write("in/2.jsonl", lines(a_report(2), a_report(1)) + b"not json\n")
    desk.write("in/3.json.gz", gzip.compress(json.dumps([a_report(3), 4]).encode()))
    desk.write("in/4.txt", b"not a message")
    said = desk.process(
        "run", "--once", "in", "-", "--output", "jsonl", stdin=lines(a_report(5), a_report(5))
    )
    assert said.code == 0
    assert said.err == "4 decided, 2 duplicate, 2 quarantined\n"
    assert [(row["n"], row["status"]) for row in said.rows] == [
        (1, "decided"),
        (2, "decided"),
        (3, "duplicate"),
        (4, "quarantined"),
        (5, "decided"),
        (6, "quarantined"),
        (7, "decided"),
        (8, "duplicate"),
    ]
    for row in said.rows:
        assert set(row) == (QUARANTINED if row["status"] == "quarantined" else DECIDED)


def test_it_needs_no_contact_and_tells_nobody(desk: Desk) -> None:
    desk.write("one.json", body(a_report()))
    said = desk.triage("run", "--once", "one.json", "-o", "json")
    (row,) = said.json
    assert row == {
        "n": 1,
        "status": "decided",
        "case": row["case"],
        "canonical_key": row["canonical_key"],
        "source": "report",
        "type": "report",
        "class": "threat",
        "severity": row["severity"],
        "account": "111122223333",
        "region": None,
        "subject": "",
        "decision": "escalate",
        "verdict": None,
        "ground": None,
        "rule": "report-by-a-person: a report",
        "reasons": row["reasons"],
    }
    assert desk.triage("case", "show", row["case"], "-o", "json").json.get("effects") is None


def test_only_a_message_of_several_records_has_parts(desk: Desk) -> None:
    one, two = {"Records": [an_event("a")]}, {"Records": [an_event("b"), an_event("c")]}
    desk.write("in.jsonl", lines(one, two))
    said = desk.triage("run", "--once", "in.jsonl", "-o", "jsonl")
    assert [(row["n"], row.get("part")) for row in said.rows] == [(1, None), (2, 1), (2, 2)]


def an_event(name: str) -> dict[str, Any]:
    """A record of a trail file (CloudTrail user guide, "CloudTrail record contents")."""
    return {
        "eventVersion": "1.11",
        "eventID": f"00000000-0000-4000-8000-00000000000{name}",
        "eventTime": "2026-11-20T12:00:00Z",
        "eventSource": "weather.amazonaws.com",
        "eventName": "LookOut",
        "awsRegion": "eu-west-1",
        "recipientAccountId": "111122223333",
        "userIdentity": {"type": "AWSService", "invokedBy": "weather.amazonaws.com"},
    }


@pytest.mark.slow
def test_people_read_lines(desk: Desk) -> None:
    desk.write("in.jsonl", lines(a_report()) + b"\x1b[31mred\n")
    said = desk.triage("run", "--once", "in.jsonl")
    first, second = said.text.splitlines()
    assert first.split()[:4] == ["1", "decided", "report", "escalate"]
    assert second.split()[:2] == ["2", "quarantined"]
    assert desk.triage("run", "--once", "-").err == "no messages\n"


@pytest.mark.slow
def test_it_keeps_its_cases_where_it_is_told_to(desk: Desk) -> None:
    desk.write("one.json", body(a_report()))
    assert desk.triage("run", "--once", "one.json", "--data", "apart").code == 0
    assert (desk.folder / "apart" / "triage.sqlite3").exists()
    assert not (desk.folder / ".triage").exists()


QUICK = ("cut short", "a number", "a lone surrogate")


@pytest.mark.parametrize(
    "what",
    [one if one in QUICK else pytest.param(one, marks=pytest.mark.slow) for one in BAD],
)
def test_bad_input_is_kept_byte_for_byte_with_a_sentence_and_the_others_go_on(
    desk: Desk, what: str
) -> None:
    content = b"\n".join([body(a_report(1)), BAD[what], body(a_report(2))])
    said = desk.triage("run", "--once", "-", "-o", "jsonl", stdin=content)
    assert said.code == 0
    assert [row["status"] for row in said.rows] == ["decided", "quarantined", "decided"]
    assert 0 < len(said.rows[1]["reason"]) <= 400
    (entry,) = desk.triage("quarantine", "list", "-o", "jsonl").rows
    assert (entry["bytes"], entry["reason"]) == (len(BAD[what]), said.rows[1]["reason"])
    assert desk.triage("quarantine", "show", entry["id"]).out == BAD[what]


@pytest.mark.slow
def test_a_pipe_that_closes_is_no_traceback(desk: Desk) -> None:
    desk.write("in.jsonl", lines(*(a_report(number) for number in range(20))))
    child = desk.start("run", "--once", "in.jsonl", "-o", "jsonl")
    assert child.stdout is not None
    child.stdout.close()
    _, err = child.communicate(timeout=60)
    assert b"Traceback" not in err


def test_a_file_that_is_not_there_is_a_sentence(desk: Desk) -> None:
    said = desk.process("run", "--once", "gone.json")
    assert said.code == 3
    assert said.out == b""
    assert said.err.splitlines()[-1].strip() == "gone.json: there is no such file"
