"""What AWS Organizations says reaches decisions at the next snapshot, whole or not at all."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

import orjson
import pytest

from tests.findings import ACCOUNT, finding, imported, organisation
from tests.worlds import Scene, WatchedEvidence
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.organisation_source import AwsOrganisation
from triage.adapters.files.snapshot import SnapshotFile
from triage.domain.account import Organisation, Tier, Unit
from triage.domain.evidence import RawRead, Read
from triage.engine.census import Census
from triage.engine.rulebook import Rulebook
from triage.settings import read_settings
from triage.stages.organise import Terms
from triage.web.health import Health
from triage.wiring.bootstrap import opened_world

pytestmark = pytest.mark.slow

MANAGEMENT = "100000000001"
WRITTEN = Organisation(
    units={
        ("Root", "Workloads"): Unit(tier=Tier.STAGING, owner="shop-team"),
        ("Root", "Core"): Unit(tier=Tier.MANAGEMENT),
    }
)
HOUR = timedelta(hours=1)


def in_an_organisation(*findings: dict[str, Any]) -> dict[str, Any]:
    """The shop hangs below Workloads; its bucket is blocked."""
    scenario = organisation(list(findings), public_access_block="all")
    accounts = scenario["accounts"]
    accounts[ACCOUNT] |= {"ou": "Workloads"}
    accounts[MANAGEMENT] = {"name": "core"}
    accounts["222222222222"] = {"name": "spare", "ou": "Core"}
    return {**scenario, "organization": {"management": MANAGEMENT}}


@pytest.fixture
def census(scene: Scene, tmp_path: Path) -> Iterator[Census]:
    """Count the accounts of the scene's organisation, from its management account."""
    scene.load(in_an_organisation(finding(), finding(bucket="vanished")))
    rulebook = Rulebook(replace(scene.world.rules, organisation=WRITTEN))
    scene.world = replace(scene.world, rulebook=rulebook)
    clients = Clients(Role(name="TriageRead"), AwsLimits(attempts=1, read_seconds=5), "eu-west-1")
    source = AwsOrganisation(clients, scene.clock, MANAGEMENT, "aws")
    made = Census(
        written=WRITTEN,
        source=source,
        keep=SnapshotFile(tmp_path / "organisation.json"),
        rulebook=rulebook,
        clock=scene.clock,
        metrics=scene.world.metrics,
        terms=Terms(),
        interval=HOUR,
    )
    made.start()
    yield made
    source.close()


def count(census: Census) -> None:
    """Let every step be made that is due now."""
    for _ in range(100):
        if not census.step():
            return
    raise AssertionError("the census never ends")


def move(scene: Scene, account: str, unit: str) -> None:
    client = scene.sandbox.client("organizations", MANAGEMENT, "us-east-1")
    root = client.list_roots()["Roots"][0]["Id"]
    units = client.list_organizational_units_for_parent(ParentId=root)["OrganizationalUnits"]
    (target,) = (one["Id"] for one in units if one["Name"] == unit)
    (parent,) = client.list_parents(ChildId=account)["Parents"]
    client.move_account(AccountId=account, SourceParentId=parent["Id"], DestinationParentId=target)


def tier(scene: Scene) -> Tier:
    return scene.world.latest().rules.organisation.account(ACCOUNT).tier


def mapped(scene: Scene, decided: dict[str, Any]) -> dict[str, Any]:
    """The account as the decision's stored organisation map has it."""
    body = scene.store.cases.body(decided["inputs"]["organisation"])
    assert body is not None
    found: dict[str, Any] = orjson.loads(body)["accounts"][ACCOUNT]
    return found


@pytest.mark.slow
def test_an_account_moved_to_another_unit_is_judged_so_at_the_next_snapshot(scene, census):
    count(census)
    before = scene.decide(imported(finding()))
    assert (before["decision"], mapped(scene, before)["tier"]) == ("close", "staging")
    move(scene, ACCOUNT, "Core")
    count(census)
    assert tier(scene) is Tier.STAGING  # it is not time yet
    scene.clock.advance(HOUR)
    count(census)
    after = scene.decide(imported(finding(bucket="vanished")))
    assert (after["decision"], mapped(scene, after)["tier"]) == ("escalate", "management")
    assert any("management account" in reason for reason in after["reasons"])
    assert scene.replay(before["case"]).equal
    assert scene.replay(after["case"]).equal


