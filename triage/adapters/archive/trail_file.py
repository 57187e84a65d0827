"""A log file's bytes become events, within bounds, or one sentence that says why not.

Record contents: https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

import gzip
import io
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

import orjson

from triage.adapters.archive.layout import Delivery
from triage.adapters.archive.limits import ArchiveLimits
from triage.adapters.archive.names import names_of
from triage.domain.errors import TriageError
from triage.questions.records.shape import instant, text

GZIP_MAGIC = b"\x1f\x8b"


class UnreadableFile(TriageError):
    """Not a log file, or not a whole one. The text is the reason, for people."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Event:
    """A management event, where and when, and the names it is found under."""

    account: str
    region: str
    at: datetime
    read_only: bool
    names: frozenset[tuple[int, str]]
    record: bytes


@dataclass(frozen=True, slots=True, kw_only=True)
class TrailFile:
    """What a file holds: its events, and how many records belong nowhere we know."""

    events: tuple[Event, ...]
    lost: int = 0


def read_trail_file(body: bytes, told: Delivery | None, limits: ArchiveLimits) -> TrailFile:
    """Read a whole file; `told` fills in what a record leaves out. Raises UnreadableFile.

    Data events and Insights are left out, as LookupEvents leaves them out.
    """
    events, lost = [], 0
    for record in _records(_unpacked(body, limits), limits):
        if not isinstance(record, Mapping):
            lost += 1
        elif _of_management(record):
            event = _event(record, told, limits)
            lost += event is None
            events += [event] if event else []
    return TrailFile(events=tuple(events), lost=lost)


def _unpacked(body: bytes, limits: ArchiveLimits) -> bytes:
    if len(body) > limits.file_bytes:
        raise UnreadableFile(f"it is larger than {limits.file_bytes} bytes")
    if not body.startswith(GZIP_MAGIC):
        return body
    try:
        with gzip.GzipFile(fileobj=io.BytesIO(body)) as packed:
            content = packed.read(limits.unpacked_bytes + 1)
    except (OSError, EOFError, zlib.error) as error:
        raise UnreadableFile(f"it is no whole gzip file: {error}") from error
    if len(content) > limits.unpacked_bytes:
        raise UnreadableFile(f"it unpacks to more than {limits.unpacked_bytes} bytes")
    return content


def _records(content: bytes, limits: ArchiveLimits) -> list[Any]:
    try:
        document = orjson.loads(content)
    except orjson.JSONDecodeError as error:
        raise UnreadableFile(f"it is not JSON: {error}") from error
    match document:
        case {"Records": list() as records} if len(records) <= limits.records:
            return records
        case {"Records": list()}:
            raise UnreadableFile(f"it has more than {limits.records} records")
        case {"digestStartTime": _}:
            return []
        case _:
            raise UnreadableFile("it has no list of Records")


def _of_management(record: Mapping[str, Any]) -> bool:
    category = record.get("eventCategory", "Management")
    return category == "Management" and record.get("managementEvent", True) is not False


def _event(record: Mapping[str, Any], told: Delivery | None, limits: ArchiveLimits) -> Event | None:
    account = text(record, "recipientAccountId") or (told.account if told else "")
    region = text(record, "awsRegion") or (told.region if told else "")
    at = instant(record.get("eventTime"))
    if not account or not region or at is None:
        return None
    try:
        body = orjson.dumps(record)
    except orjson.JSONEncodeError:
        # Deeper than anything is written; it can be read, not kept.
        return None
    names = names_of(record, at_most=limits.names, characters=limits.name_characters)
    return Event(
        account=account,
        region=region,
        at=at,
        read_only=record.get("readOnly") is True,
        names=frozenset(names),
        record=body,
    )
