"""The benchmark's files: a line that cannot be used is named, events are taken as they are."""

import pytest

from scripts.benchmarks.matching import Unusable, objects_of, unseen
from triage.playbook.pattern import compile_pattern


def test_patterns_are_read_line_by_line(tmp_path):
    path = tmp_path / "rules.jsonl"
    path.write_bytes(b'{"source": ["aws.s3"], "detail": {"a": [{"prefix": "x"}]}}\n\n{"a": [1]}\n')
    rules = [rule for rule, _ in objects_of(path, compile_pattern)]
    assert rules == [{"source": ["aws.s3"], "detail": {"a": [{"prefix": "x"}]}}, {"a": [1]}]


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        ('{"a": [1]}\n{"a": [{"prefx": "x"}]}', ":2: unknown operator 'prefx'"),
        ('{"a": [1]}\n\n{"a": 1', ":3: unexpected end of data"),
        ('["a"]', ":1: this is no JSON object"),
        ("\n", ":1: there is nothing in this file"),
    ],
)
def test_a_line_that_cannot_be_used_is_named(tmp_path, text, problem):
    path = tmp_path / "rules.jsonl"
    path.write_text(text)
    with pytest.raises(Unusable, match=f"rules.jsonl{problem}"):
        objects_of(path, compile_pattern)


def test_an_event_that_never_came_by_costs_something():
    bodies = [f'{{"a": "v{n}", "b": ["x", {{"c": {n}}}]}}'.encode() for n in range(10)]
    assert unseen([compile_pattern({"a": ["v1"]})], bodies) >= 0  # a coarse clock says 0
    assert unseen([compile_pattern({"a": ["v1"]})], bodies[:1]) is None
