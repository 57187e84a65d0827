"""Turn on the public access block of a whole account, all four settings of it.

It holds for every bucket the account has and will have, whatever the bucket's own block says. Where
the organisation has a policy for it, S3 refuses to write the account's.
https://docs.aws.amazon.com/AmazonS3/latest/API/API_control_PutPublicAccessBlock.html
https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""

from collections.abc import Mapping
from typing import Any

from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling
from triage.ports.cloud import Cloud, member
from triage.questions import about
from triage.questions.question import Asking
from triage.remediations.arns import partition
from triage.remediations.remediation import Change, Remediation, Seen, or_none
from triage.remediations.s3_block_public_access import ALL_ON, NONE_SET, SETTINGS

READ, WRITE = "s3:GetAccountPublicAccessBlock", "s3:PutAccountPublicAccessBlock"
"""Deleting the configuration takes the second, too."""
EVENT_DELETE = "s3:DeleteAccountPublicAccessBlock"
"""As CloudTrail calls them; the first as its action.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/cloudtrail-logging-s3-info.html
"""
CONFIGURED = "PublicAccessBlockConfiguration"


def target_of(asking: Asking) -> Target:
    """All buckets of the ticket's account. Raises CannotAsk."""
    account, region = about.account(asking), about.region(asking)
    return Target(account=account, region=region, id=account, arn=f"arn:{partition(region)}:s3:::*")


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The account's block; none at all is not the same as four times off."""
    call = _call(target, "get_public_access_block", NONE_SET)
    if (said := or_none(cloud, call)) is None:
        return Seen(facts={"block": None})
    configured = member(call, said, CONFIGURED)
    return Seen(facts={"block": {name: bool(member(call, configured, name)) for name in SETTINGS}})


def plan(target: Target, state: State) -> Change | Refused:
    """All four on."""
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
    configured = {CONFIGURED: dict(block)}
    return Step(
        call=_call(target, "put_public_access_block", **configured),
        permission=_writing(),
        event=WRITE,
        logged={"publicAccessBlock": "", **configured},
        shows={"block": dict(block)},
        says=f"set the public access block of {target.account} to {', '.join(on) or 'nothing'}",
    )


def _delete(target: Target) -> Step:
    return Step(
        call=_call(target, "delete_public_access_block"),
        permission=_writing(),
        event=EVENT_DELETE,
        logged={"publicAccessBlock": ""},
        shows={"block": None},
        says=f"delete the public access block of {target.account}, which had none",
    )


def _call(target: Target, operation: str, *absent: str, **parameters: Any) -> Call:
    return Call(
        service="s3control",
        operation=operation,
        parameters={"AccountId": target.account, **parameters},
        absent=frozenset(absent),
    )


def _writing() -> Permission:
    """A setting of the account: IAM knows no resource of it."""
    return Permission(actions=(WRITE,), resources=("*",))


def _reads(_target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=(READ,), resources=("*",)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Turn on all four public access block settings of the account.",
        scope="one account, all of its buckets",
        risk="Every bucket that is public on purpose is refused, websites included.",
        iam_actions=(READ, WRITE),
        calls=(
            calling("s3control.get_public_access_block", AccountId="{account}"),
            calling(
                "s3control.put_public_access_block",
                AccountId="{account}",
                PublicAccessBlockConfiguration=ALL_ON,
            ),
            calling("s3control.delete_public_access_block", AccountId="{account}"),
        ),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
