"""Builds the resources of a scenario in moto, through the front, as any client would."""

import json
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime
from importlib import import_module
from typing import Any
from unittest import mock

from triage.domain.json import Record
from triage.sandbox.moments import moment_of

PUBLIC_READ = "public-read"
SYSTEM = "aws:"
"""Tags that begin so are set by AWS alone."""
ALL_BLOCKED = {
    "BlockPublicAcls": True,
    "IgnorePublicAcls": True,
    "BlockPublicPolicy": True,
    "RestrictPublicBuckets": True,
}
IMAGE = "ami-12c6146b"
"""Any id will do: images are not kept here."""
AS_NEW = {"ownership": "BucketOwnerEnforced", "encryption": "AES256"}
"""What AWS has given every new bucket since 2023, but for the public access block: say that."""
IDS: Mapping[str, tuple[str, str]] = {
    "security_group": ("moto.ec2.models.security_groups", "random_security_group_id"),
    "instance": ("moto.ec2.models.instances", "random_instance_id"),
    "interface": ("moto.ec2.models.elastic_network_interfaces", "random_eni_id"),
    "user": ("moto.iam.models", "random_resource_id"),
    "role": ("moto.iam.models", "random_role_id"),
    "volume": ("moto.ec2.models.elastic_block_store", "random_volume_id"),
    "snapshot": ("moto.ec2.models.elastic_block_store", "random_snapshot_id"),
    "kms_key": ("moto.kms.models", "generate_key_id"),
    "key": ("moto.iam.models", "generate_access_key_id_from_account_id"),
    "account": ("moto.organizations.utils", "make_random_account_id"),
}
"""Where moto draws an id; a scenario that names the id is given that one instead."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """Where an item is built: `client(service)` speaks to the right account and Region."""

    account: str
    region: str
    client: Callable[[str], Any]


@contextmanager
def drawing(kind: str, wanted: str | None) -> Iterator[None]:
    """Let moto's next id of this kind be the wanted one."""
    if wanted is None:
        yield
        return
    module, function = IDS[kind]
    with mock.patch.object(import_module(module), function, return_value=wanted):
        yield


def tags_of(item: Record) -> Sequence[Mapping[str, str]]:
    """Write tags as AWS lists them."""
    tags = item.get("tags") or {}
    return [{"Key": key, "Value": str(value)} for key, value in tags.items()]


def bucket(site: Site, item: Record) -> None:
    """Make a bucket as AWS does: owner enforced, encrypted, and then what the item says."""
    s3, name = site.client("s3"), item["name"]
    place = {"CreateBucketConfiguration": {"LocationConstraint": site.region}}
    s3.create_bucket(Bucket=name, **({} if site.region == "us-east-1" else place))
    writers = {"ownership": "ObjectWriter"} if "acl" in item else {}
    wanted = {**AS_NEW, **writers, **item}
    for word, furnish in FURNISHINGS.items():
        if wanted.get(word):
            furnish(s3, name, wanted[word])


def _encryption(s3: Any, name: str, algorithm: str) -> None:
    rule = {"ApplyServerSideEncryptionByDefault": {"SSEAlgorithm": algorithm}}
    s3.put_bucket_encryption(Bucket=name, ServerSideEncryptionConfiguration={"Rules": [rule]})


def _block(s3: Any, name: str, block: Any) -> None:
    wanted = ALL_BLOCKED if block == "all" else block
    s3.put_public_access_block(Bucket=name, PublicAccessBlockConfiguration=wanted)


def _policy(s3: Any, name: str, policy: Any) -> None:
    document = _public_policy(name) if policy == PUBLIC_READ else policy
    s3.put_bucket_policy(Bucket=name, Policy=json.dumps(document))


