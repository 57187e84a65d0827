"""The times vendors write: ISO 8601 in its variants, epoch seconds or milliseconds, RFC 2822."""

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime

from triage.domain.ticket import SKEW_MAX

EARLIEST = datetime(2000, 1, 1, tzinfo=UTC)
"""Nothing we read existed before; an earlier time stands for none (the epoch, the year one)."""
MILLISECONDS_FROM = 1e11
"""As seconds this is the year 5138; any larger number counts milliseconds."""

SPELT_OUT = "%b %d, %Y, %I:%M:%S %p"
"""How Inspector's events write it: Dec 3, 2021, 6:02:30 PM (ECR user guide, enhanced scanning)."""


def moment(value: object) -> datetime | None:
    """Read a time as UTC; one without an offset is UTC already. None when it is not a time."""
    try:
        found = _read(value)
    except (ValueError, OverflowError, OSError):
        return None
    return found if found is not None and found >= EARLIEST else None


def _read(value: object) -> datetime | None:
    if isinstance(value, str):
        return _from_text(value.strip())
    if isinstance(value, int | float) and not isinstance(value, bool):
        return _from_epoch(float(value))
    return None


def _from_text(text: str) -> datetime:
    if text.replace(".", "", 1).isdecimal() and text.isascii() and "-" not in text:
        return _from_epoch(float(text))
    time = _spelt_out(text) if text[:1].isalpha() else datetime.fromisoformat(text)
    return (time if time.tzinfo else time.replace(tzinfo=UTC)).astimezone(UTC)


def _spelt_out(text: str) -> datetime:
    try:
        return datetime.strptime(" ".join(text.split()), SPELT_OUT).replace(tzinfo=UTC)
    except ValueError:
        # "Sat, 05 Jun 2016 15:10:09 GMT", as AWS Health writes (RFC 2822).
        return parsedate_to_datetime(text)


def _from_epoch(number: float) -> datetime:
    if number <= 0:
        raise ValueError
    seconds = number / 1000 if number >= MILLISECONDS_FROM else number
    return datetime.fromtimestamp(seconds, UTC)


def not_after(time: datetime, received: datetime) -> datetime:
    """Clamp a time that lies in the future to five minutes past receipt.

    A version far ahead would outrank every later, true one for as long as it is ahead: whoever
    can write a ticket's time could freeze the case in a harmless telling. stages/dedup.py holds
    what was clamped until the source confirms it.
    """
    return min(time, received + SKEW_MAX)
