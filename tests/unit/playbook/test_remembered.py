"""What was found of a text before is found again, and nothing else is."""

import json

import pytest

from tests.playbooks import SHIPPED, SOUND
from triage.adapters.files.remembered import read_remembered, write_remembered
from triage.playbook import loader
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY

WARNED = SOUND.replace("evidence:\n", "evidence:\n  change: { ask: cloudtrail.last_change }\n")
FILES = {
    **SHIPPED,
    "sound.yaml": SOUND,
    "warned.yaml": WARNED.replace("a-playbook", "warned"),
    "broken.yaml": SOUND.replace("close:", "clos:").replace("a-playbook", "broken"),
    "no.yaml": "{",
}


@pytest.fixture
def no_check(monkeypatch):
    def refuse(*_arguments):
        raise AssertionError("this text was checked before")

    monkeypatch.setattr(loader, "check", refuse)


def stored(entries):
    return json.loads(json.dumps(dict(entries)))


def test_what_is_remembered_is_what_a_check_finds(monkeypatch):
    first = load(FILES, VOCABULARY)
    assert len(first.problems) > 2
    monkeypatch.setattr(loader, "check", None)
    again = load(FILES, VOCABULARY, stored(first.entries))
    assert (again.playbooks, again.problems, again.digest) == (
        first.playbooks,
        first.problems,
        first.digest,
    )
    assert stored(again.entries) == stored(first.entries)


def test_a_remembered_text_is_not_checked_again(no_check):
    with pytest.raises(AssertionError):
        load({"sound.yaml": SOUND}, VOCABULARY)


def test_another_text_is_checked(monkeypatch):
    entries = stored(load({"sound.yaml": SOUND}, VOCABULARY).entries)
    changed = load({"sound.yaml": SOUND.replace("why: Because.", "why: ''")}, VOCABULARY, entries)
    assert changed.playbooks[0].why == ""
    assert len(changed.entries) == 1


@pytest.mark.parametrize(
    "entry",
    [
        {},
        {"problems": [["too", "short"]]},
        {"problems": "x"},
        {"problems": [], "content": [], "lines": {}},
        {"problems": [], "content": {"playbook": "a-playbook"}, "lines": {}},
        {"problems": [], "content": {}, "lines": {"x": 1}},
    ],
)
def test_an_entry_that_holds_something_else_is_passed_over(entry):
    name = next(iter(load({"sound.yaml": SOUND}, VOCABULARY).entries))
    again = load({"sound.yaml": SOUND}, VOCABULARY, {name: entry})
    assert again.playbooks == load({"sound.yaml": SOUND}, VOCABULARY).playbooks


def test_a_file_gives_back_what_was_written(tmp_path):
    path = tmp_path / "playbooks.json"
    entries = stored(load(FILES, VOCABULARY).entries)
    assert write_remembered(path, "code", entries)
    assert read_remembered(path, "code") == entries
    assert [one.name for one in tmp_path.iterdir()] == ["playbooks.json"]


def test_a_file_of_other_code_a_torn_one_and_none_are_empty(tmp_path):
    path = tmp_path / "playbooks.json"
    assert read_remembered(path, "code") == {}
    write_remembered(path, "code", {"a": {"problems": []}})
    assert read_remembered(path, "other code") == {}
    body = path.read_bytes()
    for torn in (body[:-3], body.replace(b"problems", b"problemz"), b"", b"\xff\n{}", b"[]\n[]"):
        path.write_bytes(torn)
        assert read_remembered(path, "code") == {}


def test_a_folder_that_cannot_be_written_harms_nothing(tmp_path):
    assert write_remembered(tmp_path / "no" / "such" / "file", "code", {}) is False
