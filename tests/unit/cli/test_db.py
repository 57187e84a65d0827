"""`triage db`: prepared, checked, copied; and Triage on PostgreSQL as an operator sees it."""

import pytest

from tests import postgres
from tests.desk import Desk, a_report, body
from triage.adapters.storage.schema import REVISION

pytestmark = pytest.mark.slow


@pytest.fixture
def empty(desk: Desk) -> str:
    """A desk whose settings name a PostgreSQL with nothing in it."""
    desk.write("triage.toml", f'[database]\nurl = "{postgres.empty_database()}"\n')
    return "`triage db upgrade` leads there"


def test_on_postgresql_everything_names_the_command_until_it_was_given(desk, empty):
    for words in (("case", "list"), ("db", "check"), ("audit", "verify")):
        said = desk.triage(*words)
        assert (said.code, empty in said.err) == (3, True)
    assert "database.url: postgresql+psycopg://" in desk.triage("config", "check").text
    first = desk.triage("db", "upgrade", "-o", "json").json
    assert (first["before"], first["schema"]) == ("nothing", REVISION)
    assert "***" in first["database"]
    again = desk.triage("db", "upgrade", "-o", "json").json
    assert again["before"] == REVISION
    assert desk.triage("db", "check", "-o", "json").json == {
        "database": first["database"],
        "schema": REVISION,
        "known": REVISION,
        "clock_ahead_seconds": 0.0,
    }
    assert empty not in desk.triage("config", "check").text


def test_tickets_are_worked_on_and_kept_on_postgresql(desk, empty):
    desk.triage("db", "upgrade")
    desk.write("one.json", body(a_report()))
    (row,) = desk.triage("run", "--once", "one.json", "-o", "jsonl").rows
    assert [one["case"] for one in desk.triage("case", "list", "-o", "jsonl").rows] == [row["case"]]
    assert desk.triage("submit", "one.json").code == 0
    assert desk.triage("audit", "verify", "-o", "json").json["problems"] == []
    assert not list(desk.folder.rglob("*.sqlite3"))


def test_a_folder_that_is_named_is_the_embedded_store_all_the_same(desk, empty):
    desk.write("one.json", body(a_report()))
    assert desk.triage("run", "--once", "one.json", "--data", "here").code == 0
    assert (desk.folder / "here" / "triage.sqlite3").exists()


def test_a_backup_is_a_store_of_its_own_and_overwrites_nothing(desk):
    desk.write("one.json", body(a_report()))
    (row,) = desk.triage("run", "--once", "one.json", "-o", "jsonl").rows
    said = desk.triage("db", "backup", "copy", "-o", "json")
    assert said.json == {"copied": ["copy/inbox.sqlite3", "copy/triage.sqlite3"]}
    again = desk.triage("db", "backup", "copy")
    assert (again.code, again.err) == (
        1,
        "triage: copy/inbox.sqlite3 is there already; name another folder\n",
    )
    desk.write("triage.toml", '[paths]\ndata = "copy"\n')
    assert [one["case"] for one in desk.triage("case", "list", "-o", "jsonl").rows] == [row["case"]]
    assert desk.triage("audit", "verify", "-o", "json").json["problems"] == []


def test_the_embedded_store_is_checked_and_upgraded_by_the_same_words(desk):
    assert desk.triage("db", "upgrade", "-o", "json").json == {
        "database": ".triage/triage.sqlite3",
        "before": "nothing",
        "schema": REVISION,
    }
    assert desk.triage("db", "check").code == 0
    assert desk.triage("db", "upgrade", "-o", "json").json["before"] == REVISION


def test_an_embedded_store_moves_to_postgresql_and_is_not_put_over_what_is_there(desk, empty):
    desk.write("triage.toml", "")
    desk.write("one.json", body(a_report()))
    (row,) = desk.triage("run", "--once", "one.json", "-o", "jsonl").rows
    assert desk.triage("db", "backup", "copy").code == 0
    desk.write("triage.toml", f'[database]\nurl = "{postgres.empty_database()}"\n')
    said = desk.triage("db", "restore", "copy", "-o", "json").json
    assert ("***" in said["database"], said["restored"]) == (True, "copy")
    assert [one["case"] for one in desk.triage("case", "list", "-o", "jsonl").rows] == [row["case"]]
    assert desk.triage("case", "replay", row["case"]).code == 0
    again = desk.triage("db", "restore", "copy")
    assert (again.code, "is not empty; `--replace` deletes what is in it" in again.err) == (1, True)
    assert desk.triage("db", "restore", "copy", "--replace").code == 0
    assert desk.triage("db", "backup", "back", "-o", "json").json == {
        "copied": ["back/inbox.sqlite3", "back/triage.sqlite3"]
    }
    desk.write("triage.toml", '[paths]\ndata = "back"\n')
    assert desk.triage("audit", "verify", "-o", "json").json["problems"] == []


def test_nothing_is_deleted_unless_settings_and_the_command_say_so(desk):
    assert desk.triage("db", "retain", "--yes").err.strip() == (
        "retention.* is not set: everything is kept"
    )
    desk.write("triage.toml", "[retention]\nposture_days = 90\n")
    nothing = {"class": "posture", "days": 90, "cases": 0, "bodies": 0, "bytes": 0}
    assert desk.triage("db", "retain", "-o", "jsonl").rows == [
        {**nothing, "deleted": "no: --yes deletes them"}
    ]
    assert desk.triage("db", "retain", "--yes", "-o", "jsonl").rows == [
        {**nothing, "deleted": "yes"}
    ]
    desk.write("triage.toml", "[retention]\nposture_days = 30\n")
    assert desk.triage("db", "retain").code == 3


@pytest.mark.parametrize("url", ["mysql://me:hunter2@db/x", "hunter2"])
def test_an_address_of_something_else_is_refused_without_being_shown(desk, url):
    desk.write("triage.toml", f'[database]\nurl = "{url}"\n')
    said = desk.triage("db", "check")
    assert said.code == 3
    assert "database.url" in said.err
    assert "postgresql://user@host/database" in said.err
    assert "hunter2" not in said.err
