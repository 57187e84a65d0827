"""Is public access to a bucket blocked, and is anything making it public?

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Sequence

from triage.domain.evidence import Answer, Missing, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, records, text

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
EVERYONE = (
    "http://acs.amazonaws.com/groups/global/AllUsers",
    "http://acs.amazonaws.com/groups/global/AuthenticatedUsers",
)


SAID = (
    ("NoSuchPublicAccessBlockConfiguration", ("PublicAccessBlockConfiguration",)),
    ("NoSuchBucketPolicy", ("PolicyStatus", "IsPublic")),
    ("", ("Grants",)),
)
"""Of each read: the code that means there is none, and else what the answer always has."""


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the block, the policy's status and the ACL."""
    account, region = about.account(asking), about.region(asking)
    bucket = about.bucket(asking)
    return tuple(
        Read.of(f"s3.{call}", account, region, bucket=bucket)
        for call in ("get_public_access_block", "get_bucket_policy_status", "get_bucket_acl")
    )


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A bucket without a block is a fact (not blocked); a bucket that is not there is absent."""
    if unknown := failure(reads):
        return unknown
    if any(missing(read, "NoSuchBucket") for read in reads):
        return absent(reads)
    if any(_says_nothing(read, *said) for read, said in zip(reads, SAID, strict=True)):
        return Unknown(reason="S3 did not say all that was asked")
    block, policy, acl = (payload(read) for read in reads)
    on = [name for name in SETTINGS if dig(block, "PublicAccessBlockConfiguration", name) is True]
    by_policy = dig(policy, "PolicyStatus", "IsPublic") is True
    by_acl = any(text(grant, "Grantee", "URI") in EVERYONE for grant in records(acl, "Grants"))
    return known(
        reads,
        {
            "public_access_blocked": len(on) == len(SETTINGS),
            "policy_public": by_policy and "RestrictPublicBuckets" not in on,
            "acl_public": by_acl and "IgnorePublicAcls" not in on,
            "explanation": _explain(on, by_policy=by_policy, by_acl=by_acl),
        },
    )


def _says_nothing(read: RawRead, none: str, path: tuple[str, ...]) -> bool:
    if isinstance(read, Missing):
        return read.code != none
    return dig(payload(read), *path) is None


def _explain(on: list[str], *, by_policy: bool, by_acl: bool) -> str:
    settings = "all four settings on" if len(on) == len(SETTINGS) else f"{len(on)} of 4 settings on"
    policy = "its policy is public" if by_policy else "its policy is not public"
    acl = "its ACL grants everyone" if by_acl else "its ACL grants no one else"
    return f"{settings}, {policy}, {acl}."


QUESTION = Question(
    name="s3.public_access",
    phrase="whether public access to the bucket is blocked",
    parameters={
        "bucket": Parameter(type="string", meaning="another bucket than the ticket's", subject=True)
    },
    answer={
        "public_access_blocked": Field(type="boolean", meaning="all four settings are on"),
        "policy_public": Field(type="boolean", meaning="its policy makes it public, effectively"),
        "acl_public": Field(type="boolean", meaning="its ACL makes it public, effectively"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketPolicyStatus",
        "s3:GetBucketAcl",
    ),
    plan=plan,
    interpret=interpret,
)
