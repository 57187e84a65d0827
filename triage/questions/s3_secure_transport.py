"""Does a bucket's policy refuse requests without TLS?

The one statement that AWS recommends counts, and nothing narrower: everyone, every action, the
bucket and all in it, on the single condition that the request is not over TLS.
https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, failure, known, missing, payload, unexpected
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.policy import as_list, statements
from triage.questions.records.shape import dig, text

NOBODY, NO_BUCKET = "NoSuchBucketPolicy", "NoSuchBucket"
EVERYONE: tuple[Any, ...] = ("*", {"AWS": "*"}, {"AWS": ["*"]})
EVERYTHING = frozenset({"s3:*", "*"})
CONDITION = "aws:securetransport"


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the bucket's policy."""
    account, region = about.account(asking), about.region(asking)
    return (Read.of("s3.get_bucket_policy", account, region, bucket=about.bucket(asking)),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A bucket without a policy refuses nothing."""
    if unknown := failure(reads):
        return unknown
    if missing(reads[0], NO_BUCKET):
        return absent(reads)
    if missing(reads[0], NOBODY):
        return known(reads, _told(refused=False))
    if unknown := unexpected(reads):
        return unknown
    told = statements(dig(payload(reads[0]), "Policy"))
    if told is None:
        return Unknown(reason="S3 did not show the policy")
    bucket = about.bucket(asking)
    return known(reads, _told(refused=any(refuses_plain(one, bucket) for one in told)))


def _told(*, refused: bool) -> dict[str, Any]:
    how = "refused" if refused else "not refused"
    explanation = f"requests without TLS are {how} by the bucket's policy."
    return {"plain_refused": refused, "explanation": explanation}


def refuses_plain(statement: Mapping[str, Any], bucket: str) -> bool:
    """Whether one statement denies all requests without TLS to everyone, and nothing narrower."""
    arn = f"arn:aws:s3:::{bucket}"
    resources = set(map(str, as_list(dig(statement, "Resource"))))
    return (
        text(statement, "Effect") == "Deny"
        and dig(statement, "Principal") in EVERYONE
        and bool(EVERYTHING & set(map(str, as_list(dig(statement, "Action")))))
        and ("*" in resources or {arn, f"{arn}/*"} <= resources)
        and _only_without_tls(dig(statement, "Condition"))
    )


def _only_without_tls(conditions: Any) -> bool:
    """Any further condition narrows the denial."""
    if not isinstance(conditions, Mapping) or list(conditions) != ["Bool"]:
        return False
    keys = conditions["Bool"]
    if not isinstance(keys, Mapping) or [str(key).lower() for key in keys] != [CONDITION]:
        return False
    return all([str(one).lower() for one in as_list(value)] == ["false"] for value in keys.values())


QUESTION = Question(
    name="s3.secure_transport",
    phrase="whether the bucket refuses requests without TLS",
    parameters={
        "bucket": Parameter(type="string", meaning="another bucket than the ticket's", subject=True)
    },
    answer={
        "plain_refused": Field(type="boolean", meaning="its policy denies all of them to everyone"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("s3:GetBucketPolicy",),
    plan=plan,
    interpret=interpret,
)
