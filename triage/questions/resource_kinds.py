"""The kinds of resource that can be looked up: how each is named, read, and said to be gone.

A row says what stands in the ARN (Service Authorization Reference, "Resource types"), which call
looks the resource up, by which documented error code the service says that there is none (each
service's API reference, "Errors"), and which calls delete it (CloudTrail's eventName).
"""

from collections.abc import Callable
from dataclasses import dataclass, field

from triage.questions.records.arn import Arn


def _as_it_is(resource: str) -> str:
    return resource


def _last(resource: str) -> str:
    """IAM names may have a path before them, which no call takes."""
    return resource.rpartition("/")[2]


def _before_colon(resource: str) -> str:
    """Versions and aliases of a function, and the `:*` of a log group, come after it."""
    return resource.partition(":")[0]


def _before_slash(resource: str) -> str:
    """Indexes and streams of a table come after it."""
    return resource.partition("/")[0]


@dataclass(frozen=True, slots=True, kw_only=True)
class ResourceKind:
    """One row: `before` precedes the name in an ARN, `begins` is how every bare id begins.

    `whole` calls take the ARN itself. `gone` are the codes that mean there is none; a kind whose
    ids are never given out again is deleted `for_good`.
    """

    service: str
    before: str
    read: str
    argument: str
    gone: frozenset[str]
    iam_action: str
    begins: str = ""
    whole: bool = False
    everywhere: bool = False
    deletes: frozenset[str] = frozenset()
    for_good: bool = False
    called: Callable[[str], str] = field(default=_as_it_is)

    @property
    def words(self) -> frozenset[str]:
        """What vendors call the kind, in lower case and without colons."""
        noun = self.before.rstrip("/").replace("-", "")
        nouns = {noun, "eip"} if noun == "elasticip" else {noun}
        return frozenset(nouns | {f"aws{self.service}{one}" for one in nouns})

    def name(self, arn: Arn) -> str:
        """Give the resource's own name in an ARN of this kind."""
        return self.called(arn.resource.removeprefix(self.before))


def _ec2(  # noqa: PLR0913 - a row of the table below, in its order
    noun: str,
    begins: str,
    call: str,
    code: str,
    deletes: str,
    *,
    for_good: bool = False,
    read: str = "",
) -> ResourceKind:
    """EC2 draws its ids, so that they say by themselves what they are.

    https://docs.aws.amazon.com/AWSEC2/latest/APIReference/errors-overview.html
    """
    return ResourceKind(
        service="ec2",
        before=f"{noun}/",
        read=read or f"ec2.describe_{call}",
        argument={"security-group": "group"}.get(noun, noun.replace("-", "_")),
        gone=frozenset({f"{code}.NotFound"}),
        iam_action="ec2:Describe" + "".join(word.capitalize() for word in call.split("_")),
        begins=begins,
        deletes=frozenset({deletes}),
        for_good=for_good,
    )


def _iam(noun: str, argument: str, deletes: str, *, whole: bool = False) -> ResourceKind:
    return ResourceKind(
        service="iam",
        before=f"{noun}/",
        read=f"iam.get_{noun}",
        argument=argument,
        gone=frozenset({"NoSuchEntity"}),
        iam_action=f"iam:Get{noun.capitalize()}",
        whole=whole,
        everywhere=True,
        deletes=frozenset({deletes}),
        called=_last,
    )


def _named(  # noqa: PLR0913, PLR0917 - a row of the table below, in its order
    service: str,
    before: str,
    read: str,
    argument: str,
    gone: str,
    iam_action: str,
    deletes: str = "",
    *,
    whole: bool = False,
    called: Callable[[str], str] = _as_it_is,
) -> ResourceKind:
    """People chose the name, and may choose it again."""
    return ResourceKind(
        service=service,
        before=before,
        read=read,
        argument=argument,
        gone=frozenset(gone.split()),
        iam_action=iam_action,
        whole=whole,
        deletes=frozenset(deletes.split()),
        called=called,
    )


