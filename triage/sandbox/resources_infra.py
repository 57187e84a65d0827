"""Builds in moto, as any client would, what the account owns besides its first resources."""

import io
import json
import zipfile
from collections.abc import Callable, Mapping
from contextlib import suppress
from typing import Any

from triage.domain.json import Record
from triage.sandbox.resources import IMAGE, Site, drawing

ROLE = "arn:aws:iam::{account}:role/{name}"
PASSWORD = "sandbox-only-1"  # noqa: S105 (a stand-in)
TRUST = {
    "Version": "2012-10-17",
    "Statement": [
        {
            "Effect": "Allow",
            "Principal": {"Service": "lambda.amazonaws.com"},
            "Action": "sts:AssumeRole",
        }
    ],
}


def scaling_group(site: Site, item: Record) -> None:
    """Make an Auto Scaling group of instances that are there already."""
    scaling, name = site.client("autoscaling"), item["name"]
    scaling.create_launch_configuration(
        LaunchConfigurationName=name, ImageId=IMAGE, InstanceType="t3.micro"
    )
    scaling.create_auto_scaling_group(
        AutoScalingGroupName=name,
        LaunchConfigurationName=name,
        MinSize=0,
        MaxSize=10,
        DesiredCapacity=0,
        AvailabilityZones=[f"{site.region}a"],
    )
    scaling.attach_instances(AutoScalingGroupName=name, InstanceIds=list(item["instances"]))


def target_group(site: Site, item: Record) -> None:
    """Make a target group of the default VPC, and register instances with it."""
    balancing, ec2 = site.client("elbv2"), site.client("ec2")
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    made = balancing.create_target_group(
        Name=item["name"], Protocol="HTTP", Port=80, VpcId=vpcs[0]["VpcId"]
    )
    arn = made["TargetGroups"][0]["TargetGroupArn"]
    targets = [{"Id": each, "Port": item.get("port", 80)} for each in item["instances"]]
    balancing.register_targets(TargetGroupArn=arn, Targets=targets)


def volume(site: Site, item: Record) -> None:
    """Make a volume of a gigabyte, and attach it to an instance if wanted."""
    with drawing("volume", item.get("id")):
        made = _volume(site, encrypted=bool(item.get("encrypted", False)))["VolumeId"]
    if "instance" in item:
        site.client("ec2").attach_volume(
            VolumeId=made, InstanceId=item["instance"], Device=item.get("device", "/dev/sdf")
        )


def _volume(site: Site, *, encrypted: bool = False) -> Any:
    zone = f"{site.region}a"
    return site.client("ec2").create_volume(AvailabilityZone=zone, Size=1, Encrypted=encrypted)


def snapshot(site: Site, item: Record) -> None:
    """Make a snapshot of a volume of its own, and share it."""
    ec2, made = site.client("ec2"), _volume(site)["VolumeId"]
    with drawing("snapshot", item.get("id")):
        taken = ec2.create_snapshot(VolumeId=made, Description="sandbox")["SnapshotId"]
    shared = {"SnapshotId": taken, "Attribute": "createVolumePermission", "OperationType": "add"}
    if item.get("public"):
        ec2.modify_snapshot_attribute(**shared, GroupNames=["all"])
    if item.get("shared_with"):
        ec2.modify_snapshot_attribute(**shared, UserIds=list(item["shared_with"]))


def database(site: Site, item: Record) -> None:
    """Make a database instance; private and encrypted unless told otherwise."""
    site.client("rds").create_db_instance(
        DBInstanceIdentifier=item["name"],
        DBInstanceClass="db.t3.micro",
        Engine=item.get("engine", "postgres"),
        AllocatedStorage=20,
        MasterUsername="owner",
        MasterUserPassword=PASSWORD,
        PubliclyAccessible=item.get("public", False),
        StorageEncrypted=item.get("encrypted", True),
    )