SNAPSHOT_FAULTS = [
    "truncated",
    *(
        pytest.param(kind, marks=pytest.mark.slow)
        for kind in ("throttle", "deny", "error", "empty")
    ),
]


@pytest.mark.parametrize("kind", SNAPSHOT_FAULTS)
def test_a_failed_snapshot_changes_nothing(scene, census, kind):
    count(census)
    known = scene.world.latest().rules
    move(scene, ACCOUNT, "Core")
    scene.clock.advance(HOUR)
    scene.sandbox.faults.add(kind, service="organizations", operation="ListAccountsForParent")
    count(census)
    assert scene.world.latest().rules is known
    assert "asking again was" in census.note()
    assert census.too_old() == ""


def test_what_no_longer_holds_counts_as_production_and_is_told(scene, census):
    count(census)
    scene.sandbox.faults.add("deny", service="organizations")
    scene.clock.advance(timedelta(hours=25))
    count(census)
    assert tier(scene) is Tier.PRODUCTION
    assert "count as production" in census.too_old()
    decided = scene.decide(imported(finding()))
    assert scene.replay(decided["case"]).equal


def test_a_snapshot_is_in_force_again_after_a_restart_and_nothing_is_asked(scene, census):
    count(census)
    scene.sandbox.requests.clear()
    rulebook = Rulebook(replace(scene.world.rules, organisation=WRITTEN))
    again = Census(
        written=WRITTEN,
        source=census.source,
        keep=census.keep,
        rulebook=rulebook,
        clock=scene.clock,
        metrics=scene.world.metrics,
        terms=Terms(),
        interval=HOUR,
    )
    again.start()
    count(again)
    assert rulebook.current().organisation.account(ACCOUNT).tier is Tier.STAGING
    assert [one for one in scene.sandbox.requests if one.service == "organizations"] == []


@dataclass
class Interrupting:
    """Evidence during which another organisation map comes into force."""

    inner: WatchedEvidence
    rulebook: Rulebook

    def fetch(self, reads: Sequence[Read], **within: Any) -> Mapping[Read, RawRead]:
        self.rulebook.reorganise(Organisation(accounts={}))
        return self.inner.fetch(reads, **within)


@pytest.mark.slow
def test_a_decision_rests_on_one_map_whatever_comes_into_force_meanwhile(scene, census):
    count(census)
    interrupting = Interrupting(scene.evidence, census.rulebook)
    scene.world = replace(scene.world, evidence=interrupting)
    decided = scene.decide(imported(finding()))
    assert (decided["decision"], mapped(scene, decided)["tier"]) == ("close", "staging")
    assert tier(scene) is Tier.PRODUCTION
    assert scene.replay(decided["case"]).equal


def test_a_page_says_whose_account_it_is(scene, census):
    count(census)
    scene.load(organisation([finding("S3.2")], policy="public-read"))
    scene.decide(imported(finding("S3.2")))
    (notice,) = scene.notifier.told
    assert "owner     shop-team" in notice.text.splitlines()


def test_a_daemon_counts_from_its_settings_and_tells_the_age(sandbox, tmp_path, monkeypatch):
    sandbox.load(in_an_organisation(finding()))
    file = tmp_path / "organization.toml"
    file.write_text('[ous."Root/Workloads"]\ntier = "staging"\n')
    for name, value in sandbox.environment(MANAGEMENT, "eu-west-1").items():
        monkeypatch.setenv(name, value)
    found = read_settings(
        {
            "TRIAGE_PATHS__DATA": str(tmp_path),
            "TRIAGE_PATHS__ORGANIZATION": str(file),
            "TRIAGE_ORGANISATION__SNAPSHOT": "true",
            "TRIAGE_ORGANISATION__ACCOUNT": MANAGEMENT,
        }
    ).settings
    with opened_world(found) as opened:
        assert opened.census is not None
        while opened.world.upkeep["organisation"]():
            pass
        account = opened.world.latest().rules.organisation.account(ACCOUNT)
        health = Health(
            checks={"organisation": opened.census.too_old},
            registry=opened.metrics.registry,
            refresh=opened.census.report,
            notes={"organisation": opened.census.note},
        )
        (body,) = health({"REQUEST_METHOD": "GET", "PATH_INFO": "/readyz"}, lambda *_: None)
    assert (account.tier, account.listed) == (Tier.STAGING, True)
    said = orjson.loads(body)
    assert said["ready"] is True
    assert said["notes"]["organisation"].startswith("3 accounts as of ")
