"""Times as scenarios and vendors write them."""

import re
from datetime import UTC, datetime, timedelta
from typing import Any

RELATIVE = re.compile(r"([-+])(\d{1,6})([smhd])")
UNITS = {"s": "seconds", "m": "minutes", "h": "hours", "d": "days"}


def absolute(text: str, now: datetime) -> str | None:
    """Turn "-2h" into ISO 8601 UTC seen from `now`; None when it is no such thing."""
    found = RELATIVE.fullmatch(text)
    if found is None:
        return None
    sign, amount, unit = found.groups()
    away = timedelta(**{UNITS[unit]: int(amount)})
    return iso(now - away if sign == "-" else now + away)


def iso(moment: datetime) -> str:
    """Write to the second, as CloudTrail and GuardDuty do."""
    return moment.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ")


def moment_of(value: Any) -> datetime:
    """Read ISO 8601. Raises ValueError for anything else."""
    read = value if isinstance(value, datetime) else datetime.fromisoformat(str(value))
    return read if read.tzinfo is not None else read.replace(tzinfo=UTC)
