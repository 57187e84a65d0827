"""CloudFormation: DescribeStacks by the stack's id, for its last operation and its drift.

https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_DescribeStacks.html
https://docs.aws.amazon.com/AWSCloudFormation/latest/APIReference/API_StackDriftInformation.html
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import records, text
from triage.questions.source.shape import OPEN, RESOLVED, Desk, Said

DRIFT = "CloudFormation Drift Detection Status Change"
ASKED = frozenset(
    {DRIFT, "CloudFormation Stack Status Change", "CloudFormation Stack State Change"}
)
IN_SYNC = "IN_SYNC"
SETTLED = frozenset({"CREATE_COMPLETE", "UPDATE_COMPLETE", "DELETE_COMPLETE", "IMPORT_COMPLETE"})


def read(asking: Asking) -> Read:
    """Ask where the stack is. Raises CannotAsk for StackSets and single resources."""
    ticket = asking.ticket
    if ticket.type not in ASKED or ":stack/" not in ticket.native_id:
        raise CannotAsk("CloudFormation is asked about whole stacks only")
    return Read.of(
        "cloudformation.describe_stacks",
        about.account(asking),
        about.region(asking),
        stack=ticket.native_id,
    )


def said(ticket: Ticket, found: Mapping[str, Any]) -> Said | None:
    """The stack of that id: what its last detection found, or how its last operation ended.

    A stack that nobody ever checked, or that is being changed, has settled nothing.
    """
    named = [one for one in records(found, "Stacks") if text(one, "StackId") == ticket.native_id]
    if len(named) != 1:
        return None
    settled, updated = _drift(named[0]) if ticket.type == DRIFT else _operation(named[0])
    return Said(
        status=RESOLVED if settled else OPEN,
        severity=ticket.severity.score,
        sample=False,
        updated=updated,
    )


def _drift(stack: Mapping[str, Any]) -> tuple[bool, str]:
    status = text(stack, "DriftInformation", "StackDriftStatus")
    return status == IN_SYNC, text(stack, "DriftInformation", "LastCheckTimestamp")


def _operation(stack: Mapping[str, Any]) -> tuple[bool, str]:
    updated = text(stack, "LastUpdatedTime") or text(stack, "CreationTime")
    return text(stack, "StackStatus") in SETTLED, text(stack, "DeletionTime") or updated


DESK = Desk(read, said)
IAM_ACTIONS = ("cloudformation:DescribeStacks",)
