"""`triage org`: what is known, who said it, and where it does not fit."""

import json
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from typer.testing import CliRunner

from tests.organisations import LAB, LABS, SHOP, a_member, a_snapshot
from triage.adapters.files.snapshot import SnapshotFile
from triage.cli.app import app
from triage.cli.org import Unlisted
from triage.settings import InvalidSettings, read_settings
from triage.wiring.directory import SNAPSHOT

FILE = f"""
[accounts.{SHOP}]
name = "shop"
tier = "production"
owner = "shop-team"
[ous."Root/Sandboxes"]
tier = "sandbox"
[ous.Root]
tier = "production"
[teams.shop-team]
people = ["alice"]
contact = "shop@example.com"
manager = "carol"
"""
NOW = datetime.now(UTC)  # noqa: TID251 - the command asks the system's clock


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A folder with settings, people, an organisation and its last snapshot."""
    (tmp_path / "organization.toml").write_text(FILE)
    people = '[people.alice]\nmanager = "carol"\n[people.carol]\nmanager = "dora"\n[people.dora]\n'
    (tmp_path / "people.toml").write_text(people)
    (tmp_path / "triage.toml").write_text(
        '[paths]\ndata = "."\norganization = "organization.toml"\npeople = "people.toml"\n'
        '[organisation]\nsnapshot = true\naccount = "100000000001"\n'
    )
    monkeypatch.chdir(tmp_path)
    return tmp_path


def keep(folder: Path, *, hours: float = 0, **shop: object) -> None:
    members = (a_member(**shop), a_member(LAB, name="lab", ou=LABS))
    snapshot = a_snapshot(*members, as_of=NOW - timedelta(hours=hours))
    SnapshotFile(folder / SNAPSHOT).keep(snapshot)


def run(*words: str):
    return CliRunner().invoke(app, ["org", *words])


def test_show_lists_every_account_with_where_its_tier_comes_from(folder):
    keep(folder)
    told = run("show", "--output", "json")
    rows = {one["account"]: (one["tier"], one["tier_by"]) for one in json.loads(told.stdout)}
    assert rows == {
        SHOP: ("production", "organization.toml"),
        LAB: ("sandbox", "organization.toml [ous]"),
        "100000000001": ("management", "organizations"),
    }
    assert "3 accounts as of" in told.stderr


def test_show_tells_one_account_with_its_owners_and_origins(folder):
    keep(folder)
    page = json.loads(run("show", SHOP, "--output", "json").stdout)
    assert page.pop("snapshot as of")
    assert page == {
        "account": SHOP,
        "name": "shop  [organization.toml]",
        "tier": "production  [organization.toml]",
        "owner": "shop-team  [organization.toml]",
        "ou": "Root/Workloads/Prod  [organizations]",
        "email": "shop@example.com  [organizations]",
        "contact": "shop@example.com",
        "people": "alice",
        "managers": "carol, dora",
    }


def test_show_says_of_a_stranger_that_it_counts_as_production(folder):
    told = run("show", "999988887777")
    assert isinstance(told.exception, Unlisted)
    assert "counts as production" in str(told.exception)


def test_check_is_silent_where_both_agree(folder):
    keep(folder)
    told = run("check")
    assert (told.exit_code, told.stdout) == (0, "")


def test_check_tells_a_disagreement_and_fails(folder):
    keep(folder, name="till")
    told = run("check")
    assert told.exit_code == 1
    assert "name is shop in the file, till by organizations; the file holds" in told.stdout


def test_check_tells_that_there_is_no_snapshot_yet(folder):
    told = run("check")
    assert told.exit_code == 1
    assert "no snapshot of AWS Organizations yet" in told.stdout


def test_a_snapshot_needs_somebody_to_ask():
    with pytest.raises(InvalidSettings, match="account should name whom to ask"):
        read_settings({"TRIAGE_ORGANISATION__SNAPSHOT": "true"})
