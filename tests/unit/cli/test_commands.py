"""Every command in one process: what it prints, what it says, how it ends."""

import json
import os
import signal
import sqlite3

import pytest

from tests.desk import ROOT, Desk, a_report, body, lines
from triage import __version__

pytestmark = pytest.mark.slow

HOSTILE = "\x1b[31mred\x1b[0m [bold]bold[/bold] \u202egnp.exe \x9b2J"


@pytest.fixture
def case(desk: Desk) -> str:
    """One escalated case in the desk's folder."""
    desk.write("one.json", body(a_report()))
    (row,) = desk.triage("run", "--once", "one.json", "-o", "jsonl").rows
    return row["case"]


# --- what is there to see ------------------------------------------------------------------------


def test_it_says_its_version_and_what_it_can_do(desk):
    assert desk.triage("--version").answer == (0, f"triage {__version__}\n", "")
    said = desk.triage("--help")
    assert said.code == 0
    assert "Exit codes" in said.text
    assert "..." not in said.text.partition("Commands:")[2]


@pytest.mark.parametrize(
    "words",
    [("nothing",), ("case",), ("case", "show"), ("run", "x"), ("case", "list", "--status", "open")],
)
def test_wrong_words_are_a_usage_error_and_say_where_to_look(desk, words):
    said = desk.triage(*words)
    assert said.code == 2
    assert "Usage: triage" in said.text + said.err
    assert "Traceback" not in said.err


def test_nothing_there_yet_is_a_sentence(desk):
    assert desk.triage("case", "list").answer == (0, "", "no cases\n")
    assert desk.triage("quarantine", "list").answer == (0, "", "nothing in quarantine\n")
    assert desk.triage("signature", "list").answer == (0, "", "no signature holds\n")


@pytest.mark.parametrize(
    ("words", "sentence"),
    [
        (("case", "show", "abc"), "no case abc; `triage case list` shows what there is"),
        (("case", "explain", "abc"), "no case abc; `triage case list` shows what there is"),
        (("case", "replay", "abc"), "no case abc; `triage case list` shows what there is"),
        (
            ("case", "ack", "abc", "--by", "x"),
            "no case abc; `triage case list` shows what there is",
        ),
        (
            ("quarantine", "show", "abc"),
            "nothing in quarantine under abc; `triage quarantine list` shows what there is",
        ),
        (
            ("quarantine", "replay", "abc"),
            "nothing in quarantine under abc; `triage quarantine list` shows what there is",
        ),
    ],
)
def test_what_is_not_there_is_one_sentence(desk, words, sentence):
    assert desk.triage(*words).answer == (1, "", f"triage: {sentence}\n")


def test_a_case_is_listed_shown_explained_and_replayed(desk, case):
    (row,) = desk.triage("case", "list", "-o", "json").json
    assert (row["case"], row["status"], row["type"]) == (case, "escalated", "report")
    assert desk.triage("case", "list", "--type", "S3.8", "-o", "jsonl").rows == []
    assert desk.triage("case", "list", "--status", "escalated", "-o", "jsonl").rows == [row]
    page = desk.triage("case", "show", case[:6], "-o", "json").json
    assert page["case"] == case
    assert [event["event"] for event in page["history"]] == ["received", "decided"]
    told = desk.triage("case", "explain", case, "-o", "json").json
    assert told["because"][0].startswith("Somebody asks for my password: 0 earlier verdicts")
    again = desk.triage("case", "replay", case)
    assert again.code == 0
    assert again.err == "the same bytes\n"
    assert again.json["decision"] == "escalate"


def test_pages_and_tables_are_for_people(desk, case):
    shown = desk.triage("case", "show", case)
    assert f"case      {case}" in shown.text
    assert "triage verdict" in shown.text
    listed = desk.triage("case", "list").text.splitlines()
    assert listed[0].split()[:3] == ["case", "status", "severity"]
    assert [line.split()[0] for line in listed[1:]] == [case]
    assert "classifier" in desk.triage("case", "explain", case).text


def test_a_replay_that_comes_out_differently_fails(desk, case, monkeypatch):
    monkeypatch.setattr("triage.engine.commands.canonical", lambda value: str(id(value)).encode())
    said = desk.triage("case", "replay", case)
    assert said.code == 1
    assert "came out differently" in said.err


