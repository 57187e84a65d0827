"""Playbooks that change under a running engine."""

import os
from datetime import timedelta

import pytest

from tests.builders import NOON
from tests.playbooks import SOUND
from triage.adapters.files.playbook_folder import FilePlaybooks
from triage.engine.reload import Kept, Reloader, Renewed, renew
from triage.playbook.loader import load
from triage.remediations.vocabulary import VOCABULARY

OTHER = SOUND.replace("a-playbook", "other")
BROKEN = SOUND.replace("close:", "clos:")


class Hands:
    """A clock that stands still until it is turned."""

    def __init__(self):
        self.time = NOON

    def now(self):
        return self.time

    def wait(self, seconds):
        self.time += timedelta(seconds=seconds)


@pytest.fixture
def folder(tmp_path):
    (tmp_path / "a.yaml").write_text(SOUND)
    return tmp_path


@pytest.fixture
def told():
    return []


@pytest.fixture
def reloader(folder, told):
    place = FilePlaybooks(folder)
    return Reloader(
        folder=place,
        vocabulary=VOCABULARY,
        clock=Hands(),
        current=load(place.read(), VOCABULARY),
        told=told.append,
    )


def look(reloader):
    reloader.clock.wait(10)
    return reloader.step()


def names(reloader):
    return [one.name for one in reloader.current.playbooks]


def test_a_new_playbook_joins_the_set(reloader, folder, told):
    assert look(reloader) == 0
    (folder / "b.yaml").write_text(OTHER)
    assert look(reloader) == 1
    assert names(reloader) == ["a-playbook", "other"]
    assert told == [Renewed(loaded=reloader.current, files=reloader.folder.read())]


def test_a_broken_file_keeps_the_last_good_set_and_says_so(reloader, folder, told):
    before = reloader.current
    (folder / "a.yaml").write_text(BROKEN)
    (folder / "b.yaml").write_text(OTHER)
    assert look(reloader) == 0
    assert reloader.current is before
    assert reloader.note().startswith("the last good playbooks stay in use: a.yaml:")
    assert [type(one) for one in told] == [Kept]
    assert look(reloader) == 0
    assert len(told) == 1, "it is said once"


def test_a_mended_file_takes_the_note_away(reloader, folder, told):
    (folder / "a.yaml").write_text(BROKEN)
    look(reloader)
    (folder / "a.yaml").write_text(SOUND)
    look(reloader)
    assert (reloader.note(), told[-1]) == ("", Kept())


def test_a_folder_that_is_gone_or_empty_keeps_the_last_good_set(reloader, folder):
    (folder / "a.yaml").unlink()
    look(reloader)
    assert "there is no playbook any more" in reloader.note()
    folder.rmdir()
    look(reloader)
    assert "there is no such folder" in reloader.note()
    assert names(reloader) == ["a-playbook"]
    folder.mkdir()
    (folder / "a.yaml").write_text(OTHER)
    assert look(reloader) == 1
    assert (names(reloader), reloader.note()) == (["other"], "")


def test_a_folder_that_changes_while_it_is_read_is_read_again(reloader, folder):
    class Changing(FilePlaybooks):
        def read(self):
            found = super().read()
            (folder / "c.yaml").write_text(SOUND.replace("a-playbook", "third"))
            return found

    (folder / "b.yaml").write_text(OTHER)
    settled, reloader.folder = reloader.folder, Changing(folder)
    assert look(reloader) == 0
    assert names(reloader) == ["a-playbook"]
    reloader.folder = settled
    assert look(reloader) == 1
    assert names(reloader) == ["a-playbook", "other", "third"]


def test_a_touched_file_with_the_same_text_is_no_new_set(reloader, folder, told):
    look(reloader)
    os.utime(folder / "a.yaml", ns=(1, 1))
    assert look(reloader) == 0
    assert told == []


def test_it_looks_no_more_often_than_it_is_told_to(reloader, folder):
    look(reloader)
    (folder / "b.yaml").write_text(OTHER)
    assert reloader.step() == 0
    assert look(reloader) == 1


def test_many_problems_are_counted(reloader, folder):
    for number in range(5):
        (folder / f"{number}.yaml").write_text("{")
    look(reloader)
    assert reloader.note().endswith("; and 2 more")


def test_renewal_is_a_function_of_what_is_there():
    current = load({"a.yaml": SOUND}, VOCABULARY)
    assert renew(current, {"a.yaml": SOUND}, VOCABULARY) == Kept()
    assert renew(load({}, VOCABULARY), {}, VOCABULARY) == Kept()
    renewal = renew(current, {"b.yaml": OTHER}, VOCABULARY)
    assert isinstance(renewal, Renewed)
    assert [one.name for one in renewal.loaded.playbooks] == ["other"]
