"""Turn on a bucket's public access block, all four settings of it.

The four are in force together with the account's: the most restrictive wins, so writing the
bucket's never opens anything. No configuration is not the same as four times false: taking it back
deletes it where there was none.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_PutPublicAccessBlock.html
"""

from collections.abc import Mapping

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, member
from triage.questions.records.shape import dig
from triage.remediations import s3
from triage.remediations.remediation import Change, Remediation, Seen, or_none

SETTINGS = ("BlockPublicAcls", "IgnorePublicAcls", "BlockPublicPolicy", "RestrictPublicBuckets")
ALL_ON: Mapping[str, bool] = dict.fromkeys(SETTINGS, True)
NONE_SET = "NoSuchPublicAccessBlockConfiguration"
READ = (
    "s3:GetBucketPublicAccessBlock",
    "s3:GetBucketPolicyStatus",
    "s3:GetBucketWebsite",
    "s3:GetBucketTagging",
)
WRITE = "s3:PutBucketPublicAccessBlock"
"""Deleting the configuration takes the same action."""
EVENT_PUT, EVENT_DELETE = "s3:PutBucketPublicAccessBlock", "s3:DeleteBucketPublicAccessBlock"
"""As CloudTrail calls them.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The block, whether the policy makes it public, and whether it serves a website."""
    status = s3.call(target, "get_bucket_policy_status", "NoSuchBucketPolicy")
    said = or_none(cloud, status)
    public = bool(dig(member(status, said, "PolicyStatus"), "IsPublic")) if said else False
    website = s3.call(target, "get_bucket_website", "NoSuchWebsiteConfiguration")
    facts = {
        "block": _block(cloud, target),
        "public_policy": public,
        "website": or_none(cloud, website) is not None,
    }
    return Seen(facts=facts, tags=s3.tags(cloud, target))


def _block(cloud: Cloud, target: Target) -> Mapping[str, bool] | None:
    call = s3.call(target, "get_public_access_block", NONE_SET)
    if (said := or_none(cloud, call)) is None:
        return None
    configured = member(call, said, "PublicAccessBlockConfiguration")
    return {name: bool(member(call, configured, name)) for name in SETTINGS}


def plan(target: Target, state: State) -> Change | Refused:
    """All four on; never on a bucket that serves a website."""
    if state.facts["website"]:
        return Refused(because=f"{target.id} serves a website; blocking it would take that down")
    wanted = {"block": ALL_ON}
    steps = () if state.holds(wanted) else (_put(target, ALL_ON),)
    return Change(steps=steps, wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Put back what was set, or delete the configuration where there was none."""
    was = before.facts["block"]
    step = _delete(target) if was is None else _put(target, was)
    return Change(steps=(step,), wanted={"block": was})


def _put(target: Target, block: Mapping[str, bool]) -> Step:
    on = [name for name in SETTINGS if block[name]]
    configured = {"PublicAccessBlockConfiguration": dict(block)}
    return Step(
        call=s3.call(target, "put_public_access_block", **configured),
        permission=_writing(target),
        event=EVENT_PUT,
        logged={"bucketName": target.id, "publicAccessBlock": "", **configured},
        shows={"block": dict(block)},
        says=f"set the public access block of {target.id} to {', '.join(on) or 'nothing'}",
    )


def _delete(target: Target) -> Step:
    return Step(
        call=s3.call(target, "delete_public_access_block"),
        permission=_writing(target),
        event=EVENT_DELETE,
        logged={"bucketName": target.id, "publicAccessBlock": ""},
        shows={"block": None},
        says=f"delete the public access block of {target.id}, which had none",
    )


def _writing(target: Target) -> Permission:
    return Permission(actions=(WRITE,), resources=(target.arn,))


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=(target.arn,)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Turn on all four public access block settings of the bucket.",
        scope="one bucket",
        risk="A partner that reads the bucket anonymously stops working; websites are refused.",
        iam_actions=(*READ, WRITE),
        parameters=subject("bucket"),
        calls=(
            calling("s3.get_bucket_tagging", Bucket="{bucket}"),
            calling("s3.get_bucket_policy_status", Bucket="{bucket}"),
            calling("s3.get_bucket_website", Bucket="{bucket}"),
            calling("s3.get_public_access_block", Bucket="{bucket}"),
            calling("s3.delete_public_access_block", Bucket="{bucket}"),
            calling(
                "s3.put_public_access_block",
                Bucket="{bucket}",
                PublicAccessBlockConfiguration=ALL_ON,
            ),
        ),
        applied=True,
    ),
    target=s3.bucket,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
