"""What raw reads allow to conclude: the rules that every question shares."""

from collections.abc import Sequence
from datetime import datetime

from triage.domain.evidence import Absent, Failed, Got, Known, Missing, RawRead, Unknown
from triage.domain.json import Record


def failure(reads: Sequence[RawRead]) -> Unknown | None:
    """The first read that failed, as an answer; None when all came back."""
    failed = next((read for read in reads if isinstance(read, Failed)), None)
    if failed is None:
        return None
    detail = f" ({failed.detail})" if failed.detail else ""
    return Unknown(reason=f"the look-up was {failed.failure}{detail}")


def oldest(reads: Sequence[RawRead]) -> datetime:
    """An answer is as old as its oldest read. Raises ValueError when none came back."""
    return min(read.as_of for read in reads if not isinstance(read, Failed))


def sources(reads: Sequence[RawRead]) -> str:
    """Where an answer comes from, for people."""
    names = [read.source for read in reads if not isinstance(read, Failed)]
    return ", ".join(dict.fromkeys(names))


def known(reads: Sequence[RawRead], value: Record) -> Known:
    """An answer with the age and source of its reads."""
    return Known(value=value, source=sources(reads), as_of=oldest(reads))


def absent(reads: Sequence[RawRead]) -> Absent:
    """Proven not to be there."""
    return Absent(source=sources(reads), as_of=oldest(reads))


def missing(read: RawRead, *codes: str) -> bool:
    """Tell whether the service itself says there is no such thing, by one of these codes."""
    return isinstance(read, Missing) and read.code in codes


def payload(read: RawRead) -> Record:
    """What a read brought; nothing when the service said there is none."""
    return read.payload if isinstance(read, Got) else {}


def unexpected(reads: Sequence[RawRead]) -> Unknown | None:
    """A NotFound that the question has no meaning for tells us nothing."""
    gone = next((read for read in reads if isinstance(read, Missing)), None)
    return Unknown(reason=f"the service answered {gone.code}") if gone else None


def unanswered(reads: Sequence[RawRead], *gone: str) -> Unknown | Absent | None:
    """What can be said without looking into the reads; None when all brought something.

    Absent when the service itself says by one of these codes that there is no such thing.
    """
    if unknown := failure(reads):
        return unknown
    if gone and missing(reads[0], *gone):
        return absent(reads)
    return unexpected(reads)
