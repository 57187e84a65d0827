"""Is the object that a finding is about still there, and can anybody read it?

Asked without the right to read the object itself: its bucket's list says size and age.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_ListObjectsV2.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_identity
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, instant, records, text
from triage.questions.s3_public_access import EVERYONE, SETTINGS

OBJECT_CALLS = ("list_object", "get_object_acl")
BUCKET_CALLS = ("get_public_access_block", "get_bucket_policy_status", "get_bucket_encryption")
NONE = (
    "NoSuchPublicAccessBlockConfiguration",
    "NoSuchBucketPolicy",
    "ServerSideEncryptionConfigurationNotFoundError",
)
"""Of each read about the bucket: the code by which S3 says that nothing is set."""
SAID = (
    ("PublicAccessBlockConfiguration",),
    ("PolicyStatus", "IsPublic"),
    ("ServerSideEncryptionConfiguration", "Rules"),
)
"""And else what its answer always has."""


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the object twice, in two ways, and for what its bucket lets through."""
    account, region = about.account(asking), about.region(asking)
    bucket, key = about_identity.s3_object(asking)
    own = (Read.of(f"s3.{call}", account, region, bucket=bucket, key=key) for call in OBJECT_CALLS)
    around = (Read.of(f"s3.{call}", account, region, bucket=bucket) for call in BUCKET_CALLS)
    return (*own, *around)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Gone only when the list lacks it and S3 says NoSuchKey: older versions may remain."""
    if unknown := failure(reads):
        return unknown
    if any(missing(read, "NoSuchBucket") for read in reads):
        return absent(reads)
    listed, grants, block, policy, encryption = reads
    found = _entry(listed, about_identity.s3_object(asking)[1])
    if missing(grants, "NoSuchKey") and found is None and "KeyCount" in payload(listed):
        return absent(reads[:2])
    around = zip((block, policy, encryption), NONE, SAID, strict=True)
    # An ACL names at least its owner: an empty one was cut.
    if found is None or not records(payload(grants), "Grants"):
        return Unknown(reason="S3 neither showed the object nor said that it is gone")
    if any(_says_nothing(read, none, path) for read, none, path in around):
        return Unknown(reason="S3 did not say all that was asked")
    return known(reads, _told(asking, found, [payload(read) for read in reads[1:]]))


def _entry(listed: RawRead, key: str) -> Mapping[str, Any] | None:
    found = (one for one in records(payload(listed), "Contents") if text(one, "Key") == key)
    return next(found, None)


def _says_nothing(read: RawRead, none: str, path: tuple[str, ...]) -> bool:
    return not missing(read, none) and dig(payload(read), *path) is None


def _told(
    asking: Asking, found: Mapping[str, Any], payloads: Sequence[Mapping[str, Any]]
) -> dict[str, Any]:
    grants, block, policy, encryption = payloads
    on = [name for name in SETTINGS if dig(block, "PublicAccessBlockConfiguration", name) is True]
    granted = any(text(one, "Grantee", "URI") in EVERYONE for one in records(grants, "Grants"))
    by_policy = dig(policy, "PolicyStatus", "IsPublic") is True
    public = (granted and "IgnorePublicAcls" not in on) or (
        by_policy and "RestrictPublicBuckets" not in on
    )
    changed = instant(dig(found, "LastModified"))
    return {
        "exists": True,
        "public": public,
        "public_access_blocked": len(on) == len(SETTINGS),
        "encryption": _algorithm(encryption),
        "size": dig(found, "Size"),
        "last_modified": dig(found, "LastModified"),
        "changed_since": changed is not None and changed > asking.ticket.occurred,
        "explanation": _explain(len(on), public=public),
    }


def _algorithm(encryption: Mapping[str, Any]) -> str:
    rules = records(encryption, "ServerSideEncryptionConfiguration", "Rules")
    return text(rules[0], "ApplyServerSideEncryptionByDefault", "SSEAlgorithm") if rules else ""


def _explain(settings: int, *, public: bool) -> str:
    reads = "anyone can read it" if public else "not everyone can read it"
    return f"{reads}, {settings} of 4 public access block settings on."


QUESTION = Question(
    name="macie.object",
    phrase="whether the object is still there and who can read it",
    parameters={
        "object": Parameter(type="string", meaning="another object's ARN", subject=True),
    },
    answer={
        "exists": Field(type="boolean", meaning="always true; an object that is gone is absent"),
        "public": Field(type="boolean", meaning="its ACL or the bucket's policy lets everyone in"),
        "public_access_blocked": Field(
            type="boolean", meaning="all four settings of its bucket are on"
        ),
        "encryption": Field(
            type="string", meaning="how its bucket encrypts what is new, as aws:kms; or empty"
        ),
        "size": Field(type="number", meaning="bytes"),
        "last_modified": Field(type="time", meaning="when it was last written"),
        "changed_since": Field(type="boolean", meaning="written after the finding was made"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "s3:ListBucket",
        "s3:GetObjectAcl",
        "s3:GetBucketPublicAccessBlock",
        "s3:GetBucketPolicyStatus",
        "s3:GetEncryptionConfiguration",
    ),
    plan=plan,
    interpret=interpret,
)
