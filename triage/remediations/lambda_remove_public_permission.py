"""Remove the statements of a function's policy that let anyone call it.

Each is removed by its id, and taking it back adds one that says the same. A statement that
AddPermission could not write again is left to a person.
https://docs.aws.amazon.com/lambda/latest/api/API_AddPermission.html
https://docs.aws.amazon.com/lambda/latest/dg/access-control-resource-based.html
"""

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any

from triage.domain.plan import Permission, Refused, State, Step, Target
from triage.playbook.fixes import ANSWER, Fix, calling, subject
from triage.ports.cloud import Cloud, Unknown, member
from triage.questions.records.policy import lets_anyone
from triage.questions.records.shape import dig, text
from triage.remediations import functions
from triage.remediations.remediation import Change, Remediation, Seen, or_none

READ = "lambda:GetPolicy"
REMOVE, ADD = "lambda:RemovePermission", "lambda:AddPermission"
REMOVED, ADDED = "lambda:RemovePermission20150331v2", "lambda:AddPermission20150331v2"
"""As CloudTrail calls them.

https://docs.aws.amazon.com/lambda/latest/dg/logging-using-cloudtrail.html
"""
KEYS = frozenset({"Sid", "Effect", "Principal", "Action", "Resource", "Condition"})
CONDITIONS: Mapping[tuple[str, str], str] = {
    ("stringequals", "lambda:functionurlauthtype"): "FunctionUrlAuthType",
    ("stringequals", "lambda:eventsourcetoken"): "EventSourceToken",
    ("stringequals", "aws:sourceaccount"): "SourceAccount",
    ("stringequals", "aws:principalorgid"): "PrincipalOrgID",
    ("arnlike", "aws:sourcearn"): "SourceArn",
}
"""Conditions by the parameter of AddPermission that writes them; it writes no others."""


def inspect(cloud: Cloud, target: Target) -> Seen:
    """The statements that let anyone in, and the ids of all others; no policy is a fact too."""
    tags = functions.tags(cloud, target)
    found = _statements(cloud, target)
    wide = [one for one in found if lets_anyone(one)]
    facts = {
        "public": sorted(wide, key=lambda one: text(one, "Sid")),
        "others": sorted(text(one, "Sid") for one in found if one not in wide),
    }
    return Seen(facts=facts, tags=tags)


def _statements(cloud: Cloud, target: Target) -> list[Mapping[str, Any]]:
    call = functions.call(target, "get_policy", functions.GONE)
    if (said := or_none(cloud, call)) is None:
        return []
    try:
        policy = json.loads(member(call, said, "Policy"))
    except (TypeError, ValueError) as error:
        raise Unknown(call, "showed no policy") from error
    found = dig(policy, "Statement")
    if not isinstance(found, list) or not all(isinstance(one, Mapping) for one in found):
        raise Unknown(call, "showed no statements")
    return found


def plan(target: Target, state: State) -> Change | Refused:
    """Remove them, each by its id, when each could be added again."""
    wanted: Mapping[str, Any] = {"public": []}
    public = state.facts["public"]
    odd = [text(one, "Sid") for one in public if _parameters(one) is None]
    if odd:
        named = ", ".join(name or "one without an id" for name in odd)
        return Refused(because=f"nothing could write again what {target.id} says in {named}")
    steps = (_remove(target, one, public[place + 1 :]) for place, one in enumerate(public))
    return Change(steps=tuple(steps), wanted=wanted)


def undo(target: Target, before: State, _now: State) -> Change | Refused:
    """Add them again, each under its id."""
    public = before.facts["public"]
    steps = (_add(target, one, public[: place + 1]) for place, one in enumerate(public))
    return Change(steps=tuple(steps), wanted={"public": public})


def _remove(target: Target, statement: Mapping[str, Any], left: Sequence[Any]) -> Step:
    sid = text(statement, "Sid")
    return Step(
        call=functions.call(target, "remove_permission", StatementId=sid),
        permission=functions.may(target, REMOVE),
        event=REMOVED,
        logged={"functionName": target.arn, "statementId": sid},
        shows={"public": list(left)},
        says=f"remove the statement {sid}, which lets anyone call {target.id}",
    )


def _add(target: Target, statement: Mapping[str, Any], so_far: Sequence[Any]) -> Step:
    parameters = _parameters(statement) or {}
    logged = {_logged(name): value for name, value in parameters.items()}
    return Step(
        call=functions.call(target, "add_permission", **parameters),
        permission=functions.may(target, ADD),
        event=ADDED,
        logged={"functionName": target.arn, **logged},
        shows={"public": list(so_far)},
        says=f"add the statement {text(statement, 'Sid')} to the policy of {target.id} again",
    )


def _logged(parameter: str) -> str:
    return parameter[0].lower() + parameter[1:]


def _parameters(statement: Mapping[str, Any]) -> Mapping[str, str] | None:
    """What AddPermission takes to write this statement; None when nothing does."""
    told = {
        "StatementId": statement.get("Sid"),
        "Action": statement.get("Action"),
        "Principal": _principal(statement.get("Principal")),
    }
    conditions = dict(_conditions(statement.get("Condition") or {}))
    whole = {**told, **conditions}
    sound = all(isinstance(value, str) and value for value in whole.values())
    return whole if sound and set(statement) <= KEYS else None


def _principal(principal: Any) -> Any:
    """Everyone, which AWS shows as `*` or as the AWS principal `*`."""
    return principal if isinstance(principal, str) else dig(principal, "AWS")


def _conditions(conditions: Any) -> Iterator[tuple[str, Any]]:
    """Parameters and values; None for the value of a condition that no parameter writes."""
    for operator, keys in conditions.items():
        for key, value in keys.items():
            parameter = CONDITIONS.get((operator.lower(), key.lower()))
            yield parameter or key, value if parameter else None


def _reads(target: Target) -> tuple[Permission, ...]:
    return (functions.may(target, READ, functions.TAGS),)


REMEDIATION = Remediation(
    fix=Fix(
        summary="Remove the statements of the function's policy that let anyone call it.",
        scope="one function",
        risk="Whoever calls it without being named is refused.",
        iam_actions=(functions.TAGS, READ, REMOVE, ADD),
        parameters=subject("function"),
        calls=(
            calling("lambda.list_tags", Resource="{function}"),
            calling("lambda.get_policy", FunctionName="{function}"),
            calling("lambda.remove_permission", FunctionName="{function}", StatementId=ANSWER),
            calling(
                "lambda.add_permission",
                FunctionName="{function}",
                StatementId=ANSWER,
                Action=ANSWER,
                Principal=ANSWER,
            ),
        ),
        applied=True,
    ),
    target=functions.function,
    reads=_reads,
    inspect=inspect,
    plan=plan,
    undo=undo,
)
