"""CloudFormation: stacks as they are told about, drift included, which moto does not keep.

Facts: CloudFormation API reference, DescribeStacks: an unknown stack is a ValidationError; a
deleted one is found by its id only.
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, Operation, Refused
from triage.sandbox.pages import page_of
from triage.sandbox.world import Place, Shelf, World

PAGE = 100
INVALID, DELETED = "ValidationError", "DELETE_COMPLETE"


def describe_stacks(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeStacks, of one stack or of all that are not deleted."""
    stacks = world.records(Shelf.STACKS, Place(account=call.account, region=call.region))
    wanted = call.parameters.get("StackName")
    found = [one for one in stacks if _is_meant(one, wanted)]
    if wanted and not found:
        raise Refused(code=INVALID, message=f"Stack with id {wanted} does not exist")
    page = page_of(found, call.parameters, size=PAGE, refusal=INVALID)
    return {"Stacks": page.items} | ({"NextToken": page.token} if page.token else {})


def _is_meant(stack: Record, wanted: str | None) -> bool:
    if stack["StackId"] == wanted:
        return True
    return stack["StackStatus"] != DELETED and wanted in {None, stack["StackName"]}


OPERATIONS: Mapping[str, Operation] = {"cloudformation.DescribeStacks": describe_stacks}
