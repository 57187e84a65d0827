"""EC2 is moto's, but for who may launch a machine image, and what a Region forbids to share.

Facts: EC2 API reference, DescribeImageAttribute, ModifyImageAttribute,
GetSnapshotBlockPublicAccessState and GetImageBlockPublicAccessState. New accounts have images
blocked and snapshots not.
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.json import Record
from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.world import Place, Shelf, World

DEFAULTS = {"snapshots": "unblocked", "images": "block-new-sharing"}


def image_attribute(world: World, call: Call) -> Mapping[str, Any]:
    """Answer DescribeImageAttribute for launchPermission, the one that is kept."""
    found = _image(world, call)
    return {"ImageId": found["id"], "LaunchPermissions": list(found["permissions"])}


def change_image(world: World, call: Call) -> Mapping[str, Any]:
    """Answer ModifyImageAttribute; removing what is not there changes nothing."""
    found, asked = _image(world, call), call.parameters.get("LaunchPermission") or {}
    added, removed = list(asked.get("Add") or ()), list(asked.get("Remove") or ())
    groups = [{"Group": one} for one in call.parameters.get("UserGroups") or ()]
    (added if call.parameters.get("OperationType") == "add" else removed).extend(groups)
    kept = [one for one in found["permissions"] if one not in [*added, *removed]]
    changed = {**found, "permissions": [*kept, *added]}
    others = [one for one in world.records(Shelf.IMAGES, _place(call)) if one != found]
    world.replace(Shelf.IMAGES, _place(call), [*others, changed])
    return {}


def _image(world: World, call: Call) -> Record:
    attribute = call.parameters.get("Attribute") or "launchPermission"
    if attribute != "launchPermission":
        text = f"the sandbox keeps no {attribute} of images"
        raise NotBuilt(text)
    wanted = call.parameters["ImageId"]
    kept = world.records(Shelf.IMAGES, _place(call))
    found = next((one for one in kept if one["id"] == wanted), None)
    if found is None:
        text = f"The image id '[{wanted}]' does not exist"
        raise Refused(code="InvalidAMIID.NotFound", message=text)
    return found


def _place(call: Call) -> Place:
    return Place(account=call.account, region=call.region)


def _state(world: World, call: Call, what: str) -> str:
    kept = world.records(Shelf.SHARING_BLOCKS, _place(call))
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
    "ec2.ModifyImageAttribute": change_image,
    "ec2.GetSnapshotBlockPublicAccessState": snapshots_blocked,
    "ec2.GetImageBlockPublicAccessState": images_blocked,
}
