"""In which state is an alarm, and would anybody hear it?

https://docs.aws.amazon.com/AmazonCloudWatch/latest/APIReference/API_MetricAlarm.html
"""

from collections.abc import Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_identity
from triage.questions.answers import absent, known, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, records, text

LISTS = ("MetricAlarms", "CompositeAlarms")
STATES = frozenset({"OK", "ALARM", "INSUFFICIENT_DATA"})


def plan(asking: Asking) -> tuple[Read, ...]:
    """One alarm of either kind, by name."""
    account, region = about.account(asking), about.region(asking)
    name = about_identity.alarm(asking)
    return (Read.of("cloudwatch.describe_alarms", account, region, alarm=name),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """DescribeAlarms leaves out what there is not: with both lists shown and empty, it is gone."""
    if (answer := unanswered(reads)) is not None:
        return answer
    found = payload(reads[0])
    if not all(isinstance(dig(found, name), list) for name in LISTS):
        return Unknown(reason="CloudWatch did not show both kinds of alarms")
    alarms = [one for name in LISTS for one in records(found, name)]
    if not alarms:
        return absent(reads)
    name, enabled = about_identity.alarm(asking), dig(alarms[0], "ActionsEnabled")
    state = text(alarms[0], "StateValue")
    named = len(alarms) == 1 and text(alarms[0], "AlarmName") == name
    if not named or state not in STATES or not isinstance(enabled, bool):
        return Unknown(reason="CloudWatch did not say the alarm's state or whether it acts")
    return known(reads, _told(alarms[0], state, enabled=enabled))


def _told(alarm: Any, state: str, *, enabled: bool) -> dict[str, Any]:
    heard = enabled and bool(dig(alarm, "AlarmActions"))
    return {
        "state": state,
        "actions_enabled": enabled,
        "heard": heard,
        "updated": text(alarm, "StateUpdatedTimestamp"),
        "explanation": f"{state}, and it tells {'somebody' if heard else 'nobody'}.",
    }


QUESTION = Question(
    name="cloudwatch.alarm",
    phrase="which state the alarm is in",
    parameters={"alarm": Parameter(type="string", meaning="another alarm's name", subject=True)},
    answer={
        "state": Field(type="string", meaning="OK, ALARM or INSUFFICIENT_DATA"),
        "actions_enabled": Field(type="boolean", meaning="its actions are on"),
        "heard": Field(type="boolean", meaning="its actions are on and there are some"),
        "updated": Field(type="time", meaning="when its state last changed"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("cloudwatch:DescribeAlarms",),
    plan=plan,
    interpret=interpret,
)
