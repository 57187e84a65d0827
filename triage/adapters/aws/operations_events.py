"""A stack or a case, read from the service that told of it: CloudFormation, Security IR."""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any

from triage.adapters.aws.paging import Desk, Operation, every, member, plain, text_of
from triage.domain.evidence import Read


def _stacks(desk: Desk, read: Read) -> Mapping[str, Any]:
    """By its id, which finds a deleted stack too for ninety days."""
    call = desk.client("cloudformation").describe_stacks
    return {"Stacks": every(desk, call, "NextToken", "Stacks", StackName=text_of(read, "stack"))}


def _case(desk: Desk, read: Read) -> Mapping[str, Any]:
    desk.turn()
    found = plain(desk.client("security-ir").get_case(caseId=text_of(read, "case")))
    member(found, "caseStatus")
    return dict(found)


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "cloudformation.describe_stacks": _stacks,
        "security-ir.get_case": _case,
    }
)
