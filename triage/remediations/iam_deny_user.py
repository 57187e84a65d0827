"""Deny everything to a user by an inline policy of our own name.

An explicit denial wins over whatever else the user has. Passwords, keys and other policies stay,
so that taking it back is one call; a login profile that is deleted takes its password with it, and
nothing brings that back.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_evaluation-logic.html
"""

import json
from collections.abc import Mapping
from typing import Any

from triage.domain.json import canonical
from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, member
from triage.remediations import iam
from triage.remediations.remediation import TWICE, Change, Remediation, Seen, or_none

POLICY = "TriageDenyAll"
DENY_ALL: Mapping[str, Any] = {
    "Version": "2012-10-17",
    "Statement": [{"Sid": POLICY, "Effect": "Deny", "Action": "*", "Resource": "*"}],
}
READ = ("iam:GetUserPolicy", "iam:ListUserPolicies", "iam:GetUser")
PUT, DELETE = "iam:PutUserPolicy", "iam:DeleteUserPolicy"


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The policy of our name, if there is one, and the names of all others."""
    listing = iam.call("list_user_policies", UserName=target.id)
    names = list(member(listing, cloud.call(listing), "PolicyNames"))
    arn, tags = iam.whole(cloud, target, target.id)
    others = sorted({*names} - {POLICY})
    return Seen(facts={"arn": arn, "deny": _denial(cloud, target), "others": others}, tags=tags)


def _denial(cloud: Cloud, target: Target) -> Any:
    call = iam.call("get_user_policy", iam.NOBODY, UserName=target.id, PolicyName=POLICY)
    if (said := or_none(cloud, call)) is None:
        return None
    document = member(call, said, "PolicyDocument")
    return json.loads(document) if isinstance(document, str) else document


def plan(target: Target, state: State) -> Change | Refused:
    """Put the policy, over one of its name that says something else."""
    wanted = {"deny": DENY_ALL}
    steps = () if state.holds(wanted) else (_put(target, state, DENY_ALL),)
    return Change(steps=steps, wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Delete the policy, or put back what stood under its name."""
    was = before.facts["deny"]
    step = _delete(target, before) if was is None else _put(target, before, was)
    return Change(steps=(step,), wanted={"deny": was})


def _put(target: Target, state: State, document: Mapping[str, Any]) -> Step:
    named = {"UserName": target.id, "PolicyName": POLICY}
    text = canonical(dict(document)).decode()
    return Step(
        call=iam.call("put_user_policy", **named, PolicyDocument=text),
        permission=Permission(actions=(PUT,), resources=(str(state.facts["arn"]),)),
        event=PUT,
        logged={"userName": target.id, "policyName": POLICY, "policyDocument": text},
        shows={"deny": dict(document)},
        says=f"put the inline policy {POLICY} on the user {target.id}",
    )


def _delete(target: Target, state: State) -> Step:
    return Step(
        call=iam.call("delete_user_policy", UserName=target.id, PolicyName=POLICY),
        permission=Permission(actions=(DELETE,), resources=(str(state.facts["arn"]),)),
        event=DELETE,
        logged={"userName": target.id, "policyName": POLICY},
        shows={"deny": None},
        says=f"delete the inline policy {POLICY} of the user {target.id}",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=(target.arn,)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Put an inline policy on the user that denies everything.",
        scope="one user",
        risk="Whatever works as the user stops; the policy is taken off again in one call.",
        iam_actions=(*READ, PUT, DELETE),
        parameters=subject("user"),
        calls=(
            calling("iam.get_user", UserName="{user}"),
            calling("iam.list_user_policies", UserName="{user}"),
            calling("iam.get_user_policy", UserName="{user}", PolicyName=POLICY),
            calling(
                "iam.put_user_policy",
                UserName="{user}",
                PolicyName=POLICY,
                PolicyDocument=ANSWER,
            ),
            calling("iam.delete_user_policy", UserName="{user}", PolicyName=POLICY),
        ),
        applied=True,
    ),
    target=iam.user,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
    proof_seconds=TWICE,
)
