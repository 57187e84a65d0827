"""Who may reach a resource, and who used what: policies, last use, objects, GuardDuty's past."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType
from typing import Any

from botocore.exceptions import ClientError

from triage.adapters.aws.paging import Desk, Operation, every, member, plain, text_of
from triage.adapters.aws.placed import named
from triage.domain.evidence import Read

Arguments = Callable[[Read], Mapping[str, Any]]
NO_SUCH = "NoSuchEntity"


def _one(service: str, method: str, arguments: Arguments, *members: str) -> Operation:
    """One request; without all of `members` its answer was cut."""

    def call(desk: Desk, read: Read) -> Mapping[str, Any]:
        desk.turn()
        answer = getattr(desk.client(service), method)(**arguments(read))
        return {name: plain(member(answer, name)) for name in members}

    return call


def _optional(service: str, method: str, arguments: Arguments, always: str, name: str) -> Operation:
    """One request whose answer leaves `name` out when there is none, but never `always`."""

    def call(desk: Desk, read: Read) -> Mapping[str, Any]:
        desk.turn()
        answer = getattr(desk.client(service), method)(**arguments(read))
        return {always: plain(member(answer, always)), name: plain(answer.get(name))}

    return call


# --- S3 -------------------------------------------------------------------------------------------


def _bucket(read: Read) -> Mapping[str, Any]:
    return {"Bucket": text_of(read, "bucket"), "ExpectedBucketOwner": read.account}


def _object(read: Read) -> Mapping[str, Any]:
    return {**_bucket(read), "Key": text_of(read, "key")}


def _listed(read: Read) -> Mapping[str, Any]:
    """Of all keys that begin with a key, the key itself comes first."""
    return {**_bucket(read), "Prefix": text_of(read, "key"), "MaxKeys": 1}


# --- IAM ------------------------------------------------------------------------------------------


def _user_access(desk: Desk, read: Read) -> Mapping[str, Any]:
    """A user, whether there is a password, and every key with its last use."""
    iam, name = desk.client("iam"), text_of(read, "user")
    desk.turn()
    user = member(iam.get_user(UserName=name), "User")
    named(read, str(user.get("Arn", "")))
    keys = every(desk, iam.list_access_keys, "Marker", "AccessKeyMetadata", UserName=name)
    return {
        "User": plain(user),
        "HasPassword": _has_password(desk, iam, name),
        "Keys": [_with_use(desk, iam, key) for key in keys],
    }


def _with_use(desk: Desk, iam: Any, key: Mapping[str, Any]) -> Mapping[str, Any]:
    desk.turn()
    used = member(iam.get_access_key_last_used(AccessKeyId=key["AccessKeyId"]), "AccessKeyLastUsed")
    return {**key, "LastUsedDate": plain(used.get("LastUsedDate"))}


def _has_password(desk: Desk, iam: Any, user: str) -> bool:
    """A user without one is NoSuchEntity, and the user itself was there a moment ago."""
    desk.turn()
    try:
        member(iam.get_login_profile(UserName=user), "LoginProfile")
    except ClientError as error:
        if error.response.get("Error", {}).get("Code") != NO_SUCH:
            raise
        return False
    return True


# --- what policies are attached to ----------------------------------------------------------------


def _grants(desk: Desk, read: Read) -> Mapping[str, Any]:
    call = desk.client("kms").list_grants
    return {"Grants": every(desk, call, "NextMarker", "Grants", KeyId=text_of(read, "key"))}


def _queue_policy(desk: Desk, read: Read) -> Mapping[str, Any]:
    """Ask for the owner too: a queue without a policy answers without any attribute."""
    sqs = desk.client("sqs")
    desk.turn()
    named_ = {"QueueName": text_of(read, "queue"), "QueueOwnerAWSAccountId": read.account}
    url = member(sqs.get_queue_url(**named_), "QueueUrl")
    desk.turn()
    answer = sqs.get_queue_attributes(QueueUrl=url, AttributeNames=["Policy", "QueueArn"])
    found = member(answer, "Attributes")
    named(read, str(member(found, "QueueArn")))
    return {"Policy": found.get("Policy")}


# --- GuardDuty ------------------------------------------------------------------------------------

AT_ONCE = 50
"""Findings that GetFindings takes (API reference, GetFindings)."""
KEPT = ("Id", "Type", "AccountId", "CreatedAt", "UpdatedAt", "Severity", "Resource")
COUNTED = ("Archived", "Count", "EventFirstSeen", "EventLastSeen")


def _history(desk: Desk, read: Read) -> Mapping[str, Any]:
    """Every finding of a type that was updated since, cut down to what a history needs."""
    client = desk.client("guardduty")
    found: list[Any] = []
    for detector in every(desk, client.list_detectors, "NextToken", "DetectorIds"):
        ids = every(
            desk,
            client.list_findings,
            "NextToken",
            "FindingIds",
            DetectorId=detector,
            FindingCriteria={"Criterion": _criteria(read)},
        )
        for start in range(0, len(ids), AT_ONCE):
            found += _findings(desk, client, detector, ids[start : start + AT_ONCE])
    return {"Findings": [_short(one) for one in found]}


def _criteria(read: Read) -> Mapping[str, Any]:
    since = datetime.fromisoformat(text_of(read, "since"))
    return {
        "type": {"Equals": [text_of(read, "type")]},
        "updatedAt": {"GreaterThanOrEqual": int(since.timestamp() * 1000)},
    }


def _findings(desk: Desk, client: Any, detector: str, ids: Sequence[str]) -> list[Any]:
    desk.turn()
    answer = client.get_findings(DetectorId=detector, FindingIds=list(ids))
    return list(plain(member(answer, "Findings")))


def _short(finding: Mapping[str, Any]) -> Mapping[str, Any]:
    service = finding.get("Service") or {}
    kept = {name: finding[name] for name in KEPT if name in finding}
    return {**kept, "Service": {name: service[name] for name in COUNTED if name in service}}


OPERATIONS: Mapping[str, Operation] = MappingProxyType(
    {
        "s3.list_object": _optional("s3", "list_objects_v2", _listed, "KeyCount", "Contents"),
        "s3.get_object_acl": _one("s3", "get_object_acl", _object, "Grants"),
        "s3.get_bucket_encryption": _one(
            "s3", "get_bucket_encryption", _bucket, "ServerSideEncryptionConfiguration"
        ),
        "iam.user_access": _user_access,
        "kms.list_grants": _grants,
        "sqs.queue_policy": _queue_policy,
        "sns.get_topic_attributes": _one(
            "sns",
            "get_topic_attributes",
            lambda read: {"TopicArn": text_of(read, "topic")},
            "Attributes",
        ),
        "secretsmanager.get_resource_policy": _optional(
            "secretsmanager",
            "get_resource_policy",
            lambda read: {"SecretId": text_of(read, "secret")},
            "ARN",
            "ResourcePolicy",
        ),
        "guardduty.history": _history,
    }
)
NO_BUCKET = frozenset({"NoSuchBucket"})
NOT_FOUND: Mapping[str, frozenset[str]] = MappingProxyType(
    {
        "s3.list_object": NO_BUCKET,
        "s3.get_object_acl": NO_BUCKET | {"NoSuchKey"},
        "s3.get_bucket_encryption": NO_BUCKET | {"ServerSideEncryptionConfigurationNotFoundError"},
        "iam.user_access": frozenset({NO_SUCH}),
        "kms.list_grants": frozenset({"NotFoundException"}),
        "sqs.queue_policy": frozenset(
            {"AWS.SimpleQueueService.NonExistentQueue", "QueueDoesNotExist"}
        ),
        "sns.get_topic_attributes": frozenset({"NotFound"}),
        "secretsmanager.get_resource_policy": frozenset({"ResourceNotFoundException"}),
    }
)
"""By which codes each says that there is none (each service's API reference)."""
