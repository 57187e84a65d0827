"""What the fixes of buckets share."""

from collections.abc import Mapping
from typing import Any

from triage.domain.plan import Call, Target
from triage.ports.cloud import Cloud, member
from triage.questions import about
from triage.questions.question import Asking
from triage.remediations.arns import partition
from triage.remediations.remediation import or_none
from triage.remediations.tags import listed

NO_TAGS = "NoSuchTagSet"


def bucket(asking: Asking) -> Target:
    """The bucket a ticket is about. Raises CannotAsk."""
    name = about.bucket(asking)
    return Target(
        account=about.account(asking),
        region=about.region(asking),
        id=name,
        arn=f"arn:{partition(about.region(asking))}:s3:::{name}",
    )


def call(target: Target, operation: str, *absent: str, **parameters: Any) -> Call:
    """A call about the bucket, refused by S3 itself when another account owns one of that name."""
    return Call(
        service="s3",
        operation=operation,
        parameters={"Bucket": target.id, "ExpectedBucketOwner": target.account, **parameters},
        absent=frozenset(absent),
    )


def tags(cloud: Cloud, target: Target) -> Mapping[str, str]:
    """Its tags; a bucket may have none, and a failed look-up is no such bucket."""
    asked = call(target, "get_bucket_tagging", NO_TAGS)
    said = or_none(cloud, asked)
    return listed(member(asked, said, "TagSet")) if said else {}
