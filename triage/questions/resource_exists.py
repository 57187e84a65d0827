"""Is the subject still there?

Gone is only what the service itself says is gone, asked in the account and Region that the
subject's own name says. A name that may mean something else in that service is not asked about.
"""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

from triage.domain.evidence import Answer, Missing, RawRead, Read, Unknown
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.answers import failure, known, payload
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.arn import arn_of
from triage.questions.records.shape import dig, records, text
from triage.questions.resource_kinds import (
    BUCKET,
    KINDS,
    USER,
    ResourceKind,
    kind_of,
    kind_of_id,
)


def subject_of(asking: Asking) -> tuple[ResourceKind, str]:
    """What kind of resource it is, and its name. Raises CannotAsk."""
    if _several(asking.ticket):
        raise CannotAsk("the ticket is about several resources")
    return _of_arn(asking) or _of_id(asking)


def _several(ticket: Ticket) -> bool:
    """ASFF and Inspector list what a finding is about; one of them gone says nothing."""
    told = (dig(ticket.record, name) for name in ("Resources", "resources"))
    return any(isinstance(one, list) and len(one) > 1 for one in told)


def _of_arn(asking: Asking) -> tuple[ResourceKind, str] | None:
    subject, ticket = asking.ticket.subject, asking.ticket
    arn = arn_of(subject.id)
    if arn is None:
        return None
    if arn.account not in {"", ticket.account}:
        raise CannotAsk("the subject is another account's")
    if arn.region not in {"", ticket.region}:
        raise CannotAsk("the subject is in another Region")
    kind = kind_of(arn)
    if kind is None:
        raise CannotAsk("this kind of subject cannot be looked up yet")
    return kind, subject.id if kind.whole else kind.name(arn)


def _of_id(asking: Asking) -> tuple[ResourceKind, str]:
    subject = asking.ticket.subject
    if kind := kind_of_id(subject.id, subject.kind):
        return kind, subject.id
    if subject.id.startswith("ASIA"):
        raise CannotAsk("a temporary key cannot be looked up")
    for kind, find in ((BUCKET, about.bucket), (USER, about.user)):
        try:
            return kind, find(asking)
        except CannotAsk:
            continue
    raise CannotAsk("this kind of subject cannot be looked up yet")


def plan(asking: Asking) -> tuple[Read, ...]:
    """One read of whatever kind the subject is."""
    kind, name = subject_of(asking)
    region = about.GLOBAL_REGION if kind.everywhere else about.region(asking)
    return (Read.of(kind.read, about.account(asking), region, **{kind.argument: name}),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """There, gone by the service's own word, or unknown."""
    if unknown := failure(reads):
        return unknown
    (kind, name), read = subject_of(asking), reads[0]
    if isinstance(read, Missing):
        if read.code not in kind.gone:
            return Unknown(reason=f"the service answered {read.code}")
        return known(reads, {"exists": False, "explanation": f"the service says {read.code}."})
    told = payload(read)
    if word := OVER.get(kind.read, _never_over)(told, name):
        return known(reads, {"exists": False, "explanation": f"the service says {word}."})
    if not told or [] in told.values():
        return Unknown(reason="the service neither showed it nor said that it is gone")
    return known(reads, {"exists": True, "explanation": "it is there."})


# --- what is still shown after its end ------------------------------------------------------------

Over = Callable[[Mapping[str, Any], str], str]
"""Gives the word by which a service says that what it shows is no more, or ""."""


def _never_over(_told: Mapping[str, Any], _name: str) -> str:
    return ""


def _terminated(told: Mapping[str, Any], name: str) -> str:
    """Nothing brings a terminated instance back; it is shown for about an hour.

    https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/terminating-instances.html
    """
    shown = [one for part in records(told, "Reservations") for one in records(part, "Instances")]
    ended = len(shown) == 1 and text(shown[0], "InstanceId") == name
    return "terminated" if ended and text(shown[0], "State", "Name") == "terminated" else ""


def _stack_deleted(told: Mapping[str, Any], name: str) -> str:
    """A deleted stack is found by its id for ninety days.

    https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
    """
    shown = records(told, "Stacks")
    ended = len(shown) == 1 and text(shown[0], "StackId") == name
    return "DELETE_COMPLETE" if ended and text(shown[0], "StackStatus") == "DELETE_COMPLETE" else ""


def _cluster_inactive(told: Mapping[str, Any], name: str) -> str:
    """ECS answers with a list of failures; an inactive cluster has been deleted.

    https://docs.aws.amazon.com/AmazonECS/latest/APIReference/API_Cluster.html
    https://docs.aws.amazon.com/AmazonECS/latest/developerguide/api_failures_messages.html
    """
    shown, failed = records(told, "clusters"), records(told, "failures")
    if not shown and len(failed) == 1 and text(failed[0], "arn") == name:
        return "MISSING" if text(failed[0], "reason") == "MISSING" else ""
    ended = len(shown) == 1 and text(shown[0], "clusterArn") == name
    return "INACTIVE" if ended and text(shown[0], "status") == "INACTIVE" else ""


OVER: Mapping[str, Over] = MappingProxyType(
    {
        "ec2.describe_instances": _terminated,
        "cloudformation.describe_stacks": _stack_deleted,
        "ecs.describe_clusters": _cluster_inactive,
    }
)


QUESTION = Question(
    name="resource.exists",
    phrase="whether it still exists",
    parameters={},
    answer={
        "exists": Field(type="boolean", meaning="the service knows it"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=tuple(dict.fromkeys([*(one.iam_action for one in KINDS), "iam:ListAccessKeys"])),
    plan=plan,
    interpret=interpret,
)
