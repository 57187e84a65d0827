"""Set an access key inactive. It is never deleted, so that it can be set active again.

Temporary credentials that were made from it stay valid until they end.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
"""

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import records, text
from triage.remediations import iam
from triage.remediations.remediation import TWICE, Change, Remediation, Seen

ACTIVE, INACTIVE = "Active", "Inactive"
READ = ("iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:GetUser")
WRITE = "iam:UpdateAccessKey"
LONG_TERM = "AKIA"
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes"""


def target_of(asking: Asking) -> Target:
    """The key a ticket is about. Raises CannotAsk, also for a session's key, which has no status.

    Whose key it is, only IAM knows.
    """
    key = about.key(asking)
    if not key.startswith(LONG_TERM):
        raise CannotAsk("a session's key cannot be set inactive")
    return iam.user_named(asking, key)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The user, and the key's status."""
    used = iam.call("get_access_key_last_used", AccessKeyId=target.id)
    user = str(member(used, cloud.call(used), "UserName"))
    listing = iam.call("list_access_keys", UserName=user)
    keys = records(cloud.call(listing), "AccessKeyMetadata")
    mine = [text(one, "Status") for one in keys if text(one, "AccessKeyId") == target.id]
    if len(mine) != 1 or mine[0] not in {ACTIVE, INACTIVE}:
        raise Unknown(listing, f"did not show {target.id} of {user}")
    arn, tags = iam.whole(cloud, target, user)
    return Seen(facts={"user": user, "arn": arn, "status": mine[0]}, tags=tags)


def plan(target: Target, state: State) -> Change | Refused:
    """Set it inactive, unless it is."""
    return _change(target, state, INACTIVE)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Set it as it was."""
    return _change(target, before, before.facts["status"])


def _change(target: Target, state: State, status: str) -> Change:
    wanted = {"status": status}
    steps = () if state.holds(wanted) and status == INACTIVE else (_set(target, state, status),)
    return Change(steps=steps, wanted=wanted)


def _set(target: Target, state: State, status: str) -> Step:
    user = str(state.facts["user"])
    named = {"UserName": user, "AccessKeyId": target.id, "Status": status}
    return Step(
        call=iam.call("update_access_key", **named),
        permission=Permission(actions=(WRITE,), resources=(str(state.facts["arn"]),)),
        event=WRITE,
        logged={"userName": user, "accessKeyId": target.id, "status": status},
        shows={"status": status},
        says=f"set the access key {target.id} of {user} {status.lower()}",
    )


def _reads(_target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=("*",)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Set the access key inactive; it is never deleted.",
        scope="one access key",
        risk="Whatever signs with the key stops working.",
        iam_actions=(*READ, WRITE),
        parameters=subject("key"),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    proof_seconds=TWICE,
)