@pytest.mark.parametrize("output", ["table", "json", "jsonl"])
def test_hostile_text_reaches_no_terminal(desk, output):
    report = a_report(title=HOSTILE, account=HOSTILE, id=HOSTILE)
    desk.write("bad.json", body(report))
    said = [desk.triage("run", "--once", "bad.json", "-o", output)]
    said.append(desk.triage("case", "list", "-o", output))
    case = desk.triage("case", "list", "-o", "json").json[0]["case"]
    words = ("show", "explain")
    said += [desk.triage("case", word, case, "-o", output) for word in words]
    for one in said:
        assert one.code == 0
        assert (one.text + one.err).replace("\n", "").isprintable()
    assert "[bold]" in said[2].text


# --- who says what -------------------------------------------------------------------------------


def test_a_signed_verdict_of_somebody_listed_closes_the_case(desk, case):
    desk.people("alice")
    words = ("verdict", case, "--as", "False_Positive", "--because", "known", "--by", "alice")
    said = desk.triage(*words, "--key", "alice")
    assert said.answer == (0, f"{case} is closed: false positive, says alice\n", "")
    (row,) = desk.triage("case", "list", "--status", "closed", "-o", "jsonl").rows
    assert row["case"] == case


@pytest.mark.parametrize(
    ("by", "key", "sentence"),
    [
        ("eve", "alice", "eve is not listed in people.toml; verdicts of strangers count for"),
        ("alice", "bob", "the signature is not alice's over exactly this"),
        ("alice", "gone", "cannot sign with gone: No such file or directory"),
    ],
)
def test_any_other_verdict_counts_for_nothing(desk, case, by, key, sentence):
    desk.people("alice", "bob")
    words = ("verdict", case, "--as", "benign", "--because", "known", "--by", by, "--key", key)
    said = desk.triage(*words)
    assert said.code == 1
    assert sentence in said.err
    assert desk.triage("case", "list", "--status", "closed", "-o", "jsonl").rows == []


def test_a_verdict_nobody_knows_is_a_usage_error(desk, case):
    said = desk.triage("verdict", case, "--as", "fine", "--because", "x", "--by", "alice")
    assert said.code == 2
    assert "use one of false positive" in said.err


def test_without_a_list_of_people_nobody_gives_a_verdict(desk, case):
    desk.key("alice")
    words = ("verdict", case, "--as", "benign", "--because", "x", "--by", "alice", "--key", "alice")
    assert desk.triage(*words).code == 1


def test_somebody_listed_takes_a_case(desk, case):
    desk.people("alice")
    said = desk.triage("case", "ack", case, "--by", "alice")
    assert said.answer == (0, f"{case} is with alice; nobody else is told\n", "")
    assert desk.triage("case", "show", case, "-o", "json").json["with"] == "alice"


def test_a_stranger_stops_no_escalation(desk, case):
    desk.people("alice")
    said = desk.triage("case", "ack", case, "--by", "eve")
    sentence = "eve is not listed in people.toml; a stranger stops no escalation"
    assert said.answer == (1, "", f"triage: {sentence}\n")
    assert "with" not in desk.triage("case", "show", case, "-o", "json").json


def test_without_a_list_any_name_is_taken_and_that_is_said(desk, case):
    said = desk.triage("case", "ack", case, "--by", "whoever")
    assert said.code == 0
    assert said.err == "triage: no people.toml is configured, so any name is taken\n"


def test_a_closed_case_needs_nobody(desk, case):
    desk.people("alice")
    desk.triage(
        *("verdict", case, "--as", "test", "--because", "x", "--by", "alice", "--key", "alice")
    )
    said = desk.triage("case", "ack", case, "--by", "alice")
    assert said.code == 1
    assert "is closed, not escalated" in said.err


STATEMENT = """
[[signature]]
id = "www"
kind = "public-website"
subject = "arn:aws:s3:::www"
account = "111122223333"
types = ["S3.8"]
because = "Pages."
signed = 2026-11-01T00:00:00Z
expires = 2027-01-15T00:00:00Z
"""


def test_two_people_attest_and_then_it_holds(desk):
    desk.people("alice", "bob")
    desk.environment["TRIAGE_PATHS__SIGNATURES"] = desk.write("signatures.toml", STATEMENT)
    assert "'by' is missing" in desk.triage("signature", "list").err
    signed = [
        desk.triage("signature", "sign", "www", "--by", name, "--key", name).text
        for name in ("alice", "bob")
    ]
    desk.write("signatures.toml", STATEMENT + "[signature.by]\n" + "".join(signed))
    (row,) = desk.triage("signature", "list", "-o", "json").json
    assert (row["id"], row["people"]) == ("www", "alice bob")


