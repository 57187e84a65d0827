"""Many files, one set."""

from tests.builders import a_ticket, an_account
from tests.playbooks import SOUND
from triage.playbook.loader import load
from triage.playbook.view import ticket_view
from triage.remediations.vocabulary import VOCABULARY

BROKEN = SOUND.replace("close: no longer", "close: no longr").replace("a-playbook", "broken")


def test_a_broken_file_keeps_no_other_from_loading():
    loaded = load({"a.yaml": SOUND, "b.yaml": BROKEN}, VOCABULARY)
    assert [one.name for one in loaded.playbooks] == ["a-playbook"]
    assert {one.path for one in loaded.problems} == {"b.yaml"}
    assert not loaded.sound


def test_a_name_belongs_to_the_first_file_that_takes_it():
    loaded = load({"b.yaml": SOUND, "a.yaml": SOUND}, VOCABULARY)
    assert [one.path for one in loaded.playbooks] == ["a.yaml"]
    assert [str(one) for one in loaded.problems] == [
        "b.yaml:1:1  a-playbook is the name of a.yaml already"
    ]


def test_the_digest_names_the_exact_texts():
    one = load({"a.yaml": SOUND}, VOCABULARY)
    assert one.digest == load({"a.yaml": SOUND}, VOCABULARY).digest
    assert one.digest != load({"a.yaml": SOUND + "\n"}, VOCABULARY).digest


def test_playbooks_are_found_by_type_and_without_one():
    anywhere = SOUND.replace('type: ["S3.8"]', "class: [posture]").replace("a-playbook", "open")
    text = anywhere.replace("close: no longer present\n    b", "close: benign\n    b")
    loaded = load({"a.yaml": SOUND, "b.yaml": text}, VOCABULARY)
    view = ticket_view(a_ticket(), an_account())
    assert [one.name for one in loaded.index.matching(view)] == ["a-playbook", "open"]
    other = ticket_view(a_ticket(type="S3.1"), an_account())
    assert [one.name for one in loaded.index.matching(other)] == ["open"]
