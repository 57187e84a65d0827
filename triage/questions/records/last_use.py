"""When something of IAM's was last used.

IAM keeps 400 days of it and is up to four hours behind.
https://docs.aws.amazon.com/IAM/latest/UserGuide/access_policies_last-accessed.html
"""

from collections.abc import Mapping
from datetime import datetime
from typing import Any

from triage.questions.records.shape import dig, instant

NEVER_DAYS = 36_500
"""Stands for "never", so that it compares as longer than any bound."""


def days_since(moment: Any, now: datetime) -> int | None:
    """Whole days since a time in ISO 8601; None for what is no time."""
    at = instant(moment)
    return (now - at).days if at else None


def unused_days(moment: Any, now: datetime) -> int | None:
    """Days since the last use: None in place of a time says never, anything else says nothing."""
    return NEVER_DAYS if moment is None else days_since(moment, now)


def role_use(role: Any, now: datetime) -> dict[str, Any]:
    """What is known of a role's use; nothing where IAM left it out."""
    used = dig(role, "RoleLastUsed")
    if not isinstance(used, Mapping):
        return {}
    last = used.get("LastUsedDate")
    days = unused_days(last, now)
    return {} if days is None else {"last_used": last, "unused_days": days}
