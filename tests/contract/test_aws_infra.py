"""Infrastructure over HTTP: what each operation brings, and by which code a thing is missing."""

from collections.abc import Iterator
from typing import Any

import pytest

from tests.builders import minutes
from tests.refusals import REFUSALS
from tests.trails import StoppedClock
from triage.adapters.aws import operations_exists, operations_infra
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.evidence_source import AwsEvidence
from triage.adapters.aws.limits import AwsLimits
from triage.domain.evidence import Failed, Failure, Got, Missing, RawRead, Read
from triage.questions.resource_kinds import KINDS

pytestmark = pytest.mark.slow

ONE, TWO, REGION = "111111111111", "222222222222", "eu-west-1"
GROUP, INSTANCE = "sg-0aaaaaaaaaaaaaaa1", "i-0bbbbbbbbbbbbbbb1"
VOLUME, SNAPSHOT, IMAGE = (f"{one}-0cccccccccccccc1" for one in ("vol", "snap", "ami"))
KEY = "1a2b3c4d-0000-4000-8000-000000000001"
TRAIL = f"arn:aws:cloudtrail:{REGION}:{ONE}:trail/main"
SCENARIO: dict[str, Any] = {
    "region": REGION,
    "accounts": {
        ONE: {
            "buckets": [{"name": "reports", "policy": "public-read"}],
            "security_groups": [
                {"name": "web", "id": GROUP, "ingress": [{"port": 443, "cidr": "0.0.0.0/0"}]}
            ],
            "instances": [{"id": INSTANCE, "security_groups": [GROUP], "tokens": "required"}],
            "volumes": [{"id": VOLUME}],
            "snapshots": [{"id": SNAPSHOT, "public": True, "shared_with": [TWO]}],
            "images": [{"id": IMAGE, "permissions": [{"Group": "all"}]}],
            "sharing_blocks": [{"snapshots": "block-new-sharing", "images": "unblocked"}],
            "databases": [{"name": "orders", "public": True}],
            "keys": [{"id": KEY, "rotation": True}],
            "functions": [
                {"name": "resize", "permissions": [{"Principal": "*"}], "url": "NONE"},
                {"name": "shrink", "concurrency": 0},
            ],
            "users": [{"name": "bob", "console": True}],
            "trails": [{"name": "main", "bucket": "reports"}],
            "detectors": [{}],
            "recorders": [{}],
            "inspector_coverage": [{"resourceId": INSTANCE, "lastScannedAt": "-1h"}],
        }
    },
}


@pytest.fixture(scope="module")
def clients(sandbox_server) -> Iterator[Clients]:
    made = Clients(Role(), AwsLimits(attempts=1, read_seconds=5), REGION)
    yield made
    made.close()


class Asker:
    """Makes reads as account ONE, each with a minute's time."""

    def __init__(self, sandbox: Any, clients: Clients) -> None:
        self.sandbox = sandbox
        self.clock = StoppedClock(sandbox.now())
        self.source = AwsEvidence(clients, self.clock, AwsLimits(attempts=1, read_seconds=5))

    def __call__(self, kind: str, **arguments: str) -> RawRead:
        read = Read.of(kind, ONE, REGION, **arguments)
        now = self.clock.now()
        fresh = now + minutes(1)
        found = self.source.fetch([read], deadline=now + minutes(60), fresh=fresh)
        return found[read]

    def told(self, kind: str, **arguments: str) -> Any:
        answer = self(kind, **arguments)
        assert isinstance(answer, Got), answer
        return answer.payload


@pytest.fixture
def ask(sandbox, clients, monkeypatch) -> Iterator[Asker]:
    for name, value in sandbox.environment(ONE, REGION).items():
        monkeypatch.setenv(name, value)
    asker = Asker(sandbox, clients)
    yield asker
    asker.source._pool.shutdown()


@pytest.fixture
def ask_all(ask) -> Asker:
    """The same, with everything there is in the scenario."""
    ask.sandbox.load(SCENARIO)
    return ask


