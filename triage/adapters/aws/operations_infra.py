"""Infrastructure as its services show it: keys, functions, databases, snapshots, networks."""

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Any

import orjson

from triage.adapters.aws.paging import Cut, Desk, Operation, every, member, plain, text_of
from triage.adapters.aws.placed import owned
from triage.domain.evidence import Read

Arguments = Callable[[Read], Mapping[str, Any]]


def _members(service: str, method: str, arguments: Arguments, *names: str) -> Operation:
    """One answer, of which these members are always there."""

    def call(desk: Desk, read: Read) -> Mapping[str, Any]:
        desk.turn()
        answer = getattr(desk.client(service), method)(**arguments(read))
        return {name: plain(member(answer, name)) for name in names}

    return call


def _policy(service: str, method: str, arguments: Arguments) -> Operation:
    """A policy document comes as text within the answer; cut short, it is no JSON."""
    ask = _members(service, method, arguments, "Policy")

    def call(desk: Desk, read: Read) -> Mapping[str, Any]:
        told = ask(desk, read)
        try:
            orjson.loads(told["Policy"])
        except orjson.JSONDecodeError as error:
            raise Cut from error
        return told

    return call


def _nothing(_read: Read) -> Mapping[str, Any]:
    return {}


def _function(read: Read) -> Mapping[str, Any]:
    return {"FunctionName": text_of(read, "function")}


def _attribute(parameter: str, argument: str, attribute: str) -> Arguments:
    return lambda read: {parameter: text_of(read, argument), "Attribute": attribute}


# --- Inspector ------------------------------------------------------------------------------------


def _coverage(desk: Desk, read: Read) -> Mapping[str, Any]:
    wanted = {"resourceId": [{"comparison": "EQUALS", "value": text_of(read, "resource")}]}
    call = desk.client("inspector2").list_coverage
    found = every(desk, call, "nextToken", "coveredResources", filterCriteria=wanted)
    owned(read, found, "accountId")
    return {"coveredResources": found}


# --- Lambda ---------------------------------------------------------------------------------------


def _urls(desk: Desk, read: Read) -> Mapping[str, Any]:
    """AWS leaves NextMarker out on the last page; the member itself is always there."""
    call = desk.client("lambda").list_function_url_configs
    wanted = {"FunctionName": text_of(read, "function")}
    pages: list[Any] = []
    following: dict[str, Any] = {}
    for _ in range(desk.pages):
        desk.turn()
        page = call(**wanted, **following)
        pages += plain(member(page, "FunctionUrlConfigs"))
        if not page.get("NextMarker"):
            return {"FunctionUrlConfigs": pages}
        following = {"Marker": page["NextMarker"]}
    raise Cut


def _concurrency(desk: Desk, read: Read) -> Mapping[str, Any]:
    """A function without reserved concurrency answers with nothing in it, and that is an answer.

    https://docs.aws.amazon.com/lambda/latest/api/API_GetFunctionConcurrency.html
    """
    desk.turn()
    answer = desk.client("lambda").get_function_concurrency(**_function(read))
    return {"ReservedConcurrentExecutions": answer.get("ReservedConcurrentExecutions")}


# --- networks -------------------------------------------------------------------------------------


def _network_path(desk: Desk, read: Read) -> Mapping[str, Any]:
    """Everything between the internet and one instance: interfaces, groups, routes and ACLs."""
    ec2 = desk.client("ec2")
    interfaces = _where(
        desk,
        read,
        ec2.describe_network_interfaces,
        "NetworkInterfaces",
        ("attachment.instance-id", [text_of(read, "instance")]),
    )
    groups = {one["GroupId"] for face in interfaces for one in member(face, "Groups")}
    vpcs = sorted({str(face.get("VpcId", "")) for face in interfaces} - {""})
    return {
        "NetworkInterfaces": interfaces,
        "SecurityGroups": _groups(desk, read, sorted(groups)),
        "RouteTables": _where(
            desk, read, ec2.describe_route_tables, "RouteTables", ("vpc-id", vpcs)
        ),
        "NetworkAcls": _where(
            desk, read, ec2.describe_network_acls, "NetworkAcls", ("vpc-id", vpcs)
        ),
    }


def _where(
    desk: Desk,
    read: Read,
    call: Callable[..., Any],
    name: str,
    wanted: tuple[str, Sequence[str]],
) -> list[Any]:
    key, values = wanted
    if not values:
        return []
    filters = [{"Name": key, "Values": list(values)}]
    found = every(desk, call, "NextToken", name, Filters=filters)
    owned(read, found, "OwnerId")
    return found


def _groups(desk: Desk, read: Read, groups: Sequence[str]) -> list[Any]:
    if not groups:
        return []
    call = desk.client("ec2").describe_security_groups
    found = every(desk, call, "NextToken", "SecurityGroups", GroupIds=list(groups))
    owned(read, found, "OwnerId")
    return found


# --- IAM, Config, GuardDuty -----------------------------------------------------------------------


def _mfa_devices(desk: Desk, read: Read) -> Mapping[str, Any]:
    call = desk.client("iam").list_mfa_devices
    found = every(desk, call, "Marker", "MFADevices", UserName=text_of(read, "user"))
    return {"MFADevices": found}


