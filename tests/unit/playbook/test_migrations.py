"""From one version of the language to the next: the text is changed where it must be, and shown."""

import pytest

from tests.playbooks import SHIPPED, SOUND, checked
from triage.playbook.build import LANGUAGES
from triage.playbook.document import read
from triage.playbook.writing.layout import Unwritable
from triage.playbook.writing.migrations import MIGRATIONS, migrated
from triage.remediations.vocabulary import VOCABULARY
from triage.stages.rehearse import rehearse

OLD = """\
# about it
playbook: a-playbook # its name
title: A playbook
owner: somebody
why: Because.
match: { type: ["S3.8"] }
evidence: { bucket: { ask: s3.public_access } }
rules:
  - rule: block it
    when: not bucket.public_access_blocked
    resolve: [{ fix: s3.block_public_access }]
    because: "It is off."
tests:
  - test: it is blocked
    ticket: { like: securityhub-s3.8 }
    evidence: { bucket: { public_access_blocked: false } }
    expect: { resolve: s3.block_public_access } # one of them
"""
NEW = OLD.replace("# its name\n", "# its name\nlanguage: 2\n").replace(
    "resolve: s3.block_public_access }", "resolve: [s3.block_public_access] }"
)


def test_there_is_a_way_from_every_version_to_the_last():
    assert tuple(MIGRATIONS) == LANGUAGES[1:]
    assert list(LANGUAGES) == list(range(1, LANGUAGES[-1] + 1))


def test_the_second_version_expects_repairs_as_a_list():
    assert migrated(OLD) == NEW
    for text in (OLD, NEW):
        found = checked(text)
        assert found.problems == ()
        assert [one.problem for one in rehearse(found.playbook, VOCABULARY)] == [""]
    half = OLD.replace("# its name\n", "# its name\nlanguage: 2\n")
    assert [str(one) for one in checked(half).problems] == [
        "p.yaml:18:24  'resolve' takes a list of fixes"
    ]


def test_what_is_of_the_last_version_stays_as_it_is():
    assert migrated(NEW) == NEW


def test_a_version_that_is_written_is_written_over():
    first = OLD.replace("# its name\n", "# its name\nlanguage: 1 # so far\n")
    assert migrated(first) == NEW.replace("language: 2", "language: 2 # so far")


@pytest.mark.parametrize("path", sorted(SHIPPED)[::8])
def test_whatever_ships_can_be_migrated_and_says_the_same(path):
    before, after = (
        read(path, text)[0].content for text in (SHIPPED[path], migrated(SHIPPED[path]))
    )
    assert after.pop("language") == LANGUAGES[-1]
    before.pop("language", None)
    assert after == before


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("a: [", "lint finds it broken"),
        ("language: 3\n", "3 is no version"),
        ("title: x\n", "does not begin with `playbook"),
        ("{ playbook: x }\n", "does not begin with `playbook"),
        ("playbook: x\nplaybook: y\n", "lint finds it broken"),
    ],
)
def test_what_cannot_be_migrated_says_why(text, sentence):
    with pytest.raises(Unwritable, match=sentence):
        migrated(text)


@pytest.mark.parametrize("version", ["0", "3", "true", "two"])
def test_lint_knows_the_versions_there_are(version):
    text = SOUND.replace("title:", f"language: {version}\ntitle:")
    assert [str(one) for one in checked(text).problems] == [
        "p.yaml:2:11  the language is one of 1, 2"
    ]


def test_the_command_shows_a_diff_and_writes_only_when_told(desk):
    path = desk.write("p.yaml", OLD)
    shown = desk.triage("playbook", "migrate", path)
    assert (shown.code, shown.err) == (0, "would migrate: 1 of 1\n")
    assert "+language: 2\n" in shown.text
    assert "-    expect: { resolve: s3.block_public_access } # one of them\n" in shown.text
    assert (desk.folder / path).read_text() == OLD
    assert desk.triage("playbook", "migrate", path, "--write").answer == (
        0,
        "p.yaml\n",
        "migrated: 1 of 1\n",
    )
    assert (desk.folder / path).read_text() == NEW
    broken = desk.triage("playbook", "migrate", desk.write("q.yaml", "a: ["))
    assert broken.code == 1
    assert broken.err.startswith("q.yaml: lint finds it broken")