HAPPY: dict[str, tuple[dict[str, str], Any]] = {
    "inspector2.list_coverage": (
        {"resource": INSTANCE},
        lambda p: p["coveredResources"][0]["scanStatus"]["statusCode"] == "ACTIVE",
    ),
    "kms.describe_key": ({"key": KEY}, lambda p: p["KeyMetadata"]["KeyState"] == "Enabled"),
    "kms.get_key_rotation_status": ({"key": KEY}, lambda p: p == {"KeyRotationEnabled": True}),
    "kms.get_key_policy": ({"key": KEY}, lambda p: "Statement" in p["Policy"]),
    "lambda.get_function_configuration": (
        {"function": "resize"},
        lambda p: p == {"FunctionArn": f"arn:aws:lambda:{REGION}:{ONE}:function:resize"},
    ),
    "lambda.get_policy": ({"function": "resize"}, lambda p: "InvokeFunction" in p["Policy"]),
    "lambda.list_function_url_configs": (
        {"function": "resize"},
        lambda p: [one["AuthType"] for one in p["FunctionUrlConfigs"]] == ["NONE"],
    ),
    "lambda.get_function_concurrency": (
        {"function": "shrink"},
        lambda p: p == {"ReservedConcurrentExecutions": 0},
    ),
    "rds.describe_db_instances": (
        {"instance": "orders"},
        lambda p: (
            [(one["PubliclyAccessible"], one["StorageEncrypted"]) for one in p["DBInstances"]]
            == [(True, True)]
        ),
    ),
    "ec2.describe_snapshot_attribute": (
        {"snapshot": SNAPSHOT},
        lambda p: {"Group": "all"} in p["CreateVolumePermissions"],
    ),
    "ec2.describe_image_attribute": (
        {"image": IMAGE},
        lambda p: p == {"ImageId": IMAGE, "LaunchPermissions": [{"Group": "all"}]},
    ),
    "ec2.get_snapshot_block_public_access_state": (
        {},
        lambda p: p == {"State": "block-new-sharing"},
    ),
    "ec2.get_image_block_public_access_state": (
        {},
        lambda p: p == {"ImageBlockPublicAccessState": "unblocked"},
    ),
    "ec2.get_ebs_encryption_by_default": ({}, lambda p: p == {"EbsEncryptionByDefault": False}),
    "ec2.network_path": (
        {"instance": INSTANCE},
        lambda p: (
            [len(p[name]) > 0 for name in p] == [True] * 4
            and p["SecurityGroups"][0]["GroupId"] == GROUP
        ),
    ),
    "ec2.describe_volumes": ({"volume": VOLUME}, lambda p: len(p["Volumes"]) == 1),
    "ec2.describe_snapshots": ({"snapshot": SNAPSHOT}, lambda p: len(p["Snapshots"]) == 1),
    "iam.list_mfa_devices": ({"user": "bob"}, lambda p: p == {"MFADevices": []}),
    "iam.get_login_profile": (
        {"user": "bob"},
        lambda p: p["LoginProfile"]["UserName"] == "bob",
    ),
    "guardduty.detectors": ({}, lambda p: [d["Status"] for d in p["Detectors"]] == ["ENABLED"]),
    "config.describe_configuration_recorders": (
        {},
        lambda p: p["ConfigurationRecorders"][0]["recordingGroup"]["allSupported"],
    ),
    "cloudtrail.get_trail": ({"trail": TRAIL}, lambda p: p["Trail"]["TrailARN"] == TRAIL),
    "s3.get_bucket_policy": ({"bucket": "reports"}, lambda p: "Principal" in p["Policy"]),
}
SILENT = {"lambda.get_function_concurrency"}
"""An answer with nothing in it is an answer there, so one cut short cannot be told from it."""


def test_every_operation_brings_what_the_service_says(ask_all):
    told = {kind: bool(holds(ask_all.told(kind, **args))) for kind, (args, holds) in HAPPY.items()}
    assert told == dict.fromkeys(HAPPY, True)


@pytest.mark.parametrize(("fault", "expected"), REFUSALS)
def test_no_operation_takes_a_refusal_for_an_answer(ask_all, fault, expected):
    ask_all("guardduty.detectors")
    ask_all.sandbox.faults.add(fault)
    kinds = set(HAPPY) - (SILENT if fault == "truncated" else set())
    found = {kind: ask_all(kind, **HAPPY[kind][0]) for kind in sorted(kinds)}
    wrong = {
        kind: one
        for kind, one in found.items()
        if not isinstance(one, Failed) or one.failure not in expected
    }
    assert wrong == {}


