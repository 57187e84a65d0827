"""Settings: where a value comes from, what is wrong with it, and what is never said."""

import re
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest
from pydantic import BaseModel

from triage.settings import Contact, InvalidSettings, Settings, origin, read_settings

ROOT = Path(__file__).resolve().parents[3]
EXAMPLE = ROOT / "deploy" / "triage.toml.example"


def read(tmp_path: Path, toml: str = "", **environment: str):
    file = tmp_path / "triage.toml"
    file.write_text(toml)
    return read_settings({"TRIAGE_CONFIG": str(file), **environment})


def problems(tmp_path: Path, toml: str = "", **environment: str) -> list[str]:
    with pytest.raises(InvalidSettings) as refused:
        read(tmp_path, toml, **environment)
    return [one.replace(f"{tmp_path}/", "") for one in refused.value.problems]


def where(loaded: Any, key: str) -> tuple[str, str]:
    return next((one.value, one.origin) for one in origin(loaded) if one.key == key)


def test_nothing_given_is_the_defaults(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    loaded = read_settings({})
    assert loaded.settings == Settings()
    assert {one.origin for one in origin(loaded)} == {"default"}


def test_the_environment_comes_before_the_file_and_each_value_says_where_it_is_from(tmp_path):
    loaded = read(
        tmp_path,
        "[worker]\nthreads = 3\nlease_seconds = 30\n",
        TRIAGE_WORKER__THREADS="5",
        OTHER="ignored",
    )
    file = str(tmp_path / "triage.toml")
    assert where(loaded, "worker.threads") == ("5", "TRIAGE_WORKER__THREADS")
    assert where(loaded, "worker.lease_seconds") == ("30.0", file)
    assert where(loaded, "worker.poll_seconds") == ("1", "default")


def test_a_variable_that_ends_in_file_names_a_file_with_the_value(tmp_path):
    (tmp_path / "secret").write_text("hunter2\n")
    loaded = read(tmp_path, TRIAGE_SMTP__PASSWORD_FILE=str(tmp_path / "secret"))
    assert loaded.settings.smtp.password.get_secret_value() == "hunter2"
    assert where(loaded, "smtp.password") == ("[hidden]", "TRIAGE_SMTP__PASSWORD_FILE")


def test_contacts_come_from_the_environment_as_json(tmp_path):
    given = '[{"name": "on call", "channel": "email", "address": "a@example.com"}]'
    loaded = read(tmp_path, TRIAGE_NOTIFY__CONTACTS=given)
    assert loaded.settings.notify.contacts == (
        Contact(name="on call", channel="email", address="a@example.com"),
    )
    assert where(loaded, "notify.contacts") == ("on call (email)", "TRIAGE_NOTIFY__CONTACTS")


WRONG: list[tuple[str, str]] = [
    (
        "[worker]\nlease_second = 1",
        "worker.lease_second: there is no such setting; did you mean worker.lease_seconds?",
    ),
    ("[workers]\nthreads = 1", "workers: there is no such setting; did you mean worker?"),
    ("[zzz]\nqqq = 1", "zzz: there is no such setting"),
    ("[worker]\nthreads = 'many'", "worker.threads: it is a whole number, not 'many'"),
    (
        "[worker]\nthreads = 0",
        "worker.threads: input should be greater than or equal to 1, not '0'",
    ),
    (
        "[worker]\nlease_seconds = inf",
        "worker.lease_seconds: input should be a finite number, not 'inf'",
    ),
    (
        "[worker]\nlease_seconds = 1e9",
        "worker.lease_seconds: input should be less than or equal to 3600, not '1000000000.0'",
    ),
    ("worker = 5", "worker: it is a group of settings, [in brackets], not '5'"),
    ("[smtp]\nstarttls = 'perhaps'", "smtp.starttls: it is true or false, not 'perhaps'"),
    ("[paths]\ndata = ['a']", "paths.data: it is a path"),
    (
        "[log]\nlevel = 'xinfo'",
        (
            "log.level: input should be 'debug', 'info', 'warning' or 'error',"
            " not 'xinfo'; did you mean 'info'?"
        ),
    ),
    ("[notify]\ncontacts = 5", "notify.contacts: it is a list of tables"),
    ("[[notify.contacts]]\nchannel = 'email'", "notify.contacts.0.name: it is missing"),
    (
        "[[notify.contacts]]\nname = 'a'\nchannel = 'emial'",
        (
            "notify.contacts.0.channel: input should be 'email', 'webhook' or 'terminal',"
            " not 'emial'; did you mean 'email'?"
        ),
    ),
    (
        "[[notify.contacts]]\nname = 'a'\nchannel = 'email'\nadress = 'x'",
        "notify.contacts.0.adress: there is no such setting; did you mean notify.contacts.address?",
    ),
]


@pytest.mark.parametrize(("toml", "sentence"), WRONG)
def test_a_problem_names_its_file_its_key_and_the_nearest_right_word(tmp_path, toml, sentence):
    assert problems(tmp_path, toml) == [f"triage.toml: {sentence}"]


def test_problems_of_file_and_environment_are_reported_together(tmp_path):
    found = problems(
        tmp_path,
        "[worker]\nthreads = 'many'\n[http]\nport = 70000\n",
        TRIAGE_HTTP__PRT="1",
        TRIAGE_SMTP__PASSWORD_FILE="/nowhere/at/all",
        TRIAGE_NOTIFY__CONTACTS="[{]",
    )
    assert sorted(found) == [
        "TRIAGE_HTTP__PRT: http.prt: there is no such setting; did you mean http.port?",
        "TRIAGE_NOTIFY__CONTACTS: notify.contacts: it is no JSON list",
        "TRIAGE_SMTP__PASSWORD_FILE: [Errno 2] No such file or directory: '/nowhere/at/all'",
        "triage.toml: http.port: input should be less than or equal to 65535, not '70000'",
        "triage.toml: worker.threads: it is a whole number, not 'many'",
    ]


def test_a_file_that_is_no_toml_says_where(tmp_path):
    (found,) = problems(tmp_path, "[worker\n")
    assert found.startswith("triage.toml: ")
    assert "line 1" in found


def test_a_file_that_was_named_has_to_be_there():
    with pytest.raises(InvalidSettings, match="No such file"):
        read_settings({"TRIAGE_CONFIG": "/nowhere/triage.toml"})


@pytest.mark.parametrize(
    "toml",
    [
        "[webhook]\nsecret = 4711471147114711",
        "[smtp]\npassword = [4711471147114711]",
        "[aws]\nexternal_id = 4711471147114711",
        "[[notify.contacts]]\nname = 'a'\nchannel = 'webhook'\naddress = 4711471147114711",
        "[[notify.contacts]]\nchannel = 'webhook'\naddress = 'https://example.com/4711471147114711'",
    ],
)
def test_what_may_be_a_secret_is_not_in_a_message(tmp_path, toml):
    assert "4711471147114711" not in "\n".join(problems(tmp_path, toml))


def test_secrets_are_hidden_when_shown(tmp_path):
    toml = (
        "[smtp]\npassword = 'hunter2'\n[webhook]\nsecret = 'hunter2'\n"
        "[aws]\nexternal_id = 'hunter2'\n"
        "[[notify.contacts]]\nname = 'chat'\nchannel = 'webhook'\naddress = 'https://h/hunter2'\n"
    )
    loaded = read(tmp_path, toml)
    assert "hunter2" not in str([*origin(loaded), loaded.settings.smtp, loaded.settings.webhook])


# --- the example ---------------------------------------------------------------------------------


def leaves(group: BaseModel, above: str = "") -> Mapping[str, Any]:
    found: dict[str, Any] = {}
    for name in type(group).model_fields:
        value = getattr(group, name)
        if isinstance(value, BaseModel):
            found |= leaves(value, f"{above}{name}.")
        else:
            found[above + name] = value
    return found


def uncommented(text: str) -> str:
    return re.sub(r"(?m)^# (?=\[\[|[a-z_]+ = )", "", text)


def test_the_example_is_the_defaults(tmp_path):
    assert read(tmp_path, EXAMPLE.read_text()).settings == Settings()


def test_the_example_names_every_setting():
    named = tomllib.loads(uncommented(EXAMPLE.read_text()))
    flat = {f"{group}.{key}" for group, keys in named.items() for key in keys}
    assert flat == set(leaves(Settings()))
    assert set(named["notify"]["contacts"][0]) == set(Contact.model_fields)


def test_the_example_with_everything_uncommented_holds(tmp_path):
    loaded = read(tmp_path, uncommented(EXAMPLE.read_text()))
    assert [one.name for one in loaded.settings.notify.contacts] == ["on call", "chat"]
    assert loaded.settings.paths.people == Path("people.toml")


def test_every_setting_says_what_it_means():
    def silent(group: type[BaseModel]) -> list[str]:
        return [
            f"{group.__name__}.{name}"
            for name, field in group.model_fields.items()
            if not field.description and not isinstance(field.default, BaseModel)
        ]

    groups = {type(getattr(Settings(), name)) for name in Settings.model_fields} | {Contact}
    assert [name for group in groups for name in silent(group)] == []
