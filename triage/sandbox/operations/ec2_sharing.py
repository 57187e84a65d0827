"""EC2 is moto's, but for who may launch a machine image, and what a Region forbids to share.

Facts: EC2 API reference, DescribeImageAttribute, GetSnapshotBlockPublicAccessState and
GetImageBlockPublicAccessState. New accounts have images blocked and snapshots not.
"""

from collections.abc import Mapping
from typing import Any

from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.world import Place, Shelf, World

DEFAULTS = {"snapshots": "unblocked", "images": "block-new-sharing"}


def image_attribute(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeImageAttribute for launchPermission, the one that is kept."""
    if call.parameters["Attribute"] != "launchPermission":
        text = f"the sandbox keeps no {call.parameters['Attribute']} of images"
        raise NotBuilt(text)
    wanted = call.parameters["ImageId"]
    kept = world.records(Shelf.IMAGES, Place(account=call.account, region=call.region))
    found = next((one for one in kept if one["id"] == wanted), None)
    if found is None:
        text = f"The image id '[{wanted}]' does not exist"
        raise Refused(code="InvalidAMIID.NotFound", message=text)
    return {"ImageId": wanted, "LaunchPermissions": list(found["permissions"])}


def _state(world: World, call: Call, what: str) -> str:
    kept = world.records(Shelf.SHARING_BLOCKS, Place(account=call.account, region=call.region))
    told = [str(one[what]) for one in kept if what in one]
    return told[-1] if told else DEFAULTS[what]


def snapshots_blocked(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetSnapshotBlockPublicAccessState."""
    return {"State": _state(world, call, "snapshots"), "ManagedBy": "account"}


def images_blocked(world: World, call: Call) -> Mapping[str, Any]:
    """Answer GetImageBlockPublicAccessState."""
    state = _state(world, call, "images")
    return {"ImageBlockPublicAccessState": state, "ManagedBy": "account"}


OPERATIONS: Mapping[str, Operation] = {
    "ec2.DescribeImageAttribute": image_attribute,
    "ec2.GetSnapshotBlockPublicAccessState": snapshots_blocked,
    "ec2.GetImageBlockPublicAccessState": images_blocked,
}
