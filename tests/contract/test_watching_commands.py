"""`triage reconcile`, `triage inventory` and `triage canary`, over the sandbox."""

import json
from dataclasses import replace
from typing import Any

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from typer.testing import CliRunner

from triage.adapters.ssh.signer import public_line
from triage.cli.app import app
from triage.wiring.bootstrap import opened_inbox, opened_store

pytestmark = pytest.mark.slow

ACCOUNT, REGION = "111122223333", "eu-west-1"
FINDING = {
    "findingArn": f"arn:aws:inspector2:{REGION}:{ACCOUNT}:finding/{1:032x}",
    "updatedAt": "-1h",
    "resources": [{"type": "AWS_EC2_INSTANCE", "id": "i-0abc", "region": REGION}],
}
ORGANISATION = f'[accounts.{ACCOUNT}]\nname = "shop"\ntier = "production"\nowner = "shop-team"\n'


@pytest.fixture
def triage(tmp_path, monkeypatch, sandbox):
    """Run a command in a folder of its own that looks into one account and Region."""
    load(sandbox, inspector_findings=[FINDING], detectors=[{}])
    monkeypatch.chdir(tmp_path)
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)
    (tmp_path / "organization.toml").write_text(ORGANISATION)
    monkeypatch.setenv("TRIAGE_PATHS__ORGANIZATION", "organization.toml")
    monkeypatch.setenv("TRIAGE_RECONCILE__REGIONS", REGION)

    def run(*words: str) -> Any:
        return CliRunner().invoke(app, list(words))

    return run


def load(sandbox: Any, **sections: Any) -> None:
    sandbox.reset({"region": REGION, "accounts": {ACCOUNT: sections}})


def rows(result: Any) -> Any:
    assert result.exit_code == 0, result.output
    return json.loads(result.stdout)


def test_a_run_puts_what_was_missing_onto_the_queue_and_says_how_much(triage):
    result = triage("reconcile", "run", "--source", "inspector")
    assert result.exit_code == 0, result.output
    assert "1 had never arrived; 0 of 1 could not be read" in result.stdout
    with opened_inbox() as inbox:
        assert inbox.depth() == 1
    (row,) = rows(triage("reconcile", "status", "--output", "json", "--source", "inspector"))
    told = {name: row[name] for name in ("account", "region", "found", "new", "cycles", "problem")}
    assert told == {
        "account": ACCOUNT,
        "region": REGION,
        "found": 1,
        "new": 1,
        "cycles": 1,
        "problem": "",
    }


def test_a_run_that_could_not_read_everything_says_so_and_fails(triage, sandbox):
    sandbox.faults.add("deny", service="inspector2")
    result = triage("reconcile", "run", "--source", "inspector")
    assert result.exit_code == 1
    assert "0 had never arrived; 1 of 1 could not be read" in result.stdout
    assert "denied: inspector" in result.stderr


def test_nothing_that_is_looked_at_is_called_that(triage):
    assert triage("reconcile", "run", "--source", "inspecter").exit_code == 2


def test_a_source_that_is_switched_off_is_not_looked_at(triage, monkeypatch):
    monkeypatch.setenv("TRIAGE_RECONCILE__INSPECTOR_HOURS", "0")
    assert triage("reconcile", "run", "--source", "inspector").exit_code == 2


def inventoried() -> None:
    """Let the inventory of GuardDuty's filters be made, as a worker would."""
    from triage.cli.watching import reconciling  # noqa: PLC0415 - reads the settings of the test

    with reconciling() as opened:
        every = opened.watching.inventorist
        wanted = [one for one in every.lookouts() if one.source == "guardduty/filter"]
        replace(every, lookouts=lambda: wanted).step()


FILTERS = ("--kind", "guardduty/filter")


def test_a_baseline_is_shown_and_accepted_by_somebody_listed(triage, sandbox, tmp_path):
    load(sandbox, detectors=[{}], guardduty_filters=[{"Name": "quiet"}])
    inventoried()
    (row,) = rows(triage("inventory", "show", *FILTERS, "--output", "json"))
    item = f"guardduty/filter/{ACCOUNT}/{REGION}/quiet"
    assert (row["item"], row["accepted by"], row["unknown"]) == (item, "nobody yet", "")
    key = public_line(Ed25519PrivateKey.generate())
    (tmp_path / "people.toml").write_text(f'[people.alice]\nkeys = ["{key}"]\n')
    assert triage("inventory", "accept", "--by", "alice").exit_code == 2
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("TRIAGE_PATHS__PEOPLE", "people.toml")
        assert triage("inventory", "accept", "--by", "mallory").exit_code == 2
        accepted = triage("inventory", "accept", "--by", "alice", *FILTERS)
    assert "1 lists accepted by alice" in accepted.stdout, accepted.output
    (row,) = rows(triage("inventory", "show", *FILTERS, "--output", "json"))
    assert row["accepted by"] == "alice"


def test_a_difference_is_shown_before_anybody_is_told(triage, sandbox):
    inventoried()
    assert triage("inventory", "diff", *FILTERS).exit_code == 0
    load(sandbox, detectors=[{}], guardduty_filters=[{"Name": "quiet"}])
    result = triage("inventory", "diff", *FILTERS, "--output", "json")
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["change"], row["before"]) == (1, "added", "")
    assert row["after"]["Name"] == "quiet"


def test_what_cannot_be_read_is_shown_as_unknown(triage, sandbox):
    inventoried()
    sandbox.faults.add("deny", service="guardduty")
    result = triage("inventory", "diff", *FILTERS, "--output", "json")
    (row,) = json.loads(result.stdout)
    assert (result.exit_code, row["change"]) == (1, "unknown: denied: guardduty/filter")


def test_an_unread_list_says_why_in_the_inventory(triage, sandbox):
    sandbox.faults.add("deny", service="guardduty")
    inventoried()
    (row,) = rows(triage("inventory", "show", *FILTERS, "--output", "json"))
    assert (row["seen"], row["unknown"]) == ("", "denied: guardduty/filter")


def test_a_canary_is_on_the_queue_and_expected(triage):
    assert "sent; it is due by" in triage("canary", "send").stdout
    assert "not arrived" in triage("canary", "status").stdout
    with opened_inbox() as inbox, opened_store() as store:
        (message,) = inbox.receive(at_most=1, wait_seconds=0)
        newest = store.canaries.newest()
    assert newest is not None
    assert newest.id.encode() in message.body


def test_without_regions_nothing_is_looked_for(triage, monkeypatch):
    monkeypatch.delenv("TRIAGE_RECONCILE__REGIONS")
    assert triage("reconcile", "run").exit_code == 2
    assert triage("reconcile", "status").exit_code == 0
