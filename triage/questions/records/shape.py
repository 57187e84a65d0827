"""Reaching into a vendor's JSON without trusting it."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime
from typing import Any


def dig(value: Any, *path: str | int) -> Any:
    """Follow a path; None where it ends."""
    for key in path:
        if isinstance(value, Mapping) and isinstance(key, str):
            value = value.get(key)
        elif isinstance(value, list) and isinstance(key, int) and -len(value) <= key < len(value):
            value = value[key]
        else:
            return None
    return value


def text(value: Any, *path: str | int) -> str:
    """A string at the end of a path, or ""."""
    found = dig(value, *path)
    return found if isinstance(found, str) else ""


def records(value: Any, *path: str | int) -> list[Mapping[str, Any]]:
    """The objects of a list at the end of a path."""
    found = dig(value, *path)
    return [one for one in found if isinstance(one, Mapping)] if isinstance(found, list) else []


def instant(value: Any) -> datetime | None:
    """A time from ISO 8601 text, or None."""
    if not isinstance(value, str):
        return None
    try:
        moment = datetime.fromisoformat(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


def first(values: Iterable[str]) -> str:
    """The first that is not empty."""
    return next((value for value in values if value), "")
