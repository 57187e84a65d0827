"""Messages from files and stdin, byte for byte."""

import gzip
import io
import json
import sys
from pathlib import Path

import pytest

from triage.adapters.files import messages as reader
from triage.adapters.files.messages import MESSAGE_MAX, messages

ONE, TWO = b'{"a": 1}', b'{"b":  2}'
PRETTY = json.dumps({"a": 1, "b": [1, 2]}, indent=2).encode()
UNREADABLE = {
    "no json": b"hello",
    "nothing": b"",
    "NaN": b'{"a": NaN}',
    "a NUL": b'{"a": "\x00"}',
    "a lone surrogate": b'{"a": "\\ud800"}',
    "no UTF-8": b'{"a": "\xff"}',
    "too deep": b"[" * 10_000 + b"]" * 10_000,
    "cut short": PRETTY[:-1],
}


def given(tmp_path: Path, name: str, content: bytes) -> list[bytes]:
    path = tmp_path / name
    path.write_bytes(content)
    return list(messages([str(path)]))


def typed(monkeypatch: pytest.MonkeyPatch, content: bytes) -> list[bytes]:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(content)))
    return list(messages(["-"]))


@pytest.mark.parametrize("name", ["f.jsonl", "f.ndjson"])
@pytest.mark.parametrize("end", [b"", b"\n", b"\r\n"])
def test_a_jsonl_file_is_a_message_a_line(tmp_path, name, end):
    assert given(tmp_path, name, ONE + b"\n\n" + TWO + end) == [ONE, TWO]


def test_a_json_file_is_one_message_whatever_its_spaces(tmp_path):
    assert given(tmp_path, "f.json", PRETTY) == [PRETTY]


def test_a_json_list_is_a_message_an_element(tmp_path):
    assert given(tmp_path, "f.json", b"[" + ONE + b"," + TWO + b"]") == [b'{"a":1}', b'{"b":2}']


def test_a_trail_file_beyond_a_message_is_given_record_by_record(tmp_path):
    small = json.dumps({"Records": [{"n": 1}]}).encode()
    large = json.dumps({"Records": [{"n": n, "x": "x" * 1000} for n in range(1200)]}).encode()
    assert len(large) > MESSAGE_MAX
    assert given(tmp_path, "small.json", small) == [small]
    assert [json.loads(one)["n"] for one in given(tmp_path, "large.json", large)] == [*range(1200)]


@pytest.mark.parametrize("what", UNREADABLE)
def test_what_cannot_be_read_is_given_as_it_is(tmp_path, what):
    assert given(tmp_path, "f.json", UNREADABLE[what]) == [UNREADABLE[what]]


@pytest.mark.parametrize("what", [what for what in UNREADABLE if what != "cut short"])
def test_so_is_a_line_among_good_ones(tmp_path, what):
    found = given(tmp_path, "f.jsonl", b"\n".join([ONE, UNREADABLE[what], TWO]))
    assert found == [one for one in (ONE, UNREADABLE[what], TWO) if one]


@pytest.mark.parametrize("name", ["f.json.gz", "f.gz", "f.json", "f.jsonl", "f.jsonl.gz"])
def test_packed_files_are_unpacked_whatever_their_name(tmp_path, name):
    assert given(tmp_path, name, gzip.compress(ONE + b"\n" + TWO)) == [ONE, TWO]


def test_what_is_missing_of_a_broken_archive_is_said(tmp_path):
    whole = gzip.compress(b"\n".join(b'{"n": %d}' % n for n in range(5000)))
    *_, last = given(tmp_path, "f.jsonl.gz", whole[: len(whole) // 2])
    assert last.startswith(b"f.jsonl.gz: the rest of the file cannot be read: ")


def test_a_folder_is_everything_readable_below_it_in_order(tmp_path):
    (tmp_path / "b").mkdir()
    (tmp_path / "b" / "2.json").write_bytes(TWO)
    (tmp_path / "1.jsonl").write_bytes(ONE)
    (tmp_path / "notes.txt").write_bytes(b"no message")
    assert list(messages([str(tmp_path)])) == [ONE, TWO]


def test_a_path_that_is_not_there_is_an_error():
    with pytest.raises(FileNotFoundError, match="no such file"):
        list(messages(["/nowhere/at/all.json"]))


def test_stdin_is_a_message_a_line_even_where_one_cannot_be_read(monkeypatch):
    assert typed(monkeypatch, ONE + b"\n" + b"hello\n" + TWO) == [ONE, b"hello", TWO]
    assert typed(monkeypatch, b"hello\n" + ONE + b"\n" + TWO) == [b"hello", ONE, TWO]


@pytest.mark.parametrize("content", [PRETTY, PRETTY + b"\n"])
def test_one_pretty_document_on_stdin_is_one_message(monkeypatch, content):
    assert typed(monkeypatch, content) == [content]


def test_packed_stdin_is_unpacked(monkeypatch):
    assert typed(monkeypatch, gzip.compress(PRETTY)) == [PRETTY]
    broken = b"\x1f\x8bnot really"
    assert typed(monkeypatch, broken) == [broken]


def test_nothing_on_stdin_is_no_message(monkeypatch):
    assert typed(monkeypatch, b"") == []


def test_lines_are_given_as_they_come(monkeypatch):
    class Slowly(io.BytesIO):
        taken = 0

        def readline(self, size=-1):
            self.taken += 1
            return super().readline(size)

    stream = Slowly(ONE + b"\n" + TWO + b"\n" + ONE + b"\n")
    monkeypatch.setattr(sys, "stdin", type("Stdin", (), {"buffer": stream}))
    assert next(iter(messages(["-"]))) == ONE
    assert stream.taken == 1


def test_a_line_without_end_is_given_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "LINE_MAX", 4)
    assert b"".join(given(tmp_path, "f.jsonl", b"abcdefghij")) == b"abcdefghij"


def test_a_document_beyond_all_bounds_is_given_in_pieces(tmp_path, monkeypatch):
    monkeypatch.setattr(reader, "FILE_MAX", 4)
    assert given(tmp_path, "f.json", b"abcdefghij") == [b"abcd", b"efgh", b"ij"]