def _public_policy(name: str) -> Mapping[str, Any]:
    statement = {
        "Sid": "PublicRead",
        "Effect": "Allow",
        "Principal": "*",
        "Action": "s3:GetObject",
        "Resource": f"arn:aws:s3:::{name}/*",
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _acl(s3: Any, name: str, acl: str) -> None:
    s3.put_bucket_acl(Bucket=name, ACL=acl)


def _ownership(s3: Any, name: str, ownership: str) -> None:
    rules = {"Rules": [{"ObjectOwnership": ownership}]}
    s3.put_bucket_ownership_controls(Bucket=name, OwnershipControls=rules)


def _website(s3: Any, name: str, index: Any) -> None:
    page = {"Suffix": index if isinstance(index, str) else "index.html"}
    s3.put_bucket_website(Bucket=name, WebsiteConfiguration={"IndexDocument": page})


def _bucket_tags(s3: Any, name: str, tags: Record) -> None:
    own = {key: value for key, value in tags.items() if not key.startswith(SYSTEM)}
    if own:
        s3.put_bucket_tagging(Bucket=name, Tagging={"TagSet": tags_of({"tags": own})})
    if own != tags:
        # No API sets them; CloudFormation's own hand does.
        for backends in import_module("moto.s3.models").s3_backends.values():
            for backend in backends.values():
                if name in backend.buckets:
                    backend.put_bucket_tagging(name, dict(tags))


def _objects(s3: Any, name: str, objects: Mapping[str, str]) -> None:
    for key, text in objects.items():
        s3.put_object(Bucket=name, Key=key, Body=text.encode())


FURNISHINGS: Mapping[str, Callable[[Any, str, Any], None]] = {
    "ownership": _ownership,
    "encryption": _encryption,
    "acl": _acl,
    "policy": _policy,
    "public_access_block": _block,
    "website": _website,
    "tags": _bucket_tags,
    "objects": _objects,
}


def security_group(site: Site, item: Record) -> None:
    """Make a security group in the default VPC, with its ingress rules; egress is all or none."""
    ec2 = site.client("ec2")
    vpcs = ec2.describe_vpcs(Filters=[{"Name": "is-default", "Values": ["true"]}])["Vpcs"]
    about = item.get("description") or item["name"]
    with drawing("security_group", item.get("id")):
        made = ec2.create_security_group(
            GroupName=item["name"], Description=about, VpcId=vpcs[0]["VpcId"]
        )
    rules = [_permission(rule) for rule in item.get("ingress") or ()]
    if rules:
        ec2.authorize_security_group_ingress(GroupId=made["GroupId"], IpPermissions=rules)
    if not item.get("egress", True):
        everything = [{"IpProtocol": "-1", "IpRanges": [{"CidrIp": "0.0.0.0/0"}]}]
        ec2.revoke_security_group_egress(GroupId=made["GroupId"], IpPermissions=everything)
    if item.get("tags"):
        ec2.create_tags(Resources=[made["GroupId"]], Tags=tags_of(item))


def _permission(rule: Record) -> Mapping[str, Any]:
    note = {"Description": str(rule["description"])} if "description" in rule else {}
    permission: dict[str, Any] = {"IpProtocol": str(rule.get("protocol", "tcp"))}
    if "from" in rule or "port" in rule:
        first = rule.get("from", rule.get("port"))
        permission |= {"FromPort": first, "ToPort": rule.get("to", first)}
    if "cidr" in rule:
        permission["IpRanges"] = [{"CidrIp": rule["cidr"], **note}]
    if "cidr_ipv6" in rule:
        permission["Ipv6Ranges"] = [{"CidrIpv6": rule["cidr_ipv6"], **note}]
    if "group" in rule:
        permission["UserIdGroupPairs"] = [{"GroupId": rule["group"], **note}]
    return permission


def instance(site: Site, item: Record) -> None:
    """Run one instance."""
    ec2 = site.client("ec2")
    tags = [{"ResourceType": "instance", "Tags": tags_of(item)}] if item.get("tags") else []
    wanted = item.get("id")
    with drawing("instance", wanted), drawing("interface", item.get("interface")):
        made = ec2.run_instances(
            ImageId=item.get("image", IMAGE),
            MinCount=1,
            MaxCount=1,
            InstanceType=item.get("type", "t3.micro"),
            SecurityGroupIds=list(item.get("security_groups") or ()),
            TagSpecifications=tags,
            **_metadata(item),
        )
    if item.get("state") == "stopped":
        ec2.stop_instances(InstanceIds=[made["Instances"][0]["InstanceId"]])


def _metadata(item: Record) -> Mapping[str, Any]:
    """How the metadata service answers; what moto leaves out is what AWS itself would say."""
    if "tokens" not in item:
        return {}
    return {"MetadataOptions": {"HttpTokens": item["tokens"], "HttpEndpoint": "enabled"}}


def user(site: Site, item: Record) -> None:
    """Make a user with inline policies, console access and access keys."""
    iam, name = site.client("iam"), item["name"]
    with drawing("user", item.get("id")):
        iam.create_user(UserName=name, Path=item.get("path", "/"), Tags=tags_of(item))
    for policy, document in (item.get("policies") or {}).items():
        iam.put_user_policy(UserName=name, PolicyName=policy, PolicyDocument=json.dumps(document))
    if item.get("console"):
        iam.create_login_profile(UserName=name, Password="Sandbox-only-1")  # noqa: S106 (stand-in)
    for key in item.get("keys") or ():
        _access_key(site, name, key)


def _access_key(site: Site, user_name: str, key: Record) -> None:
    iam = site.client("iam")
    with drawing("key", key.get("id")):
        made = iam.create_access_key(UserName=user_name)["AccessKey"]["AccessKeyId"]
    if key.get("status", "Active") != "Active":
        iam.update_access_key(UserName=user_name, AccessKeyId=made, Status=key["status"])
    _backdate(site, made, key)


def _backdate(site: Site, key_id: str, key: Record) -> None:
    """Give a key its age and its last use; no API can, so it is done in moto's own state."""
    models = import_module("moto.iam.models")
    held = models.iam_backends[site.account]["aws"].access_keys[key_id]
    if "created" in key:
        held.create_date = _naive(key["created"])
    if "last_used" in key:
        held.last_used = models.AccessKeyLastUsed(
            timestamp=_naive(key["last_used"]),
            service=key.get("last_service", "s3"),
            region=key.get("last_region", site.region),
        )


def _naive(moment: str) -> datetime:
    return moment_of(moment).replace(tzinfo=None)


def _trust(site: Site) -> Mapping[str, Any]:
    own = {"AWS": f"arn:aws:iam::{site.account}:root"}
    statement = {"Effect": "Allow", "Principal": own, "Action": "sts:AssumeRole"}
    return {"Version": "2012-10-17", "Statement": [statement]}


def role(site: Site, item: Record) -> None:
    """Make a role with inline policies."""
    iam, name = site.client("iam"), item["name"]
    trust = json.dumps(item.get("trust") or _trust(site))
    with drawing("role", item.get("id")):
        iam.create_role(RoleName=name, AssumeRolePolicyDocument=trust, Tags=tags_of(item))
    for policy, document in (item.get("policies") or {}).items():
        iam.put_role_policy(RoleName=name, PolicyName=policy, PolicyDocument=json.dumps(document))


EVERY_CALL = {"ReadWriteType": "All", "IncludeManagementEvents": True, "DataResources": []}
"""What AWS has every new trail record; moto leaves it out."""


def trail(site: Site, item: Record) -> None:
    """Make a trail into a bucket that exists, and switch it on."""
    cloudtrail = site.client("cloudtrail")
    cloudtrail.create_trail(
        Name=item["name"],
        S3BucketName=item["bucket"],
        S3KeyPrefix=item.get("prefix", ""),
        IsMultiRegionTrail=item.get("multi_region", True),
        IncludeGlobalServiceEvents=item.get("global_events", True),
        EnableLogFileValidation=item.get("validation", True),
    )
    recorded = item.get("selectors", [EVERY_CALL])
    cloudtrail.put_event_selectors(TrailName=item["name"], EventSelectors=recorded)
    if item.get("logging", True):
        cloudtrail.start_logging(Name=item["name"])
    if "since" in item:
        models = import_module("moto.cloudtrail.models")
        held = models.cloudtrail_backends[site.account][site.region].trails[item["name"]]
        held.status.started = _naive(item["since"])


def account_settings(site: Site, item: Record) -> None:
    """Set what holds for the whole account."""
    block = item["public_access_block"]
    site.client("s3control").put_public_access_block(
        AccountId=site.account,
        PublicAccessBlockConfiguration=ALL_BLOCKED if block == "all" else block,
    )


BUILDERS: Mapping[str, Callable[[Site, Record], None]] = {
    "account_settings": account_settings,
    "buckets": bucket,
    "security_groups": security_group,
    "instances": instance,
    "users": user,
    "roles": role,
    "trails": trail,
}