def _detectors(desk: Desk, _read: Read) -> Mapping[str, Any]:
    client = desk.client("guardduty")
    return {
        "Detectors": [
            _detector(desk, client, one)
            for one in every(desk, client.list_detectors, "NextToken", "DetectorIds")
        ]
    }


def _detector(desk: Desk, client: Any, detector: str) -> Mapping[str, Any]:
    desk.turn()
    found = client.get_detector(DetectorId=detector)
    return {"DetectorId": detector, "Status": member(found, "Status")}


def _user(read: Read) -> Mapping[str, Any]:
    return {"UserName": text_of(read, "user")}


def _snapshot_attributes(argument: str, parameter: str) -> Arguments:
    return lambda read: {parameter: text_of(read, argument)}


def _key(read: Read) -> Mapping[str, Any]:
    return {"KeyId": text_of(read, "key")}


def _key_policy(read: Read) -> Mapping[str, Any]:
    return {**_key(read), "PolicyName": "default"}


def _owned_bucket(read: Read) -> Mapping[str, Any]:
    return {"Bucket": text_of(read, "bucket"), "ExpectedBucketOwner": read.account}


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "inspector2.list_coverage": _coverage,
        "kms.get_key_rotation_status": _members(
            "kms", "get_key_rotation_status", _key, "KeyRotationEnabled"
        ),
        "kms.get_key_policy": _policy("kms", "get_key_policy", _key_policy),
        "lambda.get_policy": _policy("lambda", "get_policy", _function),
        "lambda.list_function_url_configs": _urls,
        "lambda.get_function_concurrency": _concurrency,
        "rds.describe_db_snapshot_attributes": _members(
            "rds",
            "describe_db_snapshot_attributes",
            _snapshot_attributes("snapshot", "DBSnapshotIdentifier"),
            "DBSnapshotAttributesResult",
        ),
        "rds.describe_db_cluster_snapshot_attributes": _members(
            "rds",
            "describe_db_cluster_snapshot_attributes",
            _snapshot_attributes("snapshot", "DBClusterSnapshotIdentifier"),
            "DBClusterSnapshotAttributesResult",
        ),
        "ec2.describe_snapshot_attribute": _members(
            "ec2",
            "describe_snapshot_attribute",
            _attribute("SnapshotId", "snapshot", "createVolumePermission"),
            "SnapshotId",
            "CreateVolumePermissions",
        ),
        "ec2.describe_image_attribute": _members(
            "ec2",
            "describe_image_attribute",
            _attribute("ImageId", "image", "launchPermission"),
            "ImageId",
            "LaunchPermissions",
        ),
        "ec2.get_snapshot_block_public_access_state": _members(
            "ec2", "get_snapshot_block_public_access_state", _nothing, "State"
        ),
        "ec2.get_image_block_public_access_state": _members(
            "ec2",
            "get_image_block_public_access_state",
            _nothing,
            "ImageBlockPublicAccessState",
        ),
        "ec2.get_ebs_encryption_by_default": _members(
            "ec2", "get_ebs_encryption_by_default", _nothing, "EbsEncryptionByDefault"
        ),
        "ec2.network_path": _network_path,
        "iam.get_login_profile": _members("iam", "get_login_profile", _user, "LoginProfile"),
        "iam.list_mfa_devices": _mfa_devices,
        "guardduty.detectors": _detectors,
        "config.describe_configuration_recorders": _members(
            "config", "describe_configuration_recorders", _nothing, "ConfigurationRecorders"
        ),
        "s3.get_bucket_policy": _policy("s3", "get_bucket_policy", _owned_bucket),
    }
)
NO_FUNCTION, NO_KEY = frozenset({"ResourceNotFoundException"}), frozenset({"NotFoundException"})
NO_USER, NO_SNAPSHOT = frozenset({"NoSuchEntity"}), frozenset({"InvalidSnapshot.NotFound"})
NOT_FOUND: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "kms.get_key_rotation_status": NO_KEY | {"UnsupportedOperationException"},
        "kms.get_key_policy": NO_KEY,
        "lambda.get_policy": NO_FUNCTION,
        "lambda.list_function_url_configs": NO_FUNCTION,
        "lambda.get_function_concurrency": NO_FUNCTION,
        "rds.describe_db_snapshot_attributes": frozenset({"DBSnapshotNotFound"}),
        "rds.describe_db_cluster_snapshot_attributes": frozenset(
            {"DBClusterSnapshotNotFoundFault"}
        ),
        "ec2.describe_snapshot_attribute": NO_SNAPSHOT,
        "ec2.describe_image_attribute": frozenset({"InvalidAMIID.NotFound"}),
        "iam.get_login_profile": NO_USER,
        "iam.list_mfa_devices": NO_USER,
        "s3.get_bucket_policy": frozenset({"NoSuchBucketPolicy", "NoSuchBucket"}),
    }
)
"""By which codes each says that there is none. A key that cannot rotate is `Unsupported...`:
https://docs.aws.amazon.com/kms/latest/APIReference/API_GetKeyRotationStatus.html"""
