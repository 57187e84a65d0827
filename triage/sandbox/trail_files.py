"""The sandbox's CloudTrail events as the log files a trail would have delivered.

Facts: CloudTrail user guide, "CloudTrail log file examples". A file holds what happened within
five minutes and is named by its delivery; where nothing happened, nothing is delivered.
"""

import gzip
from collections.abc import Iterator, Mapping
from datetime import datetime, timedelta
from itertools import groupby
from pathlib import Path
from typing import Any

import orjson

from triage.domain.json import Record, digest
from triage.sandbox.moments import moment_of
from triage.sandbox.world import Place, Shelf, World

EVERY = timedelta(minutes=5)


def trail_files(world: World, account: str) -> Iterator[tuple[str, bytes]]:
    """Every file of an account by its key, in the order of its Regions and times."""
    for place in world.places(Shelf.EVENTS):
        if place.account == account:
            events = sorted(world.records(Shelf.EVENTS, place), key=_time)
            for delivered, inside in groupby(events, key=_delivery):
                yield _file(place, delivered, list(inside))


def _time(event: Record) -> datetime:
    return moment_of(event["eventTime"])


def _delivery(event: Record) -> datetime:
    at = _time(event)
    return at - timedelta(minutes=at.minute % 5, seconds=at.second) + EVERY


def _file(place: Place, delivered: datetime, events: list[Record]) -> tuple[str, bytes]:
    content = orjson.dumps({"Records": events})
    folder = f"AWSLogs/{place.account}/CloudTrail/{place.region}/{delivered:%Y/%m/%d}"
    name = f"{place.account}_CloudTrail_{place.region}_{delivered:%Y%m%dT%H%MZ}"
    # The unique part of a name means nothing; ours is the same whenever the content is.
    return f"{folder}/{name}_{digest(content)[:16]}.json.gz", gzip.compress(content, mtime=0)


def write_to_folder(files: Mapping[str, bytes], folder: Path) -> None:
    """Lay files down under a folder, by their keys."""
    for key, content in files.items():
        path = folder / key
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(content)


def write_to_bucket(files: Mapping[str, bytes], s3: Any, bucket: str, prefix: str = "") -> None:
    """Put files into a bucket that exists, with a client that may."""
    for key, content in files.items():
        s3.put_object(Bucket=bucket, Key=prefix + key, Body=content)
