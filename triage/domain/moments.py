"""Moments as whole microseconds since 1970: they order and compare, and lose nothing."""

from datetime import UTC, datetime, timedelta

EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
MICROSECOND = timedelta(microseconds=1)


def micros(at: datetime) -> int:
    """Whole microseconds since 1970; exact, unlike a float timestamp."""
    return (at - EPOCH) // MICROSECOND


def moment(value: int) -> datetime:
    """The time behind a number of microseconds."""
    return EPOCH + value * MICROSECOND
