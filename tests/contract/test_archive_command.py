"""`triage archive`, `triage config check`, and the sandbox's log files, in a folder and on S3."""

from datetime import timedelta

import pytest
from typer.testing import CliRunner

from tests.trails import ACCOUNT, REGION
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.objects import S3Objects
from triage.cli.app import app
from triage.domain.evidence import Got, Read
from triage.sandbox.trail_files import trail_files, write_to_bucket, write_to_folder
from triage.settings import InvalidSettings, read_settings
from triage.wiring.bootstrap import opened_world, settings

pytestmark = pytest.mark.slow

EVENTS = [
    {
        "eventName": "PutBucketPolicy",
        "eventSource": "s3.amazonaws.com",
        "eventTime": when,
        "userIdentity": {"type": "Root"},
        "requestParameters": {"bucketName": name},
    }
    for when, name in (("-200d", "old"), ("-120d", "reports"), ("-10m", "new"))
]
SCENARIO = {
    "region": REGION,
    "accounts": {
        ACCOUNT: {
            "buckets": [{"name": "central-trail"}],
            "trails": [{"name": "main", "bucket": "central-trail", "since": "-300d"}],
            "cloudtrail_events": EVENTS,
        },
        "444455556666": {"cloudtrail_events": EVENTS[:1]},
    },
}


@pytest.fixture
def triage(tmp_path, monkeypatch, sandbox):
    """Run a command with an archive of the sandbox's events, in a folder of its own."""
    sandbox.load(SCENARIO)
    monkeypatch.chdir(tmp_path)
    for name, value in sandbox.environment(ACCOUNT, REGION).items():
        monkeypatch.setenv(name, value)

    def run(*words, archive="trail"):
        monkeypatch.setenv("TRIAGE_PATHS__ARCHIVE", archive)
        return CliRunner().invoke(app, list(words))

    return run


def test_an_archive_in_a_folder_is_indexed_and_shown(triage, sandbox, tmp_path):
    write_to_folder(dict(trail_files(sandbox.world, ACCOUNT)), tmp_path / "trail")
    (tmp_path / "trail" / "odd.json.gz").write_bytes(b"{")
    assert triage("archive", "index").exit_code == 0
    result = triage("archive", "status", "--output", "json")
    assert result.exit_code == 0, result
    shown = result.stdout
    assert '"events":3' in shown
    assert '"files":["3 read","1 unreadable"]' in shown
    assert "odd.json.gz: unreadable: it is not JSON" in shown
    assert f'"account":"{ACCOUNT}"' in shown


def test_an_archive_on_s3_answers_what_cloudtrail_no_longer_keeps(triage, sandbox, monkeypatch):
    s3 = sandbox.client("s3", ACCOUNT, REGION)
    write_to_bucket(dict(trail_files(sandbox.world, ACCOUNT)), s3, "central-trail")
    assert triage("archive", "index", archive="s3://central-trail").exit_code == 0
    now = sandbox.now()
    read = Read.of(
        "cloudtrail.lookup_events",
        ACCOUNT,
        REGION,
        attribute="ResourceName",
        value="reports",
        start=(now - timedelta(days=130)).isoformat(),
        end=(now - timedelta(days=110)).isoformat(),
    )
    sandbox.requests.clear()
    with opened_world(settings()) as opened:
        later = now + timedelta(seconds=60)
        answer = opened.world.evidence.fetch([read], deadline=later, fresh=now)[read]
        assert "archive" in opened.world.upkeep
    assert isinstance(answer, Got)
    assert [one["eventName"] for one in answer.payload["Events"]] == ["PutBucketPolicy"]
    assert answer.source == "trail archive"
    assert not sandbox.requests.named("cloudtrail.LookupEvents")


@pytest.mark.parametrize("place", ["nowhere", "s3://no-such-bucket/at/all"])
def test_an_archive_that_is_not_there_is_a_problem_of_the_configuration(triage, place):
    checked = triage("config", "check", archive=place)
    assert (checked.exit_code, "paths.archive: " in checked.stdout) == (3, True)
    assert "cannot be read" in checked.stdout
    indexed = triage("archive", "index", archive=place)
    assert (indexed.exit_code, "cannot be read" in indexed.stderr) == (1, True)


def test_without_an_archive_the_command_says_what_to_set(triage):
    shown = triage("archive", "status", archive="")
    assert (shown.exit_code, "paths.archive is not set" in shown.stderr) == (3, True)


@pytest.mark.parametrize("place", ["s3:/bucket", "s3://", "s3://a", "https://x/y", "gs://bucket/x"])
def test_a_place_that_is_neither_folder_nor_bucket_is_refused(place):
    with pytest.raises(InvalidSettings, match=r"a folder or s3://bucket/prefix"):
        read_settings({"TRIAGE_PATHS__ARCHIVE": place})


@pytest.mark.parametrize("place", ["trail", "/srv/trail", "s3://central-trail", "s3://c.t/a/b/"])
def test_folders_and_buckets_are_places(place):
    found = read_settings({"TRIAGE_PATHS__ARCHIVE": place}).settings
    assert found.paths.archive == place


def test_the_sandbox_delivers_every_event_once_by_account_and_region(sandbox):
    sandbox.load(SCENARIO)
    keys = [key for key, _ in trail_files(sandbox.world, ACCOUNT)]
    assert len(keys) == 3
    assert all(key.startswith(f"AWSLogs/{ACCOUNT}/CloudTrail/{REGION}/") for key in keys)
    assert keys == sorted(keys)


def test_a_bucket_is_opened_with_the_credentials_at_hand(triage, sandbox):
    sandbox.client("s3", ACCOUNT, REGION).put_object(
        Bucket="central-trail", Key="some/where/a", Body=b"-"
    )
    store = S3Objects.at("s3://central-trail/some/where", REGION, AwsLimits())
    assert [one.key for one in store.list(after="", at_most=5)] == ["a"]
    assert store.place == "s3://central-trail/some/where/"
    store.close()
