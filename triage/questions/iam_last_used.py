"""Is access that nobody used still there, and has somebody begun to use it?

For Access Analyzer's findings about unused access. Use does not prove such a finding gone: a
role that sleeps for months and then wakes is news of its own.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access-analyzer-findings.html
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about, about_identity
from triage.questions.answers import known, oldest, payload, unanswered
from triage.questions.question import Asking, CannotAsk, Field, Question
from triage.questions.records.last_use import NEVER_DAYS, role_use, unused_days
from triage.questions.records.shape import dig, instant, records, text

STATUSES = frozenset({"Active", "Inactive", "Expired"})
ROLE = ":role/"


def plan(asking: Asking) -> tuple[Read, ...]:
    """One role, or one user with password and keys. Raises CannotAsk for anything else."""
    account, region = about.account(asking), about.GLOBAL_REGION
    if name := about_identity.role_in(asking.ticket.subject.id, account):
        return (Read.of("iam.get_role", account, region, role=name),)
    if f"::{account}:user/" not in asking.ticket.subject.id:
        raise CannotAsk("the ticket is not about a role or user of its account")
    return (Read.of("iam.user_access", account, region, user=about.user(asking)),)


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """A user is unused for as long as neither password nor any key was used."""
    if (answer := unanswered(reads, "NoSuchEntity")) is not None:
        return answer
    is_role = ROLE in asking.ticket.subject.id
    told = (_of_role if is_role else _of_user)(payload(reads[0]), oldest(reads))
    if told is None:
        return Unknown(reason="IAM did not say what there is and when it was last used")
    since = instant(told["last_used"])
    used = {"used_since": since is not None and since > asking.ticket.occurred}
    return known(reads, told | used | {"explanation": _explain(told)})


def _of_role(found: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    """What is said of a role; it has neither password nor keys."""
    return role_use(dig(found, "Role"), now) or None


def _of_user(found: Mapping[str, Any], now: datetime) -> dict[str, Any] | None:
    user, keys = dig(found, "User"), dig(found, "Keys")
    password = dig(found, "HasPassword")
    if not text(user, "Arn") or not isinstance(keys, list) or not isinstance(password, bool):
        return None
    if any(text(one, "Status") not in STATUSES for one in keys):
        return None
    last = max([*_used(user, keys)], default=None, key=_moment)
    days = unused_days(last, now)
    if days is None:
        return None
    active = sum(1 for one in records(keys) if text(one, "Status") == "Active")
    return {
        "last_used": last,
        "unused_days": days,
        "has_password": password,
        "active_keys": active,
        "any_key_active": active > 0,
    }


def _used(user: Any, keys: list[Any]) -> list[str]:
    times = [text(user, "PasswordLastUsed"), *(text(one, "LastUsedDate") for one in keys)]
    return [one for one in times if one]


def _moment(value: str) -> tuple[bool, str]:
    """Order by time; what is no time comes last, where it makes the answer unknown."""
    at = instant(value)
    return at is None, at.isoformat() if at else value


def _explain(told: Mapping[str, Any]) -> str:
    days = told["unused_days"]
    used = "never used" if days == NEVER_DAYS else f"last used {days} days ago"
    if "has_password" not in told:
        return f"{used}."
    password = "a password" if told["has_password"] else "no password"
    return f"{used}, {password}, {told['active_keys']} active keys."


QUESTION = Question(
    name="iam.last_used",
    phrase="when it was last used",
    parameters={},
    answer={
        "last_used": Field(type="time", meaning="when role, password or any key was last used"),
        "unused_days": Field(type="number", meaning=f"days since then; {NEVER_DAYS} for never"),
        "used_since": Field(type="boolean", meaning="used after the finding was made"),
        "has_password": Field(type="boolean", meaning="of a user: there is a console password"),
        "active_keys": Field(type="number", meaning="of a user: how many keys are active"),
        "any_key_active": Field(type="boolean", meaning="of a user: some key can sign requests"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "iam:GetRole",
        "iam:GetUser",
        "iam:GetLoginProfile",
        "iam:ListAccessKeys",
        "iam:GetAccessKeyLastUsed",
    ),
    plan=plan,
    interpret=interpret,
)
