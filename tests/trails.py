"""Log files of a trail, an archive of them, and somebody to ask when it does not know."""

import gzip
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import orjson

from tests.builders import NOON, minutes
from triage.adapters.archive.archive import Archive, open_archive
from triage.adapters.archive.limits import ArchiveLimits
from triage.adapters.files.objects import FolderObjects
from triage.domain.evidence import Failed, Failure, Got, RawRead, Read
from triage.ports.object_store import ObjectStore, Stored, Unreachable

ACCOUNT, REGION = "111122223333", "eu-west-1"
BUCKET = "central-trail"


@dataclass
class StoppedClock:
    """A clock that moves when told."""

    at: datetime = NOON

    def now(self) -> datetime:
        return self.at

    def wait(self, seconds: float) -> None:
        self.at += timedelta(seconds=seconds)


def a_record(at: datetime, **changes: Any) -> dict[str, Any]:
    """Bob changes the policy of bucket `reports`."""
    return {
        "eventVersion": "1.11",
        "eventID": f"e-{at:%Y%m%dT%H%M%S}",
        "eventName": "PutBucketPolicy",
        "eventSource": "s3.amazonaws.com",
        "eventTime": f"{at:%Y-%m-%dT%H:%M:%SZ}",
        "awsRegion": REGION,
        "recipientAccountId": ACCOUNT,
        "readOnly": False,
        "managementEvent": True,
        "eventCategory": "Management",
        "userIdentity": {
            "type": "IAMUser",
            "userName": "bob",
            "arn": f"arn:aws:iam::{ACCOUNT}:user/bob",
            "accessKeyId": "AKIAEXAMPLEBOB000001",
        },
        "requestParameters": {"bucketName": "reports"},
        **changes,
    }


def a_look(at: datetime, **changes: Any) -> dict[str, Any]:
    """A role of no interest reads something of no interest."""
    who = {"type": "AssumedRole", "arn": f"arn:aws:sts::{ACCOUNT}:assumed-role/watch/tick"}
    call = {"eventName": "DescribeRegions", "requestParameters": None, "readOnly": True}
    return a_record(at, userIdentity=who, eventSource="ec2.amazonaws.com", **{**call, **changes})


def key_of(delivered: datetime, account: str = ACCOUNT, region: str = REGION) -> str:
    """Where CloudTrail would deliver a file."""
    folder = f"AWSLogs/{account}/CloudTrail/{region}/{delivered:%Y/%m/%d}"
    return (
        f"{folder}/{account}_CloudTrail_{region}_{delivered:%Y%m%dT%H%M}Z_0123456789abcdef.json.gz"
    )


def packed(*records: Any) -> bytes:
    return gzip.compress(orjson.dumps({"Records": list(records)}), mtime=0)


def a_busy_trail(start: datetime, end: datetime, *extra: Mapping[str, Any]) -> dict[str, bytes]:
    """A file every ten minutes, with a read and a write in each, and what is `extra`."""
    files, at = {}, start
    while at <= end:
        around = [a_look(at), a_look(at, eventName="CreateTags", readOnly=False, eventID=f"w-{at}")]
        mine = [one for one in extra if at <= _at(one) < at + minutes(10)]
        files[key_of(at + minutes(5))] = packed(*around, *mine)
        at += minutes(10)
    return files


def _at(record: Mapping[str, Any]) -> datetime:
    return datetime.fromisoformat(record["eventTime"])


@dataclass
class Shelves:
    """An object store in memory that can be told to refuse."""

    files: dict[str, bytes]
    place: str = f"s3://{BUCKET}/"
    refused: set[str] = field(default_factory=set)
    closed: bool = False
    asked: list[str] = field(default_factory=list)

    def list(self, *, after: str, at_most: int) -> Sequence[Stored]:
        self.asked.append(after)
        if "" in self.refused:
            raise Unreachable(self.place, "AccessDenied")
        keys = [key for key in sorted(self.files) if key > after][:at_most]
        return [
            Stored(key=key, size=len(self.files[key]), tag=str(hash(self.files[key])))
            for key in keys
        ]

    def read(self, key: str, *, at_most: int) -> bytes:
        if key in self.refused or key not in self.files:
            raise Unreachable(key, "SlowDown")
        return self.files[key][:at_most]

    def close(self) -> None:
        self.closed = True


@dataclass
class Following:
    """The source behind an archive: what it was asked, and answers by kind of read."""

    answers: dict[str, RawRead] = field(default_factory=dict)
    asked: list[Read] = field(default_factory=list)

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        self.asked += reads
        nothing = Failed(failure=Failure.THROTTLED, detail="nobody knows")
        return {read: self.answers.get(read.kind, nothing) for read in reads}


def status(at: datetime, **changes: Any) -> Got:
    """A trail into the archive has been on for a year and records everything."""
    trail = {
        "TrailARN": f"arn:aws:cloudtrail:{REGION}:{ACCOUNT}:trail/main",
        "S3BucketName": BUCKET,
        "S3KeyPrefix": None,
        "AllManagementEvents": True,
        "IsLogging": True,
        "StartLoggingTime": (NOON - timedelta(days=365)).isoformat(),
        "LatestDeliveryError": None,
        **changes,
    }
    return Got(payload={"Trails": [trail]}, as_of=at, source="cloudtrail.trail_status")


def filled(
    folder: Path,
    files: Mapping[str, bytes] | ObjectStore,
    clock: StoppedClock | None = None,
    **limits: Any,
) -> Archive:
    """An archive of these files, indexed once."""
    store = Shelves(dict(files)) if isinstance(files, Mapping) else files
    bounds = ArchiveLimits(**limits)
    archive = open_archive(folder / "index.sqlite3", store, clock or StoppedClock(), bounds)
    archive.catch_up(1000)
    return archive


def folder_of(folder: Path, files: Mapping[str, bytes]) -> FolderObjects:
    for key, content in files.items():
        (folder / key).parent.mkdir(parents=True, exist_ok=True)
        (folder / key).write_bytes(content)
    return FolderObjects(folder)


def a_lookup(
    start: datetime | None,
    end: datetime | None = None,
    attribute: str = "ResourceName",
    value: str = "reports",
    **place: str,
) -> Read:
    times = {
        name: at.isoformat(timespec="seconds")
        for name, at in (("start", start), ("end", end))
        if at
    }
    account, region = place.get("account", ACCOUNT), place.get("region", REGION)
    return Read.of(
        "cloudtrail.lookup_events", account, region, attribute=attribute, value=value, **times
    )