NOT_FOUND = "ResourceNotFoundException"
NO_QUEUE = "AWS.SimpleQueueService.NonExistentQueue QueueDoesNotExist"
BALANCERS = "elasticloadbalancing"
DIGEST = "/sha256:"

BUCKET = _named(
    "s3", "", "s3.get_bucket_location", "bucket", "NoSuchBucket", "s3:GetBucketLocation",
    "DeleteBucket", called=_before_slash,
)  # fmt: skip
ACCESS_KEY = ResourceKind(
    service="iam",
    before="access-key/",
    read="iam.access_key",
    argument="key",
    gone=frozenset({"NoSuchEntity"}),
    iam_action="iam:GetAccessKeyLastUsed",
    begins="AKIA",
    everywhere=True,
    deletes=frozenset({"DeleteAccessKey"}),
)
IMAGE = _named(
    "ecr", "repository/", "ecr.describe_images", "image",
    "RepositoryNotFoundException ImageNotFoundException", "ecr:DescribeImages",
)  # fmt: skip
USER = _iam("user", "user", "DeleteUser")
# fmt: off
KINDS: tuple[ResourceKind, ...] = (
    BUCKET,
    ACCESS_KEY,
    USER,
    _iam("role", "role", "DeleteRole"),
    _iam("policy", "policy", "DeletePolicy", whole=True),
    _ec2("instance", "i-", "instances", "InvalidInstanceID", "TerminateInstances", for_good=True),
    _ec2("security-group", "sg-", "security_groups", "InvalidGroup", "DeleteSecurityGroup",
         for_good=True),
    _ec2("volume", "vol-", "volumes", "InvalidVolume", "DeleteVolume"),
    _ec2("snapshot", "snap-", "snapshots", "InvalidSnapshot", "DeleteSnapshot"),
    _ec2("image", "ami-", "images", "InvalidAMIID", "DeregisterImage"),
    _ec2("elastic-ip", "eipalloc-", "addresses", "InvalidAllocationID", "ReleaseAddress"),
    _ec2("network-interface", "eni-", "network_interfaces", "InvalidNetworkInterfaceID",
         "DeleteNetworkInterface", for_good=True, read="ec2.describe_network_interface"),
    _ec2("vpc", "vpc-", "vpcs", "InvalidVpcID", "DeleteVpc", for_good=True),
    _ec2("subnet", "subnet-", "subnets", "InvalidSubnetID", "DeleteSubnet", for_good=True),
    _ec2("network-acl", "acl-", "network_acls", "InvalidNetworkAclID", "DeleteNetworkAcl",
         for_good=True),
    _named("lambda", "function:", "lambda.get_function_configuration", "function", NOT_FOUND,
           "lambda:GetFunctionConfiguration", "DeleteFunction20150331", called=_before_colon),
    _named("rds", "db:", "rds.describe_db_instances", "instance", "DBInstanceNotFound",
           "rds:DescribeDBInstances", "DeleteDBInstance"),
    _named("rds", "cluster:", "rds.describe_db_clusters", "cluster", "DBClusterNotFoundFault",
           "rds:DescribeDBClusters", "DeleteDBCluster"),
    _named("rds", "snapshot:", "rds.describe_db_snapshots", "snapshot", "DBSnapshotNotFound",
           "rds:DescribeDBSnapshots", "DeleteDBSnapshot"),
    _named("rds", "cluster-snapshot:", "rds.describe_db_cluster_snapshots", "snapshot",
           "DBClusterSnapshotNotFoundFault", "rds:DescribeDBClusterSnapshots",
           "DeleteDBClusterSnapshot"),
    _named("kms", "key/", "kms.describe_key", "key", "NotFoundException", "kms:DescribeKey"),
    _named("sqs", "", "sqs.get_queue_url", "queue", NO_QUEUE, "sqs:GetQueueUrl", "DeleteQueue"),
    _named("sns", "", "sns.get_topic_attributes", "topic", "NotFound", "sns:GetTopicAttributes",
           "DeleteTopic", whole=True),
    _named("dynamodb", "table/", "dynamodb.describe_table", "table", NOT_FOUND,
           "dynamodb:DescribeTable", "DeleteTable", called=_before_slash),
    IMAGE,
    _named("ecr", "repository/", "ecr.describe_repositories", "repository",
           "RepositoryNotFoundException", "ecr:DescribeRepositories", "DeleteRepository"),
    _named("eks", "cluster/", "eks.describe_cluster", "cluster", NOT_FOUND, "eks:DescribeCluster",
           "DeleteCluster"),
    _named("ecs", "cluster/", "ecs.describe_clusters", "cluster", "", "ecs:DescribeClusters",
           "DeleteCluster", whole=True),
    _named(BALANCERS, "loadbalancer/", "elbv2.describe_load_balancers", "balancer",
           "LoadBalancerNotFound", "elasticloadbalancing:DescribeLoadBalancers",
           "DeleteLoadBalancer", whole=True),
    _named("cloudformation", "stack/", "cloudformation.describe_stacks", "stack", "",
           "cloudformation:DescribeStacks", whole=True),
    _named("cloudtrail", "trail/", "cloudtrail.get_trail", "trail", "TrailNotFoundException",
           "cloudtrail:GetTrail", "DeleteTrail", whole=True),
    _named("logs", "log-group:", "logs.list_tags_for_resource", "group", NOT_FOUND,
           "logs:ListTagsForResource", "DeleteLogGroup", called=_before_colon),
    _named("elasticfilesystem", "file-system/", "efs.describe_file_systems", "system",
           "FileSystemNotFound", "elasticfilesystem:DescribeFileSystems", "DeleteFileSystem"),
    _named("redshift", "cluster:", "redshift.describe_clusters", "cluster", "ClusterNotFound",
           "redshift:DescribeClusters", "DeleteCluster"),
    _named("es", "domain/", "opensearch.describe_domain", "domain", NOT_FOUND,
           "es:DescribeDomain", "DeleteDomain DeleteElasticsearchDomain"),
    _named("secretsmanager", "secret:", "secretsmanager.describe_secret", "secret", NOT_FOUND,
           "secretsmanager:DescribeSecret", whole=True),
)
# fmt: on
"""Deleting a KMS key or a secret only sets a date; a stack and an image are deleted by others."""


