"""How does a stack stand since the finding: in sync, well again, or gone?

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_Stack.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, payload, unanswered
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.shape import dig, instant, records, text

WELL = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "IMPORT_COMPLETE"})
DRIFTS = frozenset({"IN_SYNC", "DRIFTED", "UNKNOWN", "NOT_CHECKED"})
DELETED = "DELETE_COMPLETE"


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask by the stack's id, which a new stack of the same name does not share."""
    stack = asking.ticket.native_id
    if ":stack/" not in stack:
        raise CannotAsk("the ticket is not about a stack")
    account, region = about.account(asking), about.region(asking)
    return (Read.of("cloudformation.describe_stacks", account, region, stack=stack),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """What it says counts only when it is later than the finding."""
    if (answer := unanswered(reads)) is not None:
        return answer
    found, ticket = records(payload(reads[0]), "Stacks"), asking.ticket
    if len(found) != 1 or text(found[0], "StackId") != ticket.native_id:
        return Unknown(reason="CloudFormation did not show this one stack")
    status = text(found[0], "StackStatus")
    drift = text(found[0], "DriftInformation", "StackDriftStatus")
    if not status or (drift not in DRIFTS and status != DELETED):
        return Unknown(reason="CloudFormation did not say how the stack stands")
    checked = _later(found[0], ticket.version, "DriftInformation", "LastCheckTimestamp")
    updated = _later(found[0], ticket.version, "LastUpdatedTime")
    return known(
        reads,
        {
            "status": status,
            "drift": drift,
            "in_sync_since": drift == "IN_SYNC" and checked,
            "well_since": status in WELL and updated,
            "deleted": status == DELETED,
            "explanation": f"its status is {status}, its drift {drift or 'not known'}.",
        },
    )


def _later(stack: Mapping[str, Any], version: Any, *path: str) -> bool:
    at = instant(dig(stack, *path))
    return at is not None and at > version


QUESTION = Question(
    name="cloudformation.stack",
    phrase="how the stack stands now",
    parameters={},
    answer={
        "status": Field(type="string", meaning="as CloudFormation calls it: UPDATE_COMPLETE, ..."),
        "drift": Field(type="string", meaning="IN_SYNC, DRIFTED, UNKNOWN or NOT_CHECKED"),
        "in_sync_since": Field(type="boolean", meaning="a detection after the finding: no drift"),
        "well_since": Field(type="boolean", meaning="an operation after the finding succeeded"),
        "deleted": Field(type="boolean", meaning="the stack was deleted"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("cloudformation:DescribeStacks",),
    plan=plan,
    interpret=interpret,
)
