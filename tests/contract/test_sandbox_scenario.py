"""Scenario files: what they say, what they refuse, and that the shipped one builds."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from triage.domain.account import Tier
from triage.sandbox.moments import absolute, moment_of
from triage.sandbox.scenario import ScenarioInvalid, read
from triage.sandbox.server import Sandbox
from triage.sandbox.up import SMALL

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
ONE = "111111111111"


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("-2h", "2026-03-01T10:00:00Z"),
        ("-90s", "2026-03-01T11:58:30Z"),
        ("-10m", "2026-03-01T11:50:00Z"),
        ("+1d", "2026-03-02T12:00:00Z"),
        ("2h", None),
        ("-2 hours", None),
    ],
)
def test_a_relative_time_is_seen_from_now(text: str, expected: str | None) -> None:
    assert absolute(text, NOW) == expected


def test_a_time_without_a_zone_is_utc() -> None:
    assert moment_of("2026-03-01T12:00:00") == NOW


def test_times_are_resolved_however_deep(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    path.write_text(
        f'accounts: {{"{ONE}": {{cloudtrail_events: [{{eventTime: "-1h", '
        "a: [2026-01-02T03:04:05Z, 2026-01-02]}]}}"
    )
    event = read(path, now=NOW).accounts[0].sections["cloudtrail_events"][0]
    assert event["eventTime"] == "2026-03-01T11:00:00Z"
    assert event["a"] == ["2026-01-02T03:04:05Z", "2026-01-02"]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ({"accounts": {"123": {}}}, "account 123: an account id is twelve digits"),
        ({"accounts": {ONE: {"bucket": []}}}, f"account {ONE}: unknown word bucket"),
        ({"acounts": {}}, "unknown word acounts"),
        ({"accounts": {ONE: {"tier": "gold"}}}, "tier 'gold' is not one of production"),
        ({"accounts": {ONE: {"buckets": {"name": "x"}}}}, "buckets: this is a list of mappings"),
        ({"accounts": {ONE: []}}, "an account is a mapping"),
        ([], "a scenario is a mapping"),
    ],
)
def test_what_cannot_be_built_is_refused_with_its_place(document: Any, sentence: str) -> None:
    with pytest.raises(ScenarioInvalid, match=sentence):
        read(document, now=NOW)


@pytest.mark.parametrize("text", ["a: [", "a: 1\na: 2\n"])
def test_a_file_that_is_not_yaml_is_refused(tmp_path: Path, text: str) -> None:
    path = tmp_path / "bad.yaml"
    path.write_text(text)
    with pytest.raises(ScenarioInvalid, match=r"bad\.yaml.*line"):
        read(path, now=NOW)
    with pytest.raises(ScenarioInvalid, match=r"none\.yaml"):
        read(tmp_path / "none.yaml", now=NOW)


def test_an_item_that_cannot_be_built_is_named(sandbox: Sandbox) -> None:
    wrong = {"accounts": {ONE: {"buckets": [{"name": "fine-name"}, {"name": "NO"}]}}}
    with pytest.raises(ScenarioInvalid, match=f"account {ONE}: buckets 2: .*InvalidBucketName"):
        sandbox.load(wrong)


def test_the_small_scenario_has_one_account_of_each_tier(sandbox: Sandbox) -> None:
    organisation = sandbox.load(SMALL).organisation()
    tiers = [account.tier for account in organisation.accounts.values()]
    assert tiers == [Tier.PRODUCTION, Tier.STAGING, Tier.SANDBOX]
    assert organisation.account(ONE).owner == "storefront"
    assert organisation.account(ONE).listed


def test_the_small_scenario_agrees_with_itself(sandbox: Sandbox) -> None:
    sandbox.load(SMALL)
    attribute = [{"AttributeKey": "ResourceName", "AttributeValue": "shop-invoices"}]
    events = sandbox.client("cloudtrail").lookup_events(LookupAttributes=attribute)["Events"]
    block = sandbox.client("s3").get_public_access_block(Bucket="shop-invoices")
    item = sandbox.client("config").get_resource_config_history(
        resourceType="AWS::S3::Bucket", resourceId="shop-invoices"
    )["configurationItems"][0]
    assert events[0]["EventName"] == "PutBucketPublicAccessBlock"
    assert set(block["PublicAccessBlockConfiguration"].values()) == {True}
    assert "true" in item["supplementaryConfiguration"]["PublicAccessBlockConfiguration"]
    change = item["configurationItemCaptureTime"] - events[0]["EventTime"]
    assert timedelta() < change < timedelta(minutes=15)


def test_every_finding_of_the_small_scenario_fits_the_service_model(sandbox: Sandbox) -> None:
    scenario = sandbox.load(SMALL)
    for account in scenario.accounts:
        guardduty = sandbox.client("guardduty", account.id)
        for detector in guardduty.list_detectors()["DetectorIds"]:
            ids = guardduty.list_findings(DetectorId=detector)["FindingIds"]
            found = guardduty.get_findings(DetectorId=detector, FindingIds=ids)["Findings"]
            assert len(found) == len(account.sections["guardduty_findings"])
        if account.sections["security_hub_findings"]:
            found = sandbox.client("securityhub", account.id).get_findings()["Findings"]
            assert len(found) == len(account.sections["security_hub_findings"])


def test_items_may_name_their_region(sandbox: Sandbox) -> None:
    bucket = {"name": "in-ireland", "region": "eu-west-1"}
    sandbox.load(
        {"region": "us-west-2", "accounts": {ONE: {"buckets": [bucket, {"name": "here"}]}}}
    )
    s3 = sandbox.client("s3")
    assert s3.get_bucket_location(Bucket="in-ireland")["LocationConstraint"] == "eu-west-1"
    assert s3.get_bucket_location(Bucket="here")["LocationConstraint"] == "us-west-2"
