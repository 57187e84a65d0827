"""`triage playbook release`: what would change, who let it decide, and what may not."""

import pytest

from tests.desk import Desk
from tests.playbooks import SOUND

OTHER = SOUND.replace("a-playbook", "other")


@pytest.fixture
def written(desk: Desk) -> Desk:
    desk.people("alice")
    desk.write("playbooks/a.yaml", SOUND)
    desk.environment["TRIAGE_PATHS__PLAYBOOKS"] = "playbooks"
    desk.environment["TRIAGE_PATHS__RELEASES"] = "releases"
    return desk


def release(desk: Desk, *words: str, by: str = "alice"):
    return desk.triage(
        "playbook", "release", "--by", by, "--key", "alice", "--because", "it is sound", *words
    )


def test_a_release_is_signed_listed_and_shown_as_a_difference_to_the_next(written):
    assert release(written).code == 0
    listed = written.triage("playbook", "releases", "-o", "json").json
    assert [(one["by"], one["because"]) for one in listed] == [("alice", "it is sound")]
    assert written.triage("playbook", "release", "--show").text == ""
    written.write("playbooks/b.yaml", OTHER)
    shown = written.triage("playbook", "release", "--show").text.splitlines()
    assert shown[:4] == [
        "--- released/b.yaml",
        "+++ waiting/b.yaml",
        f"@@ -0,0 +1,{len(OTHER.splitlines())} @@",
        "+playbook: other",
    ]


def test_before_the_first_release_everything_is_new(written):
    shown = written.triage("playbook", "release", "--show").text
    assert "+playbook: a-playbook" in shown
    assert written.triage("playbook", "releases").answer == (0, "", "nothing is released\n")


@pytest.mark.parametrize(
    ("text", "problem"),
    [
        (SOUND.replace("close:", "clos:"), "a.yaml:"),
        (SOUND.replace("expect: { close: no longer present }", "expect: { escalate: high }"), ""),
    ],
)
def test_what_fails_lint_or_its_own_tests_is_not_released(written, text, problem):
    written.write("playbooks/a.yaml", text)
    said = release(written)
    assert said.code == 1
    assert problem in said.err
    assert written.triage("playbook", "releases").err == "nothing is released\n"


def test_a_stranger_releases_nothing(written):
    said = release(written, by="mallory")
    assert said.code != 0
    assert "mallory is not listed in people.toml" in said.err


def test_a_release_says_who_and_why(written):
    said = written.triage("playbook", "release")
    assert said.code == 2
    assert "--by" in said.err


def test_without_a_folder_of_releases_there_is_nothing_to_release_into(written):
    del written.environment["TRIAGE_PATHS__RELEASES"]
    said = release(written)
    assert said.code == 3
    assert "no folder of releases is configured" in said.err


def test_a_file_that_is_no_release_is_named(written):
    written.write("releases/1.json", "{}")
    said = written.triage("playbook", "releases")
    assert "1.json: " in said.err


def test_the_daemon_does_not_start_with_playbooks_nobody_released(written):
    said = written.triage("up")
    assert said.code == 3
    assert "no set of playbooks is released yet" in said.err
