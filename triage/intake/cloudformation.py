"""CloudFormation: drift, failed stack, StackSet and resource operations, and stack notices.

Shapes: CloudFormation user guide, "Event detail reference" (EventBridge), the text of stack
notices (notice.py), and the API's StackDriftDetectionStatus and StackResourceDrift. What a
status means: cloudformation_states.py.

Concerns and their keys: a stack's drift (a detection is a version of it), a stack's or
StackSet's last operation (its success resolves its failure), one resource's.
"""

from collections.abc import Callable
from dataclasses import dataclass

from triage.domain.errors import Unreadable
from triage.domain.json import Record
from triage.domain.ticket import (
    CanonicalKey,
    FindingClass,
    Format,
    Source,
    Subject,
    Ticket,
)
from triage.intake import arn, cloudformation_states, identity
from triage.intake.bounds import quoted
from triage.intake.cloudformation_states import State
from triage.intake.delivery import Delivery, region_of
from triage.intake.fields import Fields
from triage.intake.incomplete import Incomplete
from triage.intake.subjects import called

KIND = "a CloudFormation record"
DRIFT = "CloudFormation Drift Detection Status Change"
STACK = "CloudFormation Stack Status Change"
RESOURCE = "CloudFormation Resource Status Change"
STACK_SET = "CloudFormation StackSet Status Change"
INSTANCE = "CloudFormation StackSet StackInstance Status Change"
OPERATION = "CloudFormation StackSet Operation Status Change"
EVENTS = (
    DRIFT,
    STACK,
    "CloudFormation Stack State Change",
    RESOURCE,
    STACK_SET,
    INSTANCE,
    OPERATION,
)
"""Detail-types (EventBridge events reference, CloudFormation)."""
RESOURCE_DRIFT = "CloudFormation Resource Drift"
"""Not a detail-type: only the API (DescribeStackResourceDrifts) speaks of one resource's drift."""
STACK_KIND, STACK_SET_KIND = "AWS::CloudFormation::Stack", "AWS::CloudFormation::StackSet"
STATUS = ("status-details.status", "resource-status")
DRIFT_STATUS = ("status-details.stack-drift-status", "stack-drift-status")


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """What a record says: which kind it is, about which stack, in which state."""

    type: str
    stack: str
    resource: str
    state: State


def read(record: Record, delivery: Delivery) -> Ticket:
    """Read one change. Raises Unreadable without a stack, and for anything still under way."""
    event = Fields(record)
    told = _told(event, Fields(delivery.envelope).text("detail-type"))
    account = arn.account(told.stack) or event.text("namespace") or delivery.account()
    subject = _subject(event, told)
    when = delivery.or_now(event.time("timestamp"))
    return Ticket(
        key=_key(told, event),
        source=Source.CLOUDFORMATION,
        format=Format.NATIVE,
        type=told.type,
        finding_class=FindingClass.POSTURE,
        severity=told.state.severity,
        account=account,
        region=region_of(arn.region(told.stack), delivery.region()),
        subject=subject,
        title=_title(event, told, subject),
        occurred=when,
        version=when,
        status=told.state.status,
        native_id=told.stack,
        product="aws/cloudformation",
        record=record,
        body=delivery.body,
    )


def is_shape(record: Fields) -> bool:
    """Whether a bare record is one of these: a change of a stack or StackSet, named by ARN.

    A stack as DescribeStacks gives it is an inventory's, not a change.
    """
    stack = record.text("stack-id", "stack-set-arn")
    return ":cloudformation:" in stack and any(record.has(*marks) for marks in MARKS)


MARKS = (
    ("status-details",),
    ("ResourceStatus", "LogicalResourceId"),
    ("EventId", "LogicalResourceId"),
    ("StackDriftDetectionId",),
    ("StackResourceDriftStatus",),
)


