"""Looking up one resource of any kind, to see whether it is there.

Every call names exactly one resource, so that the service answers with its own NotFound when
there is none; which code that is, stands in questions/resource_kinds.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from triage.adapters.aws.paging import Desk, Operation, member, plain, text_of
from triage.adapters.aws.placed import named, owned
from triage.domain.evidence import Read
from triage.questions.resource_kinds import KINDS

Arguments = Callable[[Read], Mapping[str, Any]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """A call, its arguments, the member it always answers with, and how that says whose it is.

    `owner` is the field of a list's items with the account's id, `arn` a field with their ARN.
    """

    service: str
    method: str
    arguments: Arguments
    member: str
    owner: str = ""
    arn: str = ""
    also: tuple[str, ...] = field(default=())

    def __call__(self, desk: Desk, read: Read) -> Mapping[str, Any]:
        desk.turn()
        answer = getattr(desk.client(self.service), self.method)(**self.arguments(read))
        found = member(answer, self.member)
        for thing in found if isinstance(found, list) else [found]:
            self._placed(read, thing)
        more = {name: plain(answer[name]) for name in self.also if name in answer}
        return {self.member: plain(found), **more}

    def _placed(self, read: Read, thing: Any) -> None:
        if self.owner:
            owned(read, [thing], self.owner)
        if self.arn:
            named(read, str(thing.get(self.arn, "")))


def _one(parameter: str, argument: str) -> Arguments:
    return lambda read: {parameter: text_of(read, argument)}


def _listed(parameter: str, argument: str) -> Arguments:
    return lambda read: {parameter: [text_of(read, argument)]}


def _ec2(call: str, parameter: str, argument: str, member_: str, owner: str = "OwnerId") -> Look:
    return Look(
        service="ec2",
        method=f"describe_{call}",
        arguments=_listed(parameter, argument),
        member=member_,
        owner=owner,
    )


def _rds(call: str, parameter: str, argument: str, member_: str, arn: str) -> Look:
    return Look(
        service="rds",
        method=f"describe_{call}",
        arguments=_one(parameter, argument),
        member=member_,
        arn=arn,
    )


def _look(service: str, method: str, arguments: Arguments, member_: str, *, arn: str = "") -> Look:
    return Look(service=service, method=method, arguments=arguments, member=member_, arn=arn)


def _image(read: Read) -> Mapping[str, Any]:
    repository, _, digest = text_of(read, "image").rpartition("/")
    return {
        "registryId": read.account,
        "repositoryName": repository,
        "imageIds": [{"imageDigest": digest}],
    }


def _repository(read: Read) -> Mapping[str, Any]:
    return {"registryId": read.account, "repositoryNames": [text_of(read, "repository")]}


def _queue(read: Read) -> Mapping[str, Any]:
    return {"QueueName": text_of(read, "queue"), "QueueOwnerAWSAccountId": read.account}


def _log_group(read: Read) -> Mapping[str, Any]:
    """It takes the ARN, and is the one call that answers about one group by NotFound."""
    group = text_of(read, "group")
    return {"resourceArn": f"arn:aws:logs:{read.region}:{read.account}:log-group:{group}"}


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "ec2.describe_volumes": _ec2("volumes", "VolumeIds", "volume", "Volumes", ""),
        "ec2.describe_snapshots": _ec2("snapshots", "SnapshotIds", "snapshot", "Snapshots"),
        "ec2.describe_images": _ec2("images", "ImageIds", "image", "Images"),
        "ec2.describe_addresses": _ec2(
            "addresses", "AllocationIds", "elastic_ip", "Addresses", "NetworkInterfaceOwnerId"
        ),
        "ec2.describe_network_interface": _ec2(
            "network_interfaces", "NetworkInterfaceIds", "network_interface", "NetworkInterfaces"
        ),
        "ec2.describe_vpcs": _ec2("vpcs", "VpcIds", "vpc", "Vpcs"),
        "ec2.describe_subnets": _ec2("subnets", "SubnetIds", "subnet", "Subnets"),
        "ec2.describe_network_acls": _ec2(
            "network_acls", "NetworkAclIds", "network_acl", "NetworkAcls"
        ),
        "iam.get_policy": _look(
            "iam", "get_policy", _one("PolicyArn", "policy"), "Policy", arn="Arn"
        ),
        "lambda.get_function_configuration": _look(
            "lambda",
            "get_function_configuration",
            _one("FunctionName", "function"),
            "FunctionArn",
        ),
        "rds.describe_db_instances": _rds(
            "db_instances", "DBInstanceIdentifier", "instance", "DBInstances", "DBInstanceArn"
        ),
        "rds.describe_db_clusters": _rds(
            "db_clusters", "DBClusterIdentifier", "cluster", "DBClusters", "DBClusterArn"
        ),
        "rds.describe_db_snapshots": _rds(
            "db_snapshots", "DBSnapshotIdentifier", "snapshot", "DBSnapshots", "DBSnapshotArn"
        ),
        "rds.describe_db_cluster_snapshots": _rds(
            "db_cluster_snapshots",
            "DBClusterSnapshotIdentifier",
            "snapshot",
            "DBClusterSnapshots",
            "DBClusterSnapshotArn",
        ),
        "kms.describe_key": _look(
            "kms", "describe_key", _one("KeyId", "key"), "KeyMetadata", arn="Arn"
        ),
        "sqs.get_queue_url": _look("sqs", "get_queue_url", _queue, "QueueUrl"),
        "sns.get_topic_attributes": _look(
            "sns", "get_topic_attributes", _one("TopicArn", "topic"), "Attributes", arn="TopicArn"
        ),
        "dynamodb.describe_table": _look(
            "dynamodb", "describe_table", _one("TableName", "table"), "Table", arn="TableArn"
        ),
        "ecr.describe_repositories": _look(
            "ecr", "describe_repositories", _repository, "repositories", arn="repositoryArn"
        ),
        "ecr.describe_images": _look("ecr", "describe_images", _image, "imageDetails"),
        "eks.describe_cluster": _look(
            "eks", "describe_cluster", _one("name", "cluster"), "cluster", arn="arn"
        ),
        "ecs.describe_clusters": Look(
            service="ecs",
            method="describe_clusters",
            arguments=_listed("clusters", "cluster"),
            member="clusters",
            arn="clusterArn",
            also=("failures",),
        ),
        "elbv2.describe_load_balancers": _look(
            "elbv2",
            "describe_load_balancers",
            _listed("LoadBalancerArns", "balancer"),
            "LoadBalancers",
            arn="LoadBalancerArn",
        ),
        "cloudtrail.get_trail": _look(
            "cloudtrail", "get_trail", _one("Name", "trail"), "Trail", arn="TrailARN"
        ),
        "logs.list_tags_for_resource": _look("logs", "list_tags_for_resource", _log_group, "tags"),
        "efs.describe_file_systems": _look(
            "efs",
            "describe_file_systems",
            _one("FileSystemId", "system"),
            "FileSystems",
            arn="FileSystemArn",
        ),
        "redshift.describe_clusters": _look(
            "redshift",
            "describe_clusters",
            _one("ClusterIdentifier", "cluster"),
            "Clusters",
            arn="ClusterNamespaceArn",
        ),
        "opensearch.describe_domain": _look(
            "opensearch", "describe_domain", _one("DomainName", "domain"), "DomainStatus", arn="ARN"
        ),
        "secretsmanager.describe_secret": _look(
            "secretsmanager", "describe_secret", _one("SecretId", "secret"), "ARN"
        ),
    }
)
NOT_FOUND: Mapping[str, frozenset[str]] = MappingProxyType(
    {one.read: one.gone for one in KINDS if one.read in OPERATIONS}
)
"""By which code each says that there is none."""
