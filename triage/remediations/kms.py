"""What the fixes of keys share."""

from collections.abc import Mapping
from typing import Any

from triage.domain.plan import Call, Permission, Target
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about, about_infra
from triage.questions.question import Asking
from triage.questions.records.shape import records, text
from triage.remediations.arns import partition

DESCRIBE, TAGS = "kms:DescribeKey", "kms:ListResourceTags"


def key(asking: Asking) -> Target:
    """The key a ticket is about. Raises CannotAsk."""
    account, region, name = about.account(asking), about.region(asking), about_infra.key(asking)
    arn = f"arn:{partition(region)}:kms:{region}:{account}:key/{name}"
    return Target(account=account, region=region, id=name, arn=arn)


def call(target: Target, operation: str, *absent: str, **parameters: Any) -> Call:
    """A call about the key."""
    return Call(
        service="kms",
        operation=operation,
        parameters={"KeyId": target.id, **parameters},
        absent=frozenset(absent),
    )


def described(cloud: Cloud, target: Target) -> Mapping[str, Any]:
    """What KMS says of the key. Raises CloudError, also for another account's."""
    asked = call(target, "describe_key")
    told: Mapping[str, Any] = member(asked, cloud.call(asked), "KeyMetadata")
    if member(asked, told, "Arn") != target.arn:
        raise Unknown(asked, f"did not show {target.arn}")
    member(asked, told, "KeyState")
    return told


def tags(cloud: Cloud, target: Target) -> Mapping[str, str]:
    """Its tags, which KMS spells in its own way."""
    asked = call(target, "list_resource_tags")
    told = {"Tags": member(asked, cloud.call(asked), "Tags")}
    return {text(one, "TagKey"): text(one, "TagValue") for one in records(told, "Tags")}


def may(target: Target, *actions: str) -> Permission:
    """Permission for these actions on the key alone."""
    return Permission(actions=actions, resources=(target.arn,))