def _told(event: Fields, detail_type: str) -> Told:
    type_ = detail_type or _type(event)
    stack = event.text("stack-id", "stack-set-arn")
    if not stack:
        raise Incomplete(KIND, "a stack")
    if type_ == STACK_SET:
        msg = "a StackSet's status says only that it exists or was deleted, which is no ticket"
        raise Unreadable(msg)
    state = READINGS.get(type_, _operation)(event)
    if state is None:
        raise Unreadable(UNDER_WAY[type_ == DRIFT])
    resource = event.text("logical-resource-id") if type_ in PARTIAL else ""
    return Told(type=type_, stack=stack, resource=resource, state=state)


UNDER_WAY = (
    "a CloudFormation operation still in progress is no ticket",
    "a drift detection still in progress is no ticket",
)
PARTIAL = frozenset({RESOURCE, RESOURCE_DRIFT})


def _type(event: Fields) -> str:
    """Which kind a record without an envelope is, by its own fields."""
    if event.has("StackResourceDriftStatus"):
        return RESOURCE_DRIFT
    if event.has("stack-drift-detection-id") or event.text(*DRIFT_STATUS):
        return DRIFT
    if event.has("stack-set-arn"):
        return _stack_set_type(event)
    of_itself = event.text("resource-type") in {"", STACK_KIND} and event.text(
        "physical-resource-id"
    ) in {"", event.text("stack-id")}
    return STACK if of_itself else RESOURCE


def _stack_set_type(event: Fields) -> str:
    if event.has("stack-id"):
        return INSTANCE
    return OPERATION if event.has("stack-set-operation-id") else STACK_SET


def _drift(event: Fields) -> State | None:
    count = event.number("drift-detection-details.drifted-stack-resource-count")
    return cloudformation_states.drift(
        event.text(*DRIFT_STATUS),
        event.text("status-details.detection-status", "detection-status"),
        count if count is not None else event.number("drifted-stack-resource-count"),
    )


def _resource_drift(event: Fields) -> State | None:
    return cloudformation_states.resource_drift(event.text("StackResourceDriftStatus"))


def _instance(event: Fields) -> State | None:
    return cloudformation_states.instance(
        event.text("status-details.detailed-status"), event.text("status-details.status")
    )


def _operation(event: Fields) -> State | None:
    return cloudformation_states.operation(event.text(*STATUS))


READINGS: dict[str, Callable[[Fields], State | None]] = {
    DRIFT: _drift,
    RESOURCE_DRIFT: _resource_drift,
    INSTANCE: _instance,
}
"""How the state is read; all others state the status of an operation."""


def _key(told: Told, event: Fields) -> CanonicalKey:
    concern = "drift" if told.type in {DRIFT, RESOURCE_DRIFT} else "operation"
    whole = (told.stack, told.resource) if told.resource else (told.stack,)
    if told.type == INSTANCE:
        return identity.stack(concern, event.text("stack-set-arn"), told.stack)
    return identity.stack(concern, *whole)


def _subject(event: Fields, told: Told) -> Subject:
    kind = STACK_SET_KIND if told.type in {STACK_SET, OPERATION} else STACK_KIND
    id_ = told.stack
    if told.resource:
        id_ = event.text("physical-resource-id") or told.resource
        kind = event.text("resource-type")
    return called(id_, kind, _name(id_))


def _name(id_: str) -> str:
    """A stack's ARN ends in a GUID, and so does a StackSet's; people know the name before it."""
    stack = id_.partition(":stack/")[2].partition("/")[0]
    stack_set = id_.partition(":stackset/")[2].partition(":")[0]
    return stack or stack_set or arn.short(id_)


def _title(event: Fields, told: Told, subject: Subject) -> str:
    reason = event.text("status-details.status-reason", "ResourceStatusReason")
    where = f" of stack {_name(told.stack)}" if told.resource else ""
    said = f"{subject.kind or 'Resource'} {told.resource or subject.name}{where}"
    return f"{said}: {told.state.word or quoted('')}" + (f" ({reason})" if reason else "")
