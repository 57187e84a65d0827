"""Who changed a resource last, and how?"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read
from triage.questions import about
from triage.questions.answers import known
from triage.questions.cloudtrail_window import (
    IAM_ACTIONS,
    WINDOW,
    events,
    lookups,
    none_found,
    window,
)
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.cloudtrail import PRINCIPAL, principal, with_mfa
from triage.questions.records.shape import text

HOURS = 168.0


def plan(asking: Asking) -> tuple[Read, ...]:
    """Look up by resource name: the one attribute that fits any kind of change."""
    name, region = about.resource_name(asking), about.trail_region(asking)
    span = window(asking, HOURS)
    return lookups(about.account(asking), region, "ResourceName", name, span)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """The newest successful call of those asked for; found is found, whatever the coverage."""
    wanted = asking.parameters.get("calls")
    calls = wanted if isinstance(wanted, list) else []
    found = [one for one in events(reads[0]) if _counts(one, calls)]
    if not found:
        return none_found(reads, window(asking, HOURS))
    return known(reads[:1], _change(found[0]))


def _counts(event: Mapping[str, Any], calls: list[Any]) -> bool:
    wanted = not calls or text(event, "eventName") in calls
    return wanted and not text(event, "errorCode") and event.get("readOnly") is not True


def _change(event: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "principal": principal(event),
        "time": text(event, "eventTime"),
        "call": text(event, "eventName"),
        "event_id": text(event, "eventID"),
        "session": {"mfa": with_mfa(event)},
        "source_ip": text(event, "sourceIPAddress"),
        "user_agent": text(event, "userAgent"),
    }


QUESTION = Question(
    name="cloudtrail.last_change",
    phrase="who changed it",
    parameters={
        "calls": Parameter(
            type="list", meaning="the API calls that count, such as PutBucketPolicy"
        ),
        "resource": Parameter(type="string", meaning="another resource's name", subject=True),
        "window_hours": WINDOW,
    },
    answer={
        "principal": Field(type="object", meaning="who", fields=PRINCIPAL),
        "time": Field(type="time", meaning="when"),
        "call": Field(type="string", meaning="the API call"),
        "event_id": Field(type="string", meaning="CloudTrail's id of the event"),
        "session": Field(type="object", meaning="mfa: whether the session had MFA"),
        "source_ip": Field(type="string", meaning="where from", tainted=True),
        "user_agent": Field(type="string", meaning="with what", tainted=True),
    },
    fresh_seconds=3600,
    iam_actions=IAM_ACTIONS,
    plan=plan,
    interpret=interpret,
    scarce=True,
)
