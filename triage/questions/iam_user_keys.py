"""Has a user an active access key that is overdue for rotation?

The bound is that of Security Hub's IAM.3 and Config's access-keys-rotated: 90 days.
https://docs.aws.amazon.com/securityhub/latest/userguide/iam-controls.html#iam-3
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import known, oldest, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, instant, records, text

STATUSES = frozenset({"Active", "Inactive", "Expired"})
OVERDUE_DAYS = 90
NEVER_DAYS = 36_500


def plan(asking: Asking) -> tuple[Read, ...]:
    """All keys of one user, with their last use."""
    account = about.account(asking)
    return (Read.of("iam.user_keys", account, about.GLOBAL_REGION, user=about.user(asking)),)


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Ages in whole days, as of the read."""
    if (answer := unanswered(reads, "NoSuchEntity")) is not None:
        return answer
    listed = dig(payload(reads[0]), "Keys")
    if not isinstance(listed, list) or any(text(one, "Status") not in STATUSES for one in listed):
        return Unknown(reason="IAM did not say which keys there are and which are active")
    keys = [one for one in records(listed) if text(one, "Status") == "Active"]
    ages = [_days(one, "CreateDate", oldest(reads)) for one in keys]
    if None in ages:
        return Unknown(reason="IAM did not say how old a key is")
    known_ages = [age for age in ages if age is not None]
    unused = [_unused(one, oldest(reads)) for one in keys]
    oldest_days, unused_days = max(known_ages, default=0), min(unused, default=NEVER_DAYS)
    return known(
        reads,
        {
            "active": len(keys),
            "oldest_active_days": oldest_days,
            "overdue": oldest_days >= OVERDUE_DAYS,
            "unused_days": unused_days,
            "explanation": _explain(len(keys), oldest_days, unused_days),
        },
    )


def _days(key: Mapping[str, Any], name: str, now: datetime) -> int | None:
    at = instant(dig(key, name))
    return (now - at).days if at else None


def _unused(key: Mapping[str, Any], now: datetime) -> int:
    days = _days(key, "LastUsedDate", now)
    return NEVER_DAYS if days is None else days


def _explain(active: int, oldest_days: int, unused_days: int) -> str:
    if not active:
        return "no access key is active."
    used = "never used" if unused_days == NEVER_DAYS else f"last used {unused_days} days ago"
    return f"{active} active, the oldest {oldest_days} days old, {used}."


QUESTION = Question(
    name="iam.user_keys",
    phrase="how old the user's access keys are",
    parameters={
        "user": Parameter(type="string", meaning="another user than the ticket's", subject=True)
    },
    answer={
        "active": Field(type="number", meaning="how many keys are active"),
        "oldest_active_days": Field(type="number", meaning="age of the oldest active key"),
        "overdue": Field(type="boolean", meaning="an active key is 90 days old or older"),
        "unused_days": Field(type="number", meaning="days since any active key was used"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("iam:ListAccessKeys", "iam:GetAccessKeyLastUsed"),
    plan=plan,
    interpret=interpret,
)
