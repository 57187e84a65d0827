"""Who may assume a role, and is it in use?

https://docs.aws.amazon.com/IAM/latest/APIReference/API_Role.html
https://docs.aws.amazon.com/IAM/latest/APIReference/API_RoleLastUsed.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_identity
from triage.questions.answers import known, oldest, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.last_use import NEVER_DAYS, days_since, role_use
from triage.questions.records.shape import dig, text
from triage.questions.records.trust import Reach, reach

SERVICE_LINKED = "/aws-service-role/"


def plan(asking: Asking) -> tuple[Read, ...]:
    """One role of the ticket's account."""
    account, role = about.account(asking), about_identity.role(asking)
    return (Read.of("iam.get_role", account, about.GLOBAL_REGION, role=role),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Its trust policy as it stands; who nobody can place counts as outside."""
    if (answer := unanswered(reads, "NoSuchEntity")) is not None:
        return answer
    role = dig(payload(reads[0]), "Role")
    found = reach(dig(role, "AssumeRolePolicyDocument"), asking.ticket.account)
    age = days_since(dig(role, "CreateDate"), oldest(reads))
    if found is None or age is None:
        return Unknown(reason="IAM did not say who may assume the role or how old it is")
    return known(reads, _told(role, found, age) | role_use(role, oldest(reads)))


def _told(role: Mapping[str, Any], found: Reach, age: int) -> dict[str, Any]:
    return {
        "exists": True,
        "everyone": found.everyone,
        "other_accounts": bool(found.accounts),
        "accounts": sorted(found.accounts),
        "organisation_only": found.organisation and not (found.everyone or found.accounts),
        "federated": bool(found.federated),
        "services": sorted(found.services),
        "outside": found.outside,
        "age_days": age,
        "service_linked": text(role, "Path").startswith(SERVICE_LINKED),
        "has_boundary": bool(text(role, "PermissionsBoundary", "PermissionsBoundaryArn")),
        "explanation": _explain(found, age),
    }


def _explain(found: Reach, age: int) -> str:
    whom = [
        words
        for holds, words in (
            (found.everyone, "everyone"),
            (bool(found.accounts), f"{len(found.accounts)} other accounts"),
            (found.organisation, "a whole organisation"),
            (bool(found.federated), "an identity provider"),
            (bool(found.services), "AWS services"),
        )
        if holds
    ]
    return f"{age} days old, trusts {', '.join(whom) or 'its own account only'}."


USE = {
    "last_used": Field(type="time", meaning="when it was last used, or none in 400 days"),
    "unused_days": Field(
        type="number", meaning=f"days since it was last used; {NEVER_DAYS} for never"
    ),
}
QUESTION = Question(
    name="iam.role",
    phrase="who may assume the role",
    parameters={
        "role": Parameter(type="string", meaning="another role than the ticket's", subject=True)
    },
    answer={
        "exists": Field(type="boolean", meaning="always true; a role that is gone is absent"),
        "everyone": Field(type="boolean", meaning="anyone may assume it"),
        "other_accounts": Field(type="boolean", meaning="its trust names other accounts"),
        "accounts": Field(type="list", meaning="which accounts", tainted=True),
        "organisation_only": Field(
            type="boolean", meaning="outsiders have to be of a named organisation"
        ),
        "federated": Field(type="boolean", meaning="an identity provider may send people"),
        "services": Field(type="list", meaning="which AWS services may assume it"),
        "outside": Field(type="boolean", meaning="anyone but its own account and services may"),
        **USE,
        "age_days": Field(type="number", meaning="how old it is"),
        "service_linked": Field(type="boolean", meaning="an AWS service made it for itself"),
        "has_boundary": Field(type="boolean", meaning="a permissions boundary limits it"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("iam:GetRole",),
    plan=plan,
    interpret=interpret,
)
