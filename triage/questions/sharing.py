"""Which policies say who may reach a resource: one row a service, as Access Analyzer looks.

https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-resources.html
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

from triage.domain.evidence import RawRead, Read
from triage.questions import about
from triage.questions.answers import missing, payload
from triage.questions.question import Asking
from triage.questions.records.shape import dig, records, text
from triage.questions.records.trust import Reach, reach

Payload = Mapping[str, Any]
ARN_PARTS = 6
CLOSED = Reach()
GONE = (
    "NoSuchBucket",
    "NoSuchEntity",
    "NotFound",
    "NotFoundException",
    "QueueDoesNotExist",
    "AWS.SimpleQueueService.NonExistentQueue",
)
"""Codes that say that the resource itself is gone, and nothing else."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shared:
    """How one kind of resource is asked about; `reach` makes of each read a Reach, or None.

    `begins` is how its resource does in an ARN: of IAM only roles, of Lambda no layers. `none` is
    that means there is no policy, which lets nobody in.
    """

    begins: str = ""
    kinds: tuple[str, ...]
    argument: str
    name: Callable[[str, str], str]
    reach: tuple[Callable[[Payload, str], Reach | None], ...]
    none: str = ""


def _tail(_arn: str, resource: str) -> str:
    return resource.rpartition("/")[2]


def _whole(arn: str, _resource: str) -> str:
    return arn


def _plain(_arn: str, resource: str) -> str:
    return resource


def _policy(*path: str) -> Callable[[Payload, str], Reach | None]:
    return lambda found, own: reach(dig(found, *path), own)


def _policy_or_none(found: Payload, own: str) -> Reach | None:
    """The service leaves the policy out, and shows by something else whose answer it is."""
    policy = next((found[name] for name in ("Policy", "ResourcePolicy") if name in found), "")
    return CLOSED if policy is None else reach(policy, own)


def _acl(found: Payload, _own: str) -> Reach | None:
    """Grants to groups or to others than the owner; the owner's own is in every ACL."""
    grants = dig(found, "Grants")
    if not isinstance(grants, list) or not grants:
        return None
    kinds = [text(one, "Grantee", "Type") for one in records(grants)]
    ids = {text(one, "Grantee", "ID") for one in records(grants)}
    alone = set(kinds) == {"CanonicalUser"} and len(ids) == 1
    return CLOSED if alone else Reach(everyone=True)


def _grants(found: Payload, own: str) -> Reach | None:
    listed = dig(found, "Grants")
    if not isinstance(listed, list):
        return None
    others = Reach()
    for one in records(listed):
        who = text(one, "GranteePrincipal")
        others |= _grantee(who, own)
    return others


def _grantee(who: str, own: str) -> Reach:
    if who.endswith((".amazonaws.com", ".amazonaws.com.cn")):
        return Reach(services=frozenset({who}))
    return CLOSED if f"::{own}:" in who else Reach(accounts=frozenset({who}))


RESOURCES: Mapping[str, Shared] = MappingProxyType(
    {
        "s3": Shared(
            kinds=("s3.get_bucket_policy", "s3.get_bucket_acl"),
            argument="bucket",
            name=_plain,
            reach=(_policy("Policy"), _acl),
            none="NoSuchBucketPolicy",
        ),
        "iam": Shared(
            begins="role/",
            kinds=("iam.get_role",),
            argument="role",
            name=_tail,
            reach=(_policy("Role", "AssumeRolePolicyDocument"),),
        ),
        "kms": Shared(
            begins="key/",
            kinds=("kms.get_key_policy", "kms.list_grants"),
            argument="key",
            name=_tail,
            reach=(_policy("Policy"), _grants),
        ),
        # Without a policy a function answers as one that is gone does: neither lets anybody in.
        "lambda": Shared(
            begins="function:",
            kinds=("lambda.get_policy",),
            argument="function",
            name=_whole,
            reach=(_policy("Policy"),),
            none="ResourceNotFoundException",
        ),
        "sqs": Shared(
            kinds=("sqs.queue_policy",),
            argument="queue",
            name=_plain,
            reach=(_policy_or_none,),
        ),
        "sns": Shared(
            kinds=("sns.get_topic_attributes",),
            argument="topic",
            name=_whole,
            reach=(_policy("Attributes", "Policy"),),
        ),
        "secretsmanager": Shared(
            begins="secret:",
            kinds=("secretsmanager.get_resource_policy",),
            argument="secret",
            name=_whole,
            reach=(_policy_or_none,),
        ),
    }
)
"""By the service in the resource's ARN. What is not here (file systems, repositories, snapshots,
layers) cannot be read yet."""


def _found(asking: Asking) -> tuple[Shared, str] | None:
    """The row of the ticket's resource and its name, if it is of the ticket's account."""
    arn = asking.ticket.subject.id
    parts = arn.split(":", ARN_PARTS - 1)
    if len(parts) < ARN_PARTS or parts[4] not in {"", asking.ticket.account}:
        return None
    service, resource = parts[2], parts[5]
    row = RESOURCES.get(service)
    inside = row is not None and row.name is _plain and "/" in resource
    if row is None or inside or not resource.startswith(row.begins):
        return None
    return row, row.name(arn, resource)


def reads(asking: Asking) -> tuple[Read, ...]:
    """What to read of the resource's policies; nothing when it is of a kind that cannot be read."""
    found = _found(asking)
    if found is None:
        return ()
    row, name = found
    is_role = row.kinds == ("iam.get_role",)
    place = about.GLOBAL_REGION if is_role else about.region(asking)
    account = about.account(asking)
    return tuple(Read.of(kind, account, place, **{row.argument: name}) for kind in row.kinds)


def outside(asking: Asking, made: Sequence[RawRead]) -> bool | None:
    """Whether anybody outside is let in; None when that cannot be told."""
    found = _found(asking)
    if found is None:
        return None
    row, own = found[0], asking.ticket.account
    told = [
        CLOSED if missing(read, row.none) else one(payload(read), own)
        for read, one in zip(made, row.reach, strict=True)
    ]
    if any(one is None for one in told):
        return None
    return any(one.outside for one in told if one is not None)


IAM_ACTIONS = (
    "s3:GetBucketPolicy",
    "s3:GetBucketAcl",
    "iam:GetRole",
    "kms:GetKeyPolicy",
    "kms:ListGrants",
    "lambda:GetPolicy",
    "sqs:GetQueueUrl",
    "sqs:GetQueueAttributes",
    "sns:GetTopicAttributes",
    "secretsmanager:GetResourcePolicy",
)