def kind_of(arn: Arn) -> ResourceKind | None:
    """Find the kind that an ARN is of; the longest beginning that fits decides."""
    fitting = [
        one
        for one in KINDS
        if one.service == arn.service and arn.resource.startswith(one.before) and _fits(one, arn)
    ]
    return max(fitting, key=lambda one: len(one.before), default=None)


def _fits(kind: ResourceKind, arn: Arn) -> bool:
    """Tell apart what begins alike, as an image and its repository; objects are their bucket's."""
    rest = arn.resource.removeprefix(kind.before)
    tests = {
        "ecr": (DIGEST in rest) is (kind is IMAGE),
        "s3": not arn.account,
        "sns": ":" not in rest,
        BALANCERS: rest.startswith(("app/", "net/", "gwy/")),
    }
    return bool(rest) and tests.get(kind.service, True)


def kind_of_id(id_: str, told: str) -> ResourceKind | None:
    """Find the kind that a bare id and what the record calls it agree on.

    Neither is enough alone: a bucket may be called i-0123456789abcdef0, and Config calls databases
    by an id that no call takes. `told` is a CloudFormation, ASFF or GuardDuty type.
    """
    word = told.replace(":", "").lower()
    return next(
        (one for one in KINDS if one.begins and id_.startswith(one.begins) and word in one.words),
        None,
    )
