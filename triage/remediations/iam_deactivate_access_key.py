"""Set an access key inactive. It is never deleted, so that it can be set active again.

Temporary credentials that were made from it stay valid until they end.
https://docs.aws.amazon.com/IAM/latest/APIReference/API_UpdateAccessKey.html
"""

from collections.abc import Mapping

from triage.domain.plan import Call, Permission, Refused, State, Step, Target
from triage.playbook.fixes import Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about
from triage.questions.question import Asking, CannotAsk
from triage.questions.records.shape import records, text
from triage.remediations import iam
from triage.remediations.remediation import TWICE, Change, Remediation, Seen

ACTIVE, INACTIVE, SEVERAL = "Active", "Inactive", "several active"
SEVERAL_ACTIVE: Mapping[str, str | None] = {"key": None, "status": SEVERAL}
READ = ("iam:GetAccessKeyLastUsed", "iam:ListAccessKeys", "iam:GetUser")
WRITE = "iam:UpdateAccessKey"
LONG_TERM = "AKIA"
"""https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html#identifiers-prefixes"""


def target_of(asking: Asking) -> Target:
    """The key a ticket is about, else the user whose key it is. Raises CannotAsk.

    Whose key it is, only IAM knows. A session's key has no status.
    """
    try:
        key = about.key(asking)
    except CannotAsk:
        return iam.user(asking)
    if not key.startswith(LONG_TERM):
        raise CannotAsk("a session's key cannot be set inactive")
    return iam.user_named(asking, key)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The user, the key and its status; of a user without a word which, the one active key."""
    by_key = target.id.startswith(LONG_TERM)
    user = _owner(cloud, target) if by_key else target.id
    arn, tags = iam.whole(cloud, target, user)
    found = _named(cloud, target, user) if by_key else _active(cloud, user)
    return Seen(facts={"user": user, "arn": arn, **found}, tags=tags)


def _owner(cloud: Cloud, target: Target) -> str:
    used = iam.call("get_access_key_last_used", AccessKeyId=target.id)
    return str(member(used, cloud.call(used), "UserName"))


def _named(cloud: Cloud, target: Target, user: str) -> Mapping[str, str | None]:
    status = _keys(cloud, user).get(target.id)
    if status is None:
        raise Unknown(_listing(user), f"did not show {target.id} of {user}")
    return {"key": target.id, "status": status}


def _active(cloud: Cloud, user: str) -> Mapping[str, str | None]:
    active = [key for key, status in _keys(cloud, user).items() if status == ACTIVE]
    if not active:
        return {"key": None, "status": INACTIVE}
    return {"key": active[0], "status": ACTIVE} if len(active) == 1 else SEVERAL_ACTIVE


def _keys(cloud: Cloud, user: str) -> Mapping[str, str]:
    call = _listing(user)
    listed = records({"keys": member(call, cloud.call(call), "AccessKeyMetadata")}, "keys")
    keys = {text(one, "AccessKeyId"): text(one, "Status") for one in listed}
    if set(keys.values()) - {ACTIVE, INACTIVE}:
        raise Unknown(call, "did not say which keys are active")
    return keys


def _listing(user: str) -> Call:
    return iam.call("list_access_keys", UserName=user)


def plan(target: Target, state: State) -> Change | Refused:
    """Set it inactive, unless it is; nobody guesses which of several is meant."""
    if state.facts["status"] == SEVERAL:
        return Refused(because=f"{target.id} has several active keys, and which is meant?")
    wanted = {"status": INACTIVE}
    steps = () if state.holds(wanted) else (_set(state, INACTIVE),)
    return Change(steps=steps, wanted=wanted)


def undo(_target: Target, before: State, _now: State) -> Change | Refused:
    """Set it as it was."""
    status = str(before.facts["status"])
    return Change(steps=(_set(before, status),), wanted={"status": status})


def _set(state: State, status: str) -> Step:
    user, key = str(state.facts["user"]), str(state.facts["key"])
    return Step(
        call=iam.call("update_access_key", UserName=user, AccessKeyId=key, Status=status),
        permission=Permission(actions=(WRITE,), resources=(str(state.facts["arn"]),)),
        event=WRITE,
        logged={"userName": user, "accessKeyId": key, "status": status},
        shows={"status": status},
        says=f"set the access key {key} of {user} {status.lower()}",
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
        calls=(
            calling("iam.get_access_key_last_used", AccessKeyId="{key}"),
            calling("iam.get_user", UserName="{user}"),
            calling("iam.list_access_keys", UserName="{user}"),
            calling(
                "iam.update_access_key", UserName="{user}", AccessKeyId="{key}", Status="Inactive"
            ),
        ),
        applied=True,
    ),
    target=target_of,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    proof_seconds=TWICE,
)
