"""From an API call to the IAM action that allows it; mostly the same word, and here where not.

https://docs.aws.amazon.com/service-authorization/latest/reference/reference_policies_actions-resources-contextkeys.html
and, for S3, .../AmazonS3/latest/API/API_Operations.html ("Permissions" of each operation); what the
service models say of Security Hub's and Access Analyzer's V2 operations.
"""

from collections.abc import Mapping
from types import MappingProxyType

from triage.domain.api import Apis

PREFIXES: Mapping[str, str] = MappingProxyType(
    {
        "accessanalyzer": "access-analyzer",
        "efs": "elasticfilesystem",
        "elb": "elasticloadbalancing",
        "elbv2": "elasticloadbalancing",
        "opensearch": "es",
        "s3control": "s3",
        "sesv2": "ses",
        "stepfunctions": "states",
    }
)
"""What IAM calls a service where boto3 calls it something else."""


def _renamed(service: str, pairs: str) -> dict[tuple[str, str], str]:
    """`Operation>Action` pairs of one service."""
    return {
        (service, operation): action
        for operation, _, action in (pair.partition(">") for pair in pairs.split())
    }


ACTIONS: Mapping[tuple[str, str], str] = MappingProxyType(
    {
        **_renamed(
            "s3",
            """
            GetPublicAccessBlock>GetBucketPublicAccessBlock
            PutPublicAccessBlock>PutBucketPublicAccessBlock
            DeletePublicAccessBlock>PutBucketPublicAccessBlock
            ListBuckets>ListAllMyBuckets HeadBucket>ListBucket
            ListObjects>ListBucket ListObjectsV2>ListBucket ListObjectVersions>ListBucketVersions
            HeadObject>GetObject CopyObject>PutObject DeleteObjects>DeleteObject
            CreateMultipartUpload>PutObject UploadPart>PutObject CompleteMultipartUpload>PutObject
            GetBucketEncryption>GetEncryptionConfiguration
            PutBucketEncryption>PutEncryptionConfiguration
            DeleteBucketEncryption>PutEncryptionConfiguration
            GetBucketReplication>GetReplicationConfiguration
            PutBucketReplication>PutReplicationConfiguration
            DeleteBucketReplication>PutReplicationConfiguration
            GetBucketLifecycleConfiguration>GetLifecycleConfiguration
            PutBucketLifecycleConfiguration>PutLifecycleConfiguration
            DeleteBucketLifecycle>PutLifecycleConfiguration
            GetBucketNotificationConfiguration>GetBucketNotification
            PutBucketNotificationConfiguration>PutBucketNotification
            GetObjectLockConfiguration>GetBucketObjectLockConfiguration
            PutObjectLockConfiguration>PutBucketObjectLockConfiguration
            GetBucketAccelerateConfiguration>GetAccelerateConfiguration
            PutBucketAccelerateConfiguration>PutAccelerateConfiguration
            DeleteBucketCors>PutBucketCORS
            DeleteBucketOwnershipControls>PutBucketOwnershipControls
            DeleteBucketTagging>PutBucketTagging
            """,
        ),
        **_renamed(
            "s3control",
            """
            GetPublicAccessBlock>GetAccountPublicAccessBlock
            PutPublicAccessBlock>PutAccountPublicAccessBlock
            DeletePublicAccessBlock>PutAccountPublicAccessBlock
            """,
        ),
        **_renamed("lambda", "Invoke>InvokeFunction"),
        **_renamed("accessanalyzer", "GetFindingV2>GetFinding ListFindingsV2>ListFindings"),
        **_renamed(
            "securityhub",
            "GetFindingsV2>GetFindings BatchUpdateFindingsV2>BatchUpdateFindings",
        ),
        **_renamed(
            "sqs",
            """
            SendMessageBatch>SendMessage DeleteMessageBatch>DeleteMessage
            ChangeMessageVisibilityBatch>ChangeMessageVisibility
            """,
        ),
        **_renamed("sns", "PublishBatch>Publish"),
        **_renamed("dynamodb", "TransactGetItems>GetItem TransactWriteItems>PutItem"),
    }
)
"""Operations whose action has another name: (service, operation) -> action."""


def action_of(call: str, apis: Apis) -> str | None:
    """The action that allows `s3.put_public_access_block`; None where AWS has no such call."""
    service, _, operation = call.partition(".")
    name = apis.name(service, operation)
    return _action(service, name) if name else None


def actions_of(prefix: str, apis: Apis) -> frozenset[str]:
    """Every action that some call of the services with this IAM prefix needs."""
    known = {*apis.services()}
    services = [one for one, renamed in PREFIXES.items() if renamed == prefix]
    named = [
        one for one in (prefix, *services) if one in known and PREFIXES.get(one, one) == prefix
    ]
    return frozenset(
        action
        for service in named
        for operation in apis.operations(service)
        if (action := action_of(f"{service}.{operation}", apis))
    )


def _action(service: str, name: str) -> str:
    return f"{PREFIXES.get(service, service)}:{ACTIONS.get((service, name), name)}"
