"""Looking something up in CloudTrail over a window, and when an empty answer means none.

LookupEvents keeps 90 days, answers for one account and Region, and lags by about 15 minutes. An
archive of trail files knows more, and says itself from when to when nothing is missing: `Covered`.
https://docs.aws.amazon.com/awscloudtrail/latest/APIReference/API_LookupEvents.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions.answers import absent, failure, oldest, payload, unexpected
from triage.questions.question import Asking, Parameter
from triage.questions.records.shape import dig, instant, records, text

KEPT = timedelta(days=90)
LAG = timedelta(minutes=15)
HOURS_MAX = 24 * 400
WINDOW = Parameter(type="number", meaning="how many hours before the finding to look back")
IAM_ACTIONS = (
    "cloudtrail:LookupEvents",
    "cloudtrail:DescribeTrails",
    "cloudtrail:GetTrailStatus",
    "cloudtrail:GetEventSelectors",
)
"""What `lookups` takes: the events, and whether anybody was recording."""
Span = tuple[datetime, datetime]


def window(asking: Asking, hours: float) -> Span:
    """From some hours before the finding to the lag after it, in whole seconds."""
    given = asking.parameters.get("window_hours", hours)
    span = min(float(given), HOURS_MAX) if isinstance(given, int | float) else hours
    occurred = asking.ticket.occurred.replace(microsecond=0)
    return occurred - timedelta(hours=span), occurred + LAG


def lookups(account: str, region: str, attribute: str, value: str, span: Span) -> tuple[Read, ...]:
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


def none_found(reads: Sequence[RawRead], span: Span) -> Answer:
    """Nothing matched: absent when the window was covered, else unknown."""
    if unknown := failure(reads[:1]) or unexpected(reads[:1]):
        return unknown
    if vouched_for(reads[0], span):
        return absent(reads[:1])
    if unknown := failure(reads):
        return unknown
    if reason := beyond(reads[0], span) or _unrecorded(reads[1], span):
        return Unknown(reason=f"nothing found, and {reason}")
    return absent(reads)


def vouched_for(read: RawRead, span: Span) -> bool:
    """Tell whether an archive says that nothing of the window is missing."""
    since = instant(dig(payload(read), "Covered", "Start"))
    until = instant(dig(payload(read), "Covered", "End"))
    return since is not None and until is not None and since <= span[0] and span[1] <= until


def beyond(read: RawRead, span: Span) -> str | None:
    """Say which part of the window the look-up cannot have seen; None when it saw all."""
    start, end = span
    as_of = oldest([read])
    if vouched_for(read, span):
        return None
    if as_of - start > KEPT:
        return "CloudTrail keeps only 90 days"
    if as_of < end + LAG:
        return "CloudTrail lags by up to 15 minutes"
    return None


def _unrecorded(read: RawRead, span: Span) -> str | None:
    """Some trail has to have been on during the whole window: started before, and not stopped."""
    on = any(
        trail.get("IsLogging") is True
        and (since := instant(trail.get("StartLoggingTime"))) is not None
        and since <= span[0]
        for trail in records(payload(read), "Trails")
    )
    return None if on else "no trail is known to have been recording all that time"