def database_snapshot(site: Site, item: Record) -> None:
    """Take a snapshot by hand of a database, or of a cluster made for it, and share it."""
    rds, name = site.client("rds"), item["name"]
    word, called = ("DBCluster", "db_cluster") if "cluster" in item else ("DBInstance", "db")
    if "cluster" in item:
        whole = {"DBClusterIdentifier": item["cluster"], "Engine": "aurora-postgresql"}
        rds.create_db_cluster(**whole, MasterUsername="owner", MasterUserPassword=PASSWORD)
    snapshot = {f"{word.removesuffix('Instance')}SnapshotIdentifier": name}
    of = {f"{word}Identifier": item.get("cluster") or item["database"]}
    getattr(rds, f"create_{called}_snapshot")(**snapshot, **of)
    share = getattr(rds, f"modify_{called}_snapshot_attribute")
    shared = [*(["all"] if item.get("public") else []), *item.get("shared_with", ())]
    share(**snapshot, AttributeName="restore", ValuesToAdd=shared)


def key(site: Site, item: Record) -> None:
    """Make a key, with rotation, a policy and a date of deletion if wanted."""
    kms = site.client("kms")
    policy = {"Policy": json.dumps(item["policy"])} if "policy" in item else {}
    with drawing("kms_key", item.get("id")):
        made = kms.create_key(**policy)["KeyMetadata"]["KeyId"]
    if item.get("rotation"):
        kms.enable_key_rotation(KeyId=made)
    if item.get("deletion"):
        kms.schedule_key_deletion(KeyId=made, PendingWindowInDays=30)


def function(site: Site, item: Record) -> None:
    """Make a function, let in whom `permissions` name, and open a URL if wanted."""
    made, name = site.client("lambda"), item["name"]
    made.create_function(
        FunctionName=name,
        Runtime="python3.13",
        Role=_role(site),
        Handler="index.handler",
        Code={"ZipFile": _code()},
    )
    for number, permission in enumerate(item.get("permissions") or ()):
        call = {"StatementId": f"s{number}", "Action": "lambda:InvokeFunction"}
        made.add_permission(FunctionName=name, **call, **permission)
    if "url" in item:
        made.create_function_url_config(FunctionName=name, AuthType=item["url"])
    if "concurrency" in item:
        made.put_function_concurrency(
            FunctionName=name, ReservedConcurrentExecutions=item["concurrency"]
        )


def _role(site: Site) -> str:
    iam, name = site.client("iam"), "sandbox-functions"
    with suppress(iam.exceptions.EntityAlreadyExistsException):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=json.dumps(TRUST))
    return ROLE.format(account=site.account, name=name)


def _code() -> bytes:
    packed = io.BytesIO()
    with zipfile.ZipFile(packed, "w") as archive:
        archive.writestr("index.py", "def handler(event, context): ...\n")
    return packed.getvalue()


SEEN = {"SampledRequestsEnabled": False, "CloudWatchMetricsEnabled": False, "MetricName": "-"}
REGIONAL = {"Scope": "REGIONAL"}


def waf_ip_set(site: Site, item: Record) -> None:
    """Make a regional IP set, and a web ACL that blocks what is in it if one is named."""
    waf, addresses = site.client("wafv2"), list(item.get("addresses") or ())
    family = "IPV6" if item.get("version") == 6 else "IPV4"  # noqa: PLR2004 - of IP
    told = {"Description": item["description"]} if "description" in item else {}
    made = waf.create_ip_set(
        Name=item["name"], **REGIONAL, IPAddressVersion=family, Addresses=addresses, **told
    )
    if "web_acl" in item:
        rule = {
            "Name": "blocked",
            "Priority": 0,
            "Statement": {"IPSetReferenceStatement": {"ARN": made["Summary"]["ARN"]}},
            "Action": {"Block": {}},
            "VisibilityConfig": SEEN,
        }
        waf.create_web_acl(
            Name=item["web_acl"],
            **REGIONAL,
            DefaultAction={"Allow": {}},
            Rules=[rule],
            VisibilityConfig=SEEN,
        )


BUILDERS: Mapping[str, Callable[[Site, Record], None]] = {
    "scaling_groups": scaling_group,
    "target_groups": target_group,
    "volumes": volume,
    "waf_ip_sets": waf_ip_set,
    "snapshots": snapshot,
    "databases": database,
    "database_snapshots": database_snapshot,
    "keys": key,
    "functions": function,
}
