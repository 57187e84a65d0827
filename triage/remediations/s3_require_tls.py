"""Add to a bucket's policy the statement that denies requests without TLS.

A policy is written whole: what is there is kept, word for word, and the statement is added to it.
https://docs.aws.amazon.com/config/latest/developerguide/s3-bucket-ssl-requests-only.html
"""

import json
from collections.abc import Mapping
from typing import Any

from triage.domain.json import canonical
from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions.s3_secure_transport import refuses_plain
from triage.remediations import s3
from triage.remediations.remediation import Change, Remediation, Seen, or_none

SID = "TriageDenyWithoutTls"
VERSION = "2012-10-17"
BYTES_MAX = 20_480
"""https://docs.aws.amazon.com/AmazonS3/latest/userguide/bucket-policies.html"""
READ = ("s3:GetBucketPolicy", "s3:GetBucketTagging")
PUT, DELETE = "s3:PutBucketPolicy", "s3:DeleteBucketPolicy"


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The policy, and whether it refuses requests without TLS."""
    call = s3.call(target, "get_bucket_policy", "NoSuchBucketPolicy")
    said = or_none(cloud, call)
    policy = None if said is None else _read(cloud, target, member(call, said, "Policy"))
    facts = {"policy": policy, "refuses_plain": _refuses(policy, target)}
    return Seen(facts=facts, tags=s3.tags(cloud, target))


def _read(_cloud: Cloud, target: Target, text: Any) -> Mapping[str, Any]:
    try:
        policy = json.loads(text)
    except (TypeError, ValueError) as error:
        raise Unknown(s3.call(target, "get_bucket_policy"), "showed no policy") from error
    if not isinstance(policy, Mapping) or not isinstance(policy.get("Statement"), list | Mapping):
        raise Unknown(s3.call(target, "get_bucket_policy"), "showed no statements")
    return policy


def _statements(policy: Mapping[str, Any]) -> list[Any]:
    told = policy["Statement"]
    return list(told) if isinstance(told, list) else [told]


def _refuses(policy: Mapping[str, Any] | None, target: Target) -> bool:
    return any(refuses_plain(one, target.id) for one in _statements(policy)) if policy else False


def plan(target: Target, state: State) -> Change | Refused:
    """Add the statement, in place of an older one of its name."""
    wanted: dict[str, Any] = {"refuses_plain": True}
    if state.holds(wanted):
        return Change(steps=(), wanted=wanted)
    policy = _with_denial(state.facts["policy"], target)
    if len(canonical(policy)) > BYTES_MAX:
        return Refused(because=f"the policy of {target.id} would be longer than S3 allows")
    return Change(steps=(_put(target, policy),), wanted=wanted | {"policy": policy})


def _with_denial(policy: Mapping[str, Any] | None, target: Target) -> Mapping[str, Any]:
    there = policy or {"Version": VERSION, "Statement": []}
    kept = [one for one in _statements(there) if one.get("Sid") != SID]
    return {**there, "Statement": [*kept, _denial(target)]}


def _denial(target: Target) -> Mapping[str, Any]:
    return {
        "Sid": SID,
        "Effect": "Deny",
        "Principal": "*",
        "Action": "s3:*",
        "Resource": [target.arn, f"{target.arn}/*"],
        "Condition": {"Bool": {"aws:SecureTransport": "false"}},
    }


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Put the policy back as it was, or delete it where there was none."""
    was = before.facts["policy"]
    step = _delete(target) if was is None else _put(target, was)
    return Change(steps=(step,), wanted={"policy": was})


def _put(target: Target, policy: Mapping[str, Any]) -> Step:
    return Step(
        call=s3.call(target, "put_bucket_policy", Policy=canonical(dict(policy)).decode()),
        permission=Permission(actions=(PUT,), resources=(target.arn,)),
        event=PUT,
        logged={"bucketName": target.id, "bucketPolicy": dict(policy), "policy": ""},
        shows={"policy": dict(policy)},
        says=f"write the policy of {target.id} with {len(_statements(policy))} statements",
    )


def _delete(target: Target) -> Step:
    return Step(
        call=s3.call(target, "delete_bucket_policy"),
        permission=Permission(actions=(DELETE,), resources=(target.arn,)),
        event=DELETE,
        logged={"bucketName": target.id, "policy": ""},
        shows={"policy": None},
        says=f"delete the policy of {target.id}, which had none",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=(target.arn,)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Add to the bucket's policy the statement that denies requests without TLS.",
        scope="one bucket",
        risk="Clients that speak plain HTTP to the bucket are refused.",
        iam_actions=(*READ, PUT, DELETE),
        parameters=subject("bucket"),
        calls=(
            calling("s3.get_bucket_tagging", Bucket="{bucket}"),
            calling("s3.get_bucket_policy", Bucket="{bucket}"),
            calling("s3.put_bucket_policy", Bucket="{bucket}", Policy=ANSWER),
            calling("s3.delete_bucket_policy", Bucket="{bucket}"),
        ),
        applied=True,
    ),
    target=s3.bucket,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
