"""Deny every session of a role that was issued before now, as IAM's own console does.

Whoever may assume the role assumes it again, an attacker who can included: mend the trust as well.
IAM lets nobody write on service-linked roles; the roles of IAM Identity Center are written by it
alone, and their sessions are revoked there.
https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_use_revoke-sessions.html
"""

import json
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Any

from triage.domain.json import canonical
from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions import about, about_identity
from triage.questions.question import Asking
from triage.questions.records.shape import dig
from triage.remediations import iam
from triage.remediations.arns import partition
from triage.remediations.remediation import TWICE, Change, Remediation, Seen, or_none
from triage.remediations.tags import listed

POLICY = "AWSRevokeOlderSessions"
"""The name that the console gives it, so that whoever looks there finds it."""
READ = ("iam:GetRole", "iam:GetRolePolicy")
PUT, DELETE = "iam:PutRolePolicy", "iam:DeleteRolePolicy"
FRESH = timedelta(minutes=5)
"""A revocation as young as this is not made again."""
OWNERS = {
    "/aws-service-role/": "a service-linked role, which only its service may change",
    "/aws-reserved/": "a role of IAM Identity Center; revoke its sessions there",
}
"""By the path of a role.

https://docs.aws.amazon.com/IAM/latest/UserGuide/id_roles_create-service-linked-role.html
https://docs.aws.amazon.com/singlesignon/latest/userguide/permissionsetsconcept.html
"""


def target_of(asking: Asking) -> Target:
    """The role a ticket is about, else the role that acted. Raises CannotAsk."""
    account, name = about.account(asking), about_identity.role(asking)
    region = asking.ticket.region or about.GLOBAL_REGION
    arn = f"arn:{partition(region)}:iam::{account}:role/*"
    return Target(account=account, region=region, id=name, arn=arn)


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The role, its path, and the revocation that stands."""
    call = iam.call("get_role", RoleName=target.id)
    role = member(call, cloud.call(call), "Role")
    arn = str(member(call, role, "Arn"))
    if f":{target.account}:role/" not in arn:
        raise Unknown(call, f"answered for another account than {target.account}")
    facts = {
        "arn": arn,
        "path": member(call, role, "Path"),
        "revocation": _revocation(cloud, target),
    }
    return Seen(facts=facts, tags=listed(role.get("Tags")))


def _revocation(cloud: Cloud, target: Target) -> Any:
    call = iam.call("get_role_policy", iam.NOBODY, RoleName=target.id, PolicyName=POLICY)
    if (said := or_none(cloud, call)) is None:
        return None
    document = member(call, said, "PolicyDocument")
    return json.loads(document) if isinstance(document, str) else document


def plan(target: Target, state: State) -> Change | Refused:
    """Deny what was issued until the role was looked at, over an older revocation."""
    path = str(state.facts["path"])
    owner = next((OWNERS[one] for one in OWNERS if path.startswith(one)), None)
    if owner is not None:
        return Refused(because=f"{target.id} is {owner}")
    there = state.facts["revocation"]
    if there is not None and _is_fresh(there, state.as_of):
        return Change(steps=(), wanted={"revocation": there})
    document = denial(state.as_of)
    return Change(steps=(_put(target, state, document),), wanted={"revocation": document})


def denial(moment: datetime) -> Mapping[str, Any]:
    """The policy that denies everything to sessions issued before a moment."""
    text = moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    statement = {
        "Effect": "Deny",
        "Action": ["*"],
        "Resource": ["*"],
        "Condition": {"DateLessThan": {"aws:TokenIssueTime": text}},
    }
    return {"Version": "2012-10-17", "Statement": [statement]}


def _is_fresh(document: Any, now: datetime) -> bool:
    """Whether it is ours word for word, and of the last minutes."""
    statements = dig(document, "Statement")
    one = statements[0] if isinstance(statements, list) and len(statements) == 1 else {}
    try:
        told = datetime.fromisoformat(dig(one, "Condition", "DateLessThan", "aws:TokenIssueTime"))
    except (TypeError, ValueError):
        return False
    aware = told.tzinfo is not None
    return aware and document == denial(told) and timedelta() <= now - told <= FRESH


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Delete the policy, or put back what stood under its name."""
    was = before.facts["revocation"]
    step = _delete(target, before) if was is None else _put(target, before, was)
    return Change(steps=(step,), wanted={"revocation": was})


def _put(target: Target, state: State, document: Mapping[str, Any]) -> Step:
    named = {"RoleName": target.id, "PolicyName": POLICY}
    text = canonical(dict(document)).decode()
    return Step(
        call=iam.call("put_role_policy", **named, PolicyDocument=text),
        permission=Permission(actions=(PUT,), resources=(str(state.facts["arn"]),)),
        event=PUT,
        logged={"roleName": target.id, "policyName": POLICY, "policyDocument": text},
        shows={"revocation": dict(document)},
        says=f"put the inline policy {POLICY} on the role {target.id}",
    )


def _delete(target: Target, state: State) -> Step:
    return Step(
        call=iam.call("delete_role_policy", RoleName=target.id, PolicyName=POLICY),
        permission=Permission(actions=(DELETE,), resources=(str(state.facts["arn"]),)),
        event=DELETE,
        logged={"roleName": target.id, "policyName": POLICY},
        shows={"revocation": None},
        says=f"delete the inline policy {POLICY} of the role {target.id}",
    )


def _reads(target: Target) -> tuple[Permission, ...]:
    return (Permission(actions=READ, resources=(target.arn,)),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Deny every session of the role that was issued before now.",
        scope="one role, all of its users",
        risk="Everyone using the role has to assume it again.",
        iam_actions=(*READ, PUT, DELETE),
        parameters=subject("role"),
        calls=(
            calling("iam.get_role", RoleName="{role}"),
            calling("iam.get_role_policy", RoleName="{role}", PolicyName=POLICY),
            calling(
                "iam.put_role_policy", RoleName="{role}", PolicyName=POLICY, PolicyDocument=ANSWER
            ),
            calling("iam.delete_role_policy", RoleName="{role}", PolicyName=POLICY),
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
