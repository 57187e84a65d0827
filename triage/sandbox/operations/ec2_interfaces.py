"""EC2 is moto's, but for the security groups of an interface, which moto adds to its instance's.

Facts: EC2 API reference, ModifyNetworkInterfaceAttribute: the groups given replace all others, and
those of an instance are the groups of its primary interface.
"""

from collections.abc import Mapping
from typing import Any

from moto.ec2.exceptions import InvalidNetworkInterfaceIdError
from moto.ec2.models import ec2_backends

from triage.sandbox.call import Call, NotBuilt, Operation, Refused
from triage.sandbox.world import World


def change_interface(_world: World, call: Call) -> Mapping[str, Any]:
    """Answer ModifyNetworkInterfaceAttribute for groups, the ones that are kept."""
    asked = call.parameters
    if set(asked) != {"NetworkInterfaceId", "Groups"}:
        text = "the sandbox changes nothing of an interface but its groups"
        raise NotBuilt(text)
    backend = ec2_backends[call.account][call.region]
    try:
        interface = backend.get_network_interface(asked["NetworkInterfaceId"])
    except InvalidNetworkInterfaceIdError as error:
        raise Refused(code="InvalidNetworkInterfaceID.NotFound", message=str(error)) from error
    groups = [_group(backend, one) for one in asked["Groups"]]
    interface._group_set = groups  # noqa: SLF001 - moto has no other way
    if interface.instance is not None:
        interface.instance.security_groups = groups
    return {}


def _group(backend: Any, name: str) -> Any:
    found = backend.get_security_group_from_id(name)
    if found is None:
        text = f"The security group '{name}' does not exist"
        raise Refused(code="InvalidGroup.NotFound", message=text)
    return found


OPERATIONS: Mapping[str, Operation] = {"ec2.ModifyNetworkInterfaceAttribute": change_interface}
