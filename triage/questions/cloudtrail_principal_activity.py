"""What else did a principal do around that time?"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known
from triage.questions.cloudtrail_window import (
    IAM_ACTIONS,
    WINDOW,
    beyond,
    events,
    lookups,
    none_found,
    window,
)
from triage.questions.question import Asking, CannotAsk, Field, Parameter, Question
from triage.questions.records.shape import text

HOURS = 24.0
SHOWN_MAX = 20


def plan(asking: Asking) -> tuple[Read, ...]:
    """Look up by access key where there is one, else by user name."""
    attribute, value = _who(asking)
    span = window(asking, HOURS)
    return lookups(about.account(asking), about.region(asking), attribute, value, span)


def _who(asking: Asking) -> tuple[str, str]:
    ticket = asking.ticket
    name = about.given(asking, "principal") or ticket.subject.id
    if name.startswith(("AKIA", "ASIA")):
        return "AccessKeyId", name
    principal = about.given(asking, "principal") or ticket.principal or ""
    if user := principal.rpartition("/")[2]:
        return "Username", user
    raise CannotAsk("the ticket names no principal")


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Counts over the whole window: of half a window, "nothing was refused" would say nothing."""
    span = window(asking, HOURS)
    found = events(reads[0])
    if not found:
        return none_found(reads, span)
    if reason := beyond(reads[0], span):
        return Unknown(reason=f"not all of it can be seen: {reason}")
    calls = sorted({text(event, "eventName") for event in found})
    return known(
        reads[:1],
        {
            "count": len(found),
            "calls": calls[:SHOWN_MAX],
            "errors": sum(1 for event in found if text(event, "errorCode")),
            "first": text(found[-1], "eventTime"),
            "last": text(found[0], "eventTime"),
            "ips": sorted({text(event, "sourceIPAddress") for event in found})[:SHOWN_MAX],
        },
    )


QUESTION = Question(
    name="cloudtrail.principal_activity",
    phrase="what else the principal did",
    parameters={
        "principal": Parameter(type="string", meaning="another principal", subject=True),
        "window_hours": WINDOW,
    },
    answer={
        "count": Field(type="number", meaning="how many calls"),
        "calls": Field(type="list", meaning="which calls, at most 20", tainted=True),
        "errors": Field(type="number", meaning="how many were refused"),
        "first": Field(type="time", meaning="the first"),
        "last": Field(type="time", meaning="the last"),
        "ips": Field(type="list", meaning="where from", tainted=True),
    },
    fresh_seconds=3600,
    iam_actions=IAM_ACTIONS,
    plan=plan,
    interpret=interpret,
    scarce=True,
)