def test_what_is_signed_can_be_seen_and_only_listed_people_sign(desk):
    desk.people("alice")
    assert "no file of signatures" in desk.triage("signature", "statement", "www").err
    desk.environment["TRIAGE_PATHS__SIGNATURES"] = desk.write("signatures.toml", STATEMENT)
    assert desk.triage("signature", "statement", "www").json["subject"] == "arn:aws:s3:::www"
    assert "did you mean 'www'?" in desk.triage("signature", "statement", "ww").err
    refused = desk.triage("signature", "sign", "www", "--by", "eve", "--key", "alice")
    assert refused.answer == (
        1,
        "",
        "triage: eve is not listed in people.toml; a stranger attests nothing\n",
    )
    desk.write("signatures.toml", STATEMENT.replace("2026-11-01T00:00:00Z", '"soon"'))
    assert "is no time such as" in desk.triage("signature", "statement", "www").err
    desk.write("signatures.toml", STATEMENT.replace('account = "111122223333"\n', ""))
    assert "'account' is missing" in desk.triage("signature", "statement", "www").err


# --- configuration, playbooks, audit -------------------------------------------------------------


def test_a_sound_configuration_says_so(desk):
    desk.write("triage.toml", '[[notify.contacts]]\nname = "me"\nchannel = "terminal"\n')
    assert desk.triage("config", "check").answer == (0, "", "the configuration is sound\n")


def test_every_problem_of_every_file_is_reported_together(desk):
    desk.write(
        "triage.toml",
        '[paths]\ndata = "people.toml/below"\npeople = "people.toml"\n'
        'organization = "organization.toml"\nsignatures = "signatures.toml"\n'
        'playbooks = "playbooks"\nmodel = "model.json"\narchive = "trail"\n'
        '[[notify.contacts]]\nname = "a"\nchannel = "email"\naddress = "a"\n'
        '[[notify.contacts]]\nname = "b"\nchannel = "webhook"\naddress = "hooks.example.com"\n',
    )
    desk.write("people.toml", '[people.alice]\nkeys = ["nonsense"]\n')
    desk.write("organization.toml", '[accounts.111122223333]\ntier = "prod"\n')
    desk.write("signatures.toml", "[[signature]]\nid = 'www'\n")
    desk.write("playbooks/a.yaml", "playbok: a\n")
    desk.write("model.json", "{}")
    said = desk.triage("config", "check")
    assert said.code == 3
    for part in (
        "people.toml: people.alice.keys: key 1 cannot be used: ",
        "organization.toml: accounts.111122223333.tier is 'prod', no tier",
        "signatures.toml  warning: signature www: 'kind' is missing",
        "a.yaml:1:1  ",
        "model model.json: needs name",
        "paths.data: people.toml/below cannot be written",
        "paths.archive: ",
        "notify.contacts: a: address is an e-mail address such as",
        "notify.contacts: b: address is a URL such as",
        "smtp.host: a contact wants e-mail",
    ):
        assert part in said.text, part


def test_signatures_need_people_and_settings_come_first(desk):
    desk.environment["TRIAGE_PATHS__SIGNATURES"] = desk.write("signatures.toml", "")
    said = desk.triage("config", "check")
    assert "paths.people: signatures need it" in said.text
    desk.environment["TRIAGE_WORKER__THREADS"] = "many"
    said = desk.triage("config", "check")
    assert said.answer == (
        3,
        "TRIAGE_WORKER__THREADS: worker.threads: it is a whole number, not 'many'\n",
        "",
    )
    assert desk.triage("case", "list").code == 3


def test_settings_are_shown_with_their_origin_and_secrets_hidden(desk):
    desk.environment["TRIAGE_SMTP__PASSWORD"] = "hunter2"
    said = desk.triage("config", "show", "--origin", "-o", "json")
    rows = {row["setting"]: row for row in said.json}
    assert rows["smtp.password"] == {
        "setting": "smtp.password",
        "value": "[hidden]",
        "origin": "TRIAGE_SMTP__PASSWORD",
    }
    assert "origin" not in desk.triage("config", "show", "-o", "json").json[0]
    assert "hunter2" not in desk.triage("config", "show").text


def the_playbook_of_the_readme() -> str:
    text = (ROOT / "README.md").read_text()
    return text.partition("```yaml\n")[2].partition("```")[0]