NOWHERE = "0f0f0f0f0f0f0f0f0"
MISSING: list[tuple[str, dict[str, str], str]] = [
    ("ec2.describe_volumes", {"volume": f"vol-{NOWHERE}"}, "InvalidVolume.NotFound"),
    ("ec2.describe_snapshots", {"snapshot": f"snap-{NOWHERE}"}, "InvalidSnapshot.NotFound"),
    ("ec2.describe_images", {"image": f"ami-{NOWHERE}"}, "InvalidAMIID.NotFound"),
    (
        "ec2.describe_addresses",
        {"elastic_ip": f"eipalloc-{NOWHERE}"},
        "InvalidAllocationID.NotFound",
    ),
    (
        "ec2.describe_network_interface",
        {"network_interface": f"eni-{NOWHERE}"},
        "InvalidNetworkInterfaceID.NotFound",
    ),
    ("ec2.describe_vpcs", {"vpc": f"vpc-{NOWHERE}"}, "InvalidVpcID.NotFound"),
    ("ec2.describe_subnets", {"subnet": f"subnet-{NOWHERE}"}, "InvalidSubnetID.NotFound"),
    ("iam.get_policy", {"policy": f"arn:aws:iam::{ONE}:policy/nobody"}, "NoSuchEntity"),
    ("lambda.get_function_configuration", {"function": "none"}, "ResourceNotFoundException"),
    ("lambda.get_policy", {"function": "none"}, "ResourceNotFoundException"),
    ("lambda.list_function_url_configs", {"function": "none"}, "ResourceNotFoundException"),
    ("rds.describe_db_instances", {"instance": "none"}, "DBInstanceNotFound"),
    ("rds.describe_db_clusters", {"cluster": "none"}, "DBClusterNotFoundFault"),
    ("rds.describe_db_snapshots", {"snapshot": "none"}, "DBSnapshotNotFound"),
    ("rds.describe_db_cluster_snapshots", {"snapshot": "none"}, "DBClusterSnapshotNotFoundFault"),
    ("kms.describe_key", {"key": "1a2b3c4d-0000-4000-8000-00000000000f"}, "NotFoundException"),
    ("sqs.get_queue_url", {"queue": "none"}, "AWS.SimpleQueueService.NonExistentQueue"),
    ("sns.get_topic_attributes", {"topic": f"arn:aws:sns:{REGION}:{ONE}:none"}, "NotFound"),
    ("dynamodb.describe_table", {"table": "none"}, "ResourceNotFoundException"),
    ("ecr.describe_repositories", {"repository": "none"}, "RepositoryNotFoundException"),
    (
        "ecr.describe_images",
        {"image": f"none/sha256:{'a' * 64}"},
        "RepositoryNotFoundException",
    ),
    ("eks.describe_cluster", {"cluster": "none"}, "ResourceNotFoundException"),
    (
        "elbv2.describe_load_balancers",
        {"balancer": f"arn:aws:elasticloadbalancing:{REGION}:{ONE}:loadbalancer/app/none/1"},
        "LoadBalancerNotFound",
    ),
    ("cloudtrail.get_trail", {"trail": f"{TRAIL}-2"}, "TrailNotFoundException"),
    ("efs.describe_file_systems", {"system": f"fs-{NOWHERE}"}, "FileSystemNotFound"),
    ("redshift.describe_clusters", {"cluster": "none"}, "ClusterNotFound"),
    ("opensearch.describe_domain", {"domain": "none"}, "ResourceNotFoundException"),
    ("secretsmanager.describe_secret", {"secret": "none"}, "ResourceNotFoundException"),
    ("iam.get_login_profile", {"user": "nobody"}, "NoSuchEntity"),
    ("iam.list_mfa_devices", {"user": "nobody"}, "NoSuchEntity"),
    ("s3.get_bucket_policy", {"bucket": "gone-long-ago"}, "NoSuchBucket"),
]


@pytest.mark.parametrize(("kind", "arguments", "code"), MISSING, ids=[one[0] for one in MISSING])
def test_what_the_service_says_is_not_there_is_missing_by_its_own_code(ask, kind, arguments, code):
    assert ask(kind, **arguments) == Missing(code=code, as_of=ask.clock.at, source=kind)


UNTRIED = {
    "ec2.describe_network_acls": "moto answers with another resource's code",
    "logs.list_tags_for_resource": "moto answers for a group that is not there",
    "ecs.describe_clusters": "says it in the answer, not by an error",
}
"""Looked up in the service's own reference only."""


def test_every_kind_that_can_be_looked_up_is_tried_when_it_is_gone():
    tried = {kind for kind, _, _ in MISSING} | set(UNTRIED)
    assert set(operations_exists.OPERATIONS) - tried == set()
    assert {one.read for one in KINDS if one.read in operations_exists.OPERATIONS} <= tried


def test_an_ecs_cluster_that_is_gone_is_told_as_a_failure(ask):
    cluster = f"arn:aws:ecs:{REGION}:{ONE}:cluster/none"
    told = ask.told("ecs.describe_clusters", cluster=cluster)
    assert told == {"clusters": [], "failures": [{"arn": cluster, "reason": "MISSING"}]}


def test_every_other_operation_is_tried_when_all_is_well():
    rest = {
        "rds.describe_db_snapshot_attributes",
        "rds.describe_db_cluster_snapshot_attributes",
    }
    assert set(operations_infra.OPERATIONS) - set(HAPPY) == rest


def test_an_instance_without_interfaces_has_no_path(ask):
    told = ask.told("ec2.network_path", instance=f"i-{NOWHERE}")
    members = ("NetworkInterfaces", "SecurityGroups", "RouteTables", "NetworkAcls")
    assert told == {name: [] for name in members}


SAYS_WHOSE = (
    "ec2.network_path",
    "ec2.describe_snapshots",
    "rds.describe_db_instances",
    "kms.describe_key",
)


def test_an_answer_that_says_it_is_another_account_s_is_misplaced(ask):
    kept = ("instances", "security_groups", "snapshots", "databases", "keys")
    twin = {name: SCENARIO["accounts"][ONE][name] for name in kept}
    ask.sandbox.load({"region": REGION, "accounts": {TWO: twin}})
    ask("guardduty.detectors")
    ask.sandbox.faults.add("wrong_account", account=ONE, answers_from=TWO)
    found = [ask(kind, **HAPPY[kind][0]) for kind in SAYS_WHOSE]
    told = [one.failure if isinstance(one, Failed) else one for one in found]
    assert told == [Failure.MISPLACED] * len(SAYS_WHOSE)
