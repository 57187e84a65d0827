"""Has somebody deleted the subject since the finding was told?

The event that deleted it, successful and later than the finding: which calls those are stands in
resource_kinds.py. EC2 never gives an id out twice, so what is gone there is gone for good; what
people named may be made again under the same name, and is to be looked up.
https://docs.aws.amazon.com/awscloudtrail/latest/userguide/cloudtrail-event-reference-record-contents.html
"""

from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import failure, known, oldest
from triage.questions.cloudtrail_window import LAG, events, none_found
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.cloudtrail import PRINCIPAL, principal
from triage.questions.records.shape import dig, instant, text
from triage.questions.resource_exists import subject_of
from triage.questions.resource_kinds import ResourceKind

VALUES_MAX = 1_000
"""How many values of a request are looked through for the name."""


def plan(asking: Asking) -> tuple[Read, ...]:
    """Look up by the resource's name, from the finding on and without an end."""
    kind, name = _subject(asking)
    account = about.account(asking)
    region = about.GLOBAL_REGION if kind.everywhere else about.region(asking)
    start = asking.ticket.version.isoformat(timespec="seconds")
    return (
        Read.of(
            "cloudtrail.lookup_events",
            account,
            region,
            attribute="ResourceName",
            value=name,
            start=start,
        ),
        Read.of("cloudtrail.trail_status", account, region),
    )


def _subject(asking: Asking) -> tuple[ResourceKind, str]:
    kind, name = subject_of(asking)
    if not kind.deletes:
        raise CannotAsk("no single call deletes this kind of subject")
    return kind, name


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """The newest such event; found is found, whatever the coverage."""
    kind, name = _subject(asking)
    if unknown := failure(reads[:1]):
        return unknown
    told = asking.ticket.version
    found = [one for one in events(reads[0]) if _deletes(one, kind, name, asking.ticket.account)]
    later = [one for one in found if (at := _time(one)) is not None and at > told]
    if not later:
        return _nobody_until_now(told, reads)
    return known(reads[:1], _deletion(later[0], kind))


def _nobody_until_now(told: datetime, reads: Sequence[RawRead]) -> Answer:
    """What CloudTrail cannot show yet is not counted: nobody did until a quarter hour ago."""
    until = oldest(reads[:1]) - LAG
    if until <= told:
        return Unknown(reason="CloudTrail lags by up to 15 minutes behind the finding")
    return none_found(reads, (told, until))


def _time(event: Mapping[str, Any]) -> datetime | None:
    return instant(dig(event, "eventTime"))


def _deletes(event: Mapping[str, Any], kind: ResourceKind, name: str, account: str) -> bool:
    return (
        text(event, "eventName") in kind.deletes
        and text(event, "eventSource") == f"{kind.service}.amazonaws.com"
        and text(event, "recipientAccountId") == account
        and not text(event, "errorCode")
        and name in set(_values(dig(event, "requestParameters")))
    )


def _values(request: Any) -> Iterator[str]:
    """Every text of a request, however deep; a bound on how many."""
    waiting = [request]
    for _ in range(VALUES_MAX):
        if not waiting:
            return
        one = waiting.pop()
        if isinstance(one, Mapping):
            waiting.extend(one.values())
        elif isinstance(one, list):
            waiting.extend(one)
        elif isinstance(one, str):
            yield one


def _deletion(event: Mapping[str, Any], kind: ResourceKind) -> dict[str, Any]:
    return {
        "deleted": True,
        "for_good": kind.for_good,
        "principal": principal(event),
        "time": text(event, "eventTime"),
        "call": text(event, "eventName"),
        "event_id": text(event, "eventID"),
    }


QUESTION = Question(
    name="cloudtrail.deleted",
    phrase="who deleted it",
    parameters={},
    answer={
        "deleted": Field(type="boolean", meaning="always true; nobody deleted it is absent"),
        "for_good": Field(type="boolean", meaning="its id is never given out again"),
        "principal": Field(type="object", meaning="who", fields=PRINCIPAL),
        "time": Field(type="time", meaning="when"),
        "call": Field(type="string", meaning="the API call"),
        "event_id": Field(type="string", meaning="CloudTrail's id of the event"),
    },
    fresh_seconds=3600,
    iam_actions=(
        "cloudtrail:LookupEvents",
        "cloudtrail:DescribeTrails",
        "cloudtrail:GetTrailStatus",
        "cloudtrail:GetEventSelectors",
    ),
    plan=plan,
    interpret=interpret,
    scarce=True,
)
