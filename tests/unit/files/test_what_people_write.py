"""People, organisation, playbooks, model: what holds, and every problem of what does not."""

import json
from pathlib import Path

import pytest

from triage.adapters.files.organisation import read_organisation
from triage.adapters.files.people import read_people
from triage.adapters.files.playbooks import BYTES_MAX, read_model, read_playbooks
from triage.adapters.files.problems import InvalidFile
from triage.domain.account import Account, Organisation, Origin, Tier
from triage.domain.person import People, Person

ROOT = Path(__file__).resolve().parents[3]


def written(tmp_path: Path, content: str) -> Path:
    path = tmp_path / "file.toml"
    path.write_text(content)
    return path


def refused(read, path: Path) -> list[str]:
    with pytest.raises(InvalidFile) as error:
        read(path)
    return [one.replace(f"{path.parent}/", "") for one in error.value.problems]


def test_people_are_names_with_keys(tmp_path):
    path = written(
        tmp_path,
        '[people.alice]\nkeys = ["ssh-ed25519 AAAA"]\nemail = "a@example.com"\nmanager = "bob"\n'
        "[people.bob]\n",
    )
    assert read_people(path) == People(
        people={
            "alice": Person(
                name="alice", keys=("ssh-ed25519 AAAA",), email="a@example.com", manager="bob"
            ),
            "bob": Person(name="bob"),
        }
    )


def test_every_problem_with_people_is_reported(tmp_path):
    path = written(
        tmp_path,
        'peopel = 1\n[people]\ncarol = 1\n[people.alice]\nkey = "x"\n'
        '[people.bob]\nkeys = "x"\nmanager = "eve"\n',
    )
    assert refused(read_people, path) == [
        "file.toml: the file has no key 'peopel'; did you mean 'people'?",
        "file.toml: people.carol is a table of keys, email and manager",
        "file.toml: people.alice has no key 'key'; did you mean 'keys'?",
        "file.toml: people.bob.keys is a list of OpenSSH public keys",
        "file.toml: people.bob.manager is 'eve', who is not listed",
    ]


@pytest.mark.parametrize(
    ("read", "word"), [(read_people, "people"), (read_organisation, "accounts")]
)
@pytest.mark.parametrize("value", ["1", "[]", '"x"'])
def test_a_section_that_is_no_table_is_a_sentence(tmp_path, read, word, value):
    assert refused(read, written(tmp_path, f"{word} = {value}")) == [
        f"file.toml: {word} is a table, such as [{word}.NAME]"
    ]


def test_an_organisation_is_accounts_and_principals(tmp_path):
    path = written(
        tmp_path,
        'engine_roles = ["arn:aws:iam::111122223333:role/read"]\n'
        '[accounts.111122223333]\nname = "shop"\ntier = "staging"\nowner = "team"\n',
    )
    shop = Account(
        id="111122223333",
        name="shop",
        tier=Tier.STAGING,
        owner="team",
        listed=True,
        origins=dict.fromkeys(("name", "tier", "owner"), Origin.FILE),
    )
    assert read_organisation(path) == Organisation(
        accounts={"111122223333": shop},
        engine_roles=frozenset({"arn:aws:iam::111122223333:role/read"}),
    )


def test_every_problem_with_an_organisation_is_reported(tmp_path):
    path = written(
        tmp_path,
        'acounts = 1\nengine_roles = ["read"]\nbreak_glass = "x"\n[accounts]\n111122223333 = 1\n'
        '[accounts.222233334444]\ntier = "prodcution"\nowners = "x"\n[accounts.333344445555]\n'
        '[accounts.shop]\ntier = "staging"\n',
    )
    assert refused(read_organisation, path) == [
        "file.toml: the file has no key 'acounts'; did you mean 'accounts'?",
        "file.toml: accounts.111122223333 is a table of name, tier and owner",
        "file.toml: accounts.222233334444 has no key 'owners'; did you mean 'owner'?",
        (
            "file.toml: accounts.222233334444.tier is 'prodcution', no tier;"
            " did you mean 'production'?"
        ),
        f"file.toml: accounts.333344445555 says no tier; use one of {', '.join(Tier)}",
        "file.toml: accounts.shop: an account id has twelve digits",
        "file.toml: engine_roles is a list of role or user ARNs",
        "file.toml: break_glass is a list of role or user ARNs",
    ]


@pytest.mark.parametrize("read", [read_people, read_organisation])
def test_a_file_that_cannot_be_read_says_why(tmp_path, read):
    (gone,) = refused(read, tmp_path / "gone.toml")
    assert gone == "gone.toml: No such file or directory"
    (broken,) = refused(read, written(tmp_path, "[people\n"))
    assert "line 1" in broken
    (tmp_path / "file.toml").write_bytes(b"\xff")
    (bytes_,) = refused(read, tmp_path / "file.toml")
    assert "utf-8" in bytes_


@pytest.mark.parametrize("name", ["people", "organization"])
def test_the_examples_hold(name):
    read = {"people": read_people, "organization": read_organisation}[name]
    assert read(ROOT / "deploy" / f"{name}.toml.example")


def test_playbooks_are_texts_by_path(tmp_path):
    (tmp_path / "storage").mkdir()
    (tmp_path / "storage" / "a.yaml").write_text("a")
    (tmp_path / "b.yml").write_text("b")
    (tmp_path / "README.md").write_text("no playbook")
    assert read_playbooks(tmp_path) == {"storage/a.yaml": "a", "b.yml": "b"}
    assert read_playbooks(tmp_path / "b.yml") == {"b.yml": "b"}


def test_playbooks_that_cannot_be_read_say_why(tmp_path):
    folder = tmp_path / "playbooks"
    assert refused(read_playbooks, folder) == ["playbooks: there is no such folder of playbooks"]
    folder.mkdir()
    (folder / "big.yaml").write_text("x" * (BYTES_MAX + 1))
    (big,) = refused(read_playbooks, folder)
    assert big.endswith("big.yaml: a playbook has at most 256 KiB")
    (folder / "big.yaml").write_bytes(b"\xff")
    assert "utf-8" in refused(read_playbooks, folder)[0]


def test_a_playbook_does_not_lead_out_of_its_folder(tmp_path):
    (tmp_path / "secret.yaml").write_text("secret")
    (tmp_path / "playbooks").mkdir()
    (tmp_path / "playbooks" / "a.yaml").symlink_to(tmp_path / "secret.yaml")
    (found,) = refused(read_playbooks, tmp_path / "playbooks")
    assert "leads out of" in found


def test_a_model_is_a_json_object(tmp_path):
    path = tmp_path / "model.json"
    path.write_text(json.dumps({"a": 1}))
    assert read_model(path) == {"a": 1}
    path.write_text("[]")
    assert refused(read_model, path) == ["model.json: a model is a JSON object"]
    path.write_text("{")
    assert len(refused(read_model, path)) == 1
    assert len(refused(read_model, tmp_path / "gone.json")) == 1
