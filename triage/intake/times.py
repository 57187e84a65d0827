"""The times vendors write: ISO 8601 in its variants, epoch seconds or milliseconds."""

from datetime import UTC, datetime, timedelta

SKEW_MAX = timedelta(minutes=5)
MILLISECONDS_FROM = 1e11
"""As seconds this is the year 5138; any larger number counts milliseconds."""


SPELT_OUT = "%b %d, %Y, %I:%M:%S %p"
"""How Inspector's events write it: Dec 3, 2021, 6:02:30 PM (ECR user guide, enhanced scanning)."""


def moment(value: object) -> datetime | None:
    """Read a time as UTC; one without an offset is UTC already. None when it is not a time."""
    try:
        if isinstance(value, str):
            return _from_text(value.strip())
        if isinstance(value, int | float) and not isinstance(value, bool):
            return _from_epoch(float(value))
    except (ValueError, OverflowError, OSError):
        return None
    return None


def _from_text(text: str) -> datetime:
    if text.replace(".", "", 1).isdecimal() and text.isascii() and "-" not in text:
        return _from_epoch(float(text))
    if text[:1].isalpha():
        return datetime.strptime(" ".join(text.split()), SPELT_OUT).replace(tzinfo=UTC)
    time = datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _from_epoch(number: float) -> datetime:
    if number <= 0:
        raise ValueError
    seconds = number / 1000 if number >= MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)


def not_after(time: datetime, received: datetime) -> datetime:
    """Clamp a time that lies in the future to five minutes past receipt.

    A version far ahead would outrank every later, true one for as long as it is ahead: whoever
    can write a ticket's time could freeze the case in a harmless telling.
    """
    return min(time, received + SKEW_MAX)
