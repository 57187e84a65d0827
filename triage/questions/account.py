"""Whose account is it? From the organisation map; nothing is looked up."""

from collections.abc import Sequence

from triage.domain.account import path_text
from triage.domain.evidence import Answer, Known, RawRead, Read
from triage.questions.question import Asking, Field, Question


def plan(_asking: Asking) -> tuple[Read, ...]:
    """The map is in memory."""
    return ()


def interpret(asking: Asking, _reads: Sequence[RawRead]) -> Answer:
    """Unlisted is an answer too: production, and nobody's."""
    account = asking.account
    value = {
        "id": account.id,
        "name": account.trusted_name,
        "tier": str(account.tier),
        "owner": account.owner,
        "contact": account.contact,
        "ou": path_text(account.ou),
        "listed": account.listed,
    }
    return Known(value=value, source=str(account.source), as_of=asking.now)


QUESTION = Question(
    name="account",
    phrase="whose account it is",
    parameters={},
    answer={
        "id": Field(type="string", meaning="the account id"),
        "name": Field(type="string", meaning="its name in organization.toml"),
        "tier": Field(
            type="string", meaning="production, staging, development, sandbox, management"
        ),
        "owner": Field(type="string", meaning="the team it belongs to"),
        "contact": Field(type="string", meaning="how to reach that team"),
        "ou": Field(type="string", meaning="its organisational units, as Root/Workloads/Prod"),
        "listed": Field(type="boolean", meaning="the file or AWS Organizations knows it"),
    },
    fresh_seconds=3600,
    iam_actions=(),
    plan=plan,
    interpret=interpret,
)