def test_the_playbook_in_the_readme_holds(desk):
    path = desk.write("a.yaml", the_playbook_of_the_readme())
    assert desk.triage("playbook", "lint", path).answer == (0, "", "1 sound, 0 problems\n")
    tested = desk.triage("playbook", "test", path)
    assert (tested.code, tested.err.splitlines()[0]) == (0, "1 of 1 hold")


def test_a_playbook_with_problems_fails_and_names_each(desk):
    path = desk.write("a.yaml", the_playbook_of_the_readme().replace("rules:", "ruels:"))
    said = desk.triage("playbook", "lint", path)
    assert said.code == 1
    assert "did you mean 'rules'?" in said.text
    (row, *_) = desk.triage("playbook", "lint", path, "-o", "jsonl").rows
    assert set(row) == {
        *("path", "line", "column", "severity"),
        *("rule", "message", "suggestion"),
    }
    assert desk.triage("playbook", "test", path).code == 1


def test_a_playbook_whose_own_tests_fail_fails(desk):
    wrong = the_playbook_of_the_readme().replace("could not find out", "whatever")
    said = desk.triage("playbook", "test", desk.write("a.yaml", wrong), "-o", "json")
    assert said.code == 1
    assert said.err.splitlines()[0] == "0 of 1 hold"
    assert said.json["tests"][0]["problem"] != "holds"


def test_playbooks_that_are_not_there_are_a_sentence(desk):
    said = desk.triage("playbook", "lint", "gone")
    assert said.code == 3
    assert "there is no such folder" in said.err


def test_an_untouched_record_is_consistent_and_a_touched_one_is_broken(desk, case):
    page = desk.triage("audit", "verify", "-o", "json")
    assert (page.code, page.json["events"], page.json["verdict"]) == (
        0,
        2,
        "internally consistent only",
    )
    with sqlite3.connect(desk.folder / ".triage" / "triage.sqlite3") as database:
        database.execute("update bodies set bytes = ? ", (b"other",))
    database.close()
    said = desk.triage("audit", "verify", "-o", "json")
    assert (said.code, said.json["verdict"]) == (1, "broken")


# --- what goes wrong -----------------------------------------------------------------------------


def test_a_data_folder_that_cannot_be_used_is_a_sentence(desk):
    desk.environment["TRIAGE_PATHS__DATA"] = "/proc/nowhere"
    said = desk.triage("case", "list")
    assert said.code == 3
    assert "cannot be used as a database" in said.err
    desk.write("data/triage.sqlite3", b"no database at all, only words" * 50)
    desk.environment["TRIAGE_PATHS__DATA"] = "data"
    said = desk.triage("case", "list")
    assert said.code == 3
    assert said.err == (
        "triage: data/triage.sqlite3 cannot be used as a database: file is not a database; "
        "look at paths.data and database.url\n"
    )


def test_a_defect_is_a_sentence_unless_somebody_wants_to_see_it(desk, monkeypatch):
    def broken(*_arguments):
        raise LookupError("\x1b[31mred")

    monkeypatch.setattr("triage.wiring.bootstrap.opened_store", broken)
    said = desk.triage("case", "list")
    assert said.answer == (
        1,
        "",
        "triage: a defect in triage, LookupError: �[31mred; `triage --debug ...` shows where\n",
    )
    with pytest.raises(LookupError):
        desk.triage("--debug", "case", "list")


def test_an_error_of_the_system_names_its_file(desk, monkeypatch):
    def full(*_arguments):
        raise OSError(28, "No space left on device", "/var/lib/triage")

    monkeypatch.setattr("triage.wiring.bootstrap.opened_store", full)
    said = desk.triage("case", "list")
    assert said.answer == (1, "", "triage: /var/lib/triage: No space left on device\n")


def test_an_interrupt_ends_with_130(desk, monkeypatch):
    monkeypatch.setattr(
        "triage.wiring.bootstrap.settings", lambda: os.kill(os.getpid(), signal.SIGINT)
    )
    assert desk.triage("case", "list").code == 130


# --- submit --------------------------------------------------------------------------------------


def test_submitting_counts_messages_and_keeps_their_bytes(desk):
    content = lines(a_report(1), a_report(2)) + b"not json\n"
    assert desk.triage("submit", "-", stdin=content).answer == (0, "", "3 on the inbox\n")
    pretty = json.dumps(a_report(3), indent=2).encode()
    assert desk.triage("submit", "-", stdin=pretty).answer == (0, "", "1 on the inbox\n")
    said = desk.triage("submit", "gone.json")
    assert said.code == 3
    assert "gone.json: there is no such file" in said.err
