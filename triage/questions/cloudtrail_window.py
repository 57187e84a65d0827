"""Looking something up in CloudTrail over a window, and when an empty answer means none.

LookupEvents keeps 90 days, answers for one account and Region, and lags by about 15 minutes.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions.answers import absent, failure, oldest, payload
from triage.questions.question import Asking, Parameter
from triage.questions.records.shape import instant, records, text

KEPT = timedelta(days=90)
LAG = timedelta(minutes=15)
HOURS_MAX = 24 * 90
WINDOW = Parameter(type="number", meaning="how many hours before the finding to look back")


def window(asking: Asking, hours: float) -> tuple[datetime, datetime]:
    """From some hours before the finding to the lag after it."""
    given = asking.parameters.get("window_hours", hours)
    span = min(float(given), HOURS_MAX) if isinstance(given, int | float) else hours
    return asking.ticket.occurred - timedelta(hours=span), asking.ticket.occurred + LAG


def lookups(
    account: str, region: str, attribute: str, value: str, span: tuple[datetime, datetime]
) -> tuple[Read, ...]:
    """The events themselves, and whether anybody was recording."""
    start, end = (at.isoformat(timespec="seconds") for at in span)
    return (
        Read.of(
            "cloudtrail.lookup_events",
            account,
            region,
            attribute=attribute,
            value=value,
            start=start,
            end=end,
        ),
        Read.of("cloudtrail.trail_status", account, region),
    )


def events(read: RawRead) -> list[Mapping[str, Any]]:
    """CloudTrail records, newest first."""
    found = records(payload(read), "Events")
    return sorted(found, key=lambda event: text(event, "eventTime"), reverse=True)


def none_found(reads: Sequence[RawRead], span: tuple[datetime, datetime]) -> Answer:
    """Nothing matched: absent when the window was covered, else unknown."""
    if unknown := failure(reads):
        return unknown
    if reason := _uncovered(reads, span):
        return Unknown(reason=reason)
    return absent(reads)


def _uncovered(reads: Sequence[RawRead], span: tuple[datetime, datetime]) -> str | None:
    start, end = span
    as_of = oldest(reads)
    if as_of - start > KEPT:
        return "nothing found, and CloudTrail keeps only 90 days"
    if as_of < end + LAG:
        return "nothing found yet, and CloudTrail lags by up to 15 minutes"
    if not _recording_since(reads[1], start):
        return "nothing found, and no trail is known to have been recording all that time"
    return None


def _recording_since(read: RawRead, start: datetime) -> bool:
    """Some trail was on during the whole window: started before it, and not stopped."""
    return any(
        trail.get("IsLogging") is True
        and (since := instant(trail.get("StartLoggingTime"))) is not None
        and since <= start
        for trail in records(payload(read), "Trails")
    )
