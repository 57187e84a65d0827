"""Where an instance stands: its interfaces, who scales it, and who sends it requests.

https://docs.aws.amazon.com/AWSEC2/latest/UserGuide/security-group-connection-tracking.html
https://docs.aws.amazon.com/autoscaling/ec2/userguide/as-enter-exit-standby.html
"""

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triage.domain.json import Record, canonical
from triage.domain.plan import Call, Target
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions.records.shape import dig, records, text
from triage.remediations import ec2

OPEN, CLOSED = "triage-isolation-open", "triage-isolation-closed"
EVERYWHERE = "0.0.0.0/0"
TARGET_GROUPS_MAX = 200
READ = (
    "ec2:DescribeInstances",
    "ec2:DescribeNetworkInterfaces",
    "ec2:DescribeSecurityGroups",
    "autoscaling:DescribeAutoScalingInstances",
    "autoscaling:DescribeAutoScalingGroups",
    "elasticloadbalancing:DescribeTargetGroups",
    "elasticloadbalancing:DescribeTargetHealth",
)
AWAY = frozenset({"Standby", "EnteringStandby"})
LEAVING = "draining"


def instance(cloud: Cloud, target: Target) -> Record:
    """What EC2 says of the instance. Raises CloudError when there is no such one."""
    call = ec2.call("describe_instances", InstanceIds=[target.id])
    groups = records(cloud.call(call), "Reservations")
    found = [one for group in groups for one in records(group, "Instances")]
    if len(found) != 1 or text(found[0], "InstanceId") != target.id:
        raise Unknown(call, f"did not show {target.id}")
    return found[0]


def interfaces(cloud: Cloud, target: Target) -> Sequence[Record]:
    """Its network interfaces; an instance has one at least."""
    only = [{"Name": "attachment.instance-id", "Values": [target.id]}]
    call = ec2.call("describe_network_interfaces", Filters=only)
    found = records(cloud.call(call), "NetworkInterfaces")
    if not found or any(not isinstance(dig(one, "Groups"), list) for one in found):
        raise Unknown(call, f"did not show the interfaces of {target.id}")
    return found


def groups_of(found: Sequence[Record]) -> Mapping[str, list[str]]:
    """The security groups of every interface."""
    return {
        text(one, "NetworkInterfaceId"): sorted(text(each, "GroupId") for each in one["Groups"])
        for one in found
    }


def isolating(cloud: Cloud, network: str) -> Mapping[str, str | None]:
    """The ids of the open and the closed group of a VPC, each None where it is not as it must be.

    A flow that everything is allowed for in both directions is not tracked, so it ends with its
    rule; whatever is allowed by less goes on although the rule is gone.
    """
    named = [
        {"Name": "vpc-id", "Values": [network]},
        {"Name": "group-name", "Values": [OPEN, CLOSED]},
    ]
    call = ec2.call("describe_security_groups", Filters=named)
    found = records(cloud.call(call), "SecurityGroups")
    sound = {
        name: [
            text(one, "GroupId") for one in found if text(one, "GroupName") == name and test(one)
        ]
        for name, test in ((OPEN, _open), (CLOSED, _closed))
    }
    return {name: ids[0] if len(ids) == 1 else None for name, ids in sound.items()}


WAYS = ("IpPermissions", "IpPermissionsEgress")


def _closed(group: Record) -> bool:
    return all(dig(group, way) == [] for way in WAYS)


def _open(group: Record) -> bool:
    return all(any(_all_of_it(one) for one in records(group, way)) for way in WAYS)


def _all_of_it(rule: Record) -> bool:
    ranges = [text(one, "CidrIp") for one in records(rule, "IpRanges")]
    return text(rule, "IpProtocol") == "-1" and EVERYWHERE in ranges


def scaling(cloud: Cloud, target: Target) -> Mapping[str, Any]:
    """The Auto Scaling group of the instance: its name, its ARN, its own target groups."""
    call = _call("autoscaling", "describe_auto_scaling_instances", InstanceIds=[target.id])
    found = records(cloud.call(call), "AutoScalingInstances")
    if not found:
        return {"group": None, "arn": None, "targets": [], "standby": None}
    name = text(found[0], "AutoScalingGroupName")
    asking = _call("autoscaling", "describe_auto_scaling_groups", AutoScalingGroupNames=[name])
    groups = records(cloud.call(asking), "AutoScalingGroups")
    if len(groups) != 1:
        raise Unknown(asking, f"did not show {name}")
    return {
        "group": name,
        "arn": member(asking, groups[0], "AutoScalingGroupARN"),
        "targets": list(dig(groups[0], "TargetGroupARNs") or ()),
        "standby": text(found[0], "LifecycleState") in AWAY,
    }


def registrations(cloud: Cloud, addresses: frozenset[str], apart: Sequence[str]) -> list[Record]:
    """Where it is registered by its id or an address, but for the target groups `apart`.

    Auto Scaling takes care of its own.
    """
    call = _call("elbv2", "describe_target_groups")
    groups = records(cloud.call(call), "TargetGroups")
    if len(groups) > TARGET_GROUPS_MAX:
        raise Unknown(call, f"lists more than {TARGET_GROUPS_MAX}")
    arns = [text(one, "TargetGroupArn") for one in groups]
    each = [one for arn in arns if arn not in apart for one in _registered(cloud, arn, addresses)]
    return sorted(each, key=canonical)


def _registered(cloud: Cloud, arn: str, addresses: frozenset[str]) -> Iterator[Record]:
    call = _call("elbv2", "describe_target_health", TargetGroupArn=arn)
    for one in records(cloud.call(call), "TargetHealthDescriptions"):
        leaving = text(one, "TargetHealth", "State") == LEAVING
        if text(one, "Target", "Id") in addresses and not leaving:
            port = dig(one, "Target", "Port")
            yield {"group": arn, "id": text(one, "Target", "Id"), "port": port}


def addresses_of(target: Target, found: Sequence[Record]) -> frozenset[str]:
    """How a target group may name the instance: by its id, or by a private address."""
    private = (text(each, "PrivateIpAddress") for one in found for each in _addresses(one))
    return frozenset({target.id, *private})


def _addresses(interface: Record) -> Sequence[Record]:
    return records(interface, "PrivateIpAddresses")


def _call(service: str, operation: str, **parameters: Any) -> Call:
    return Call(service=service, operation=operation, parameters=parameters)
