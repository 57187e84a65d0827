"""Base64 and gzip, taken off within a bound: what comes out can be far more than what went in."""

import base64
import binascii
import zlib
from dataclasses import dataclass

from triage.domain.errors import Unreadable
from triage.intake.bounds import MESSAGE_BYTES_MAX
from triage.intake.document import GZIP_MAGIC

UNPACKED_BYTES_MAX = 8 * MESSAGE_BYTES_MAX
"""Out of one message, all its packed parts together. JSON logs shrink to about a tenth."""
MEMBERS_MAX = 1_000
"""Gzip members one after another, as Firehose writes them when it joins compressed records."""
GZIP_WINDOW = 31
"""zlib: the largest window, with a gzip header (zlib manual, inflateInit2)."""
TOO_MUCH = f"unpacks to more than {UNPACKED_BYTES_MAX:,} bytes; split it and submit the parts"


@dataclass(slots=True)
class Budget:
    """How many bytes one message may still unpack to."""

    left: int = UNPACKED_BYTES_MAX

    def spend(self, count: int) -> None:
        """Take `count` off. Raises Unreadable when that is more than is left."""
        if count > self.left:
            raise Unreadable(TOO_MUCH)
        self.left -= count


def unpack(text: str, budget: Budget) -> bytes:
    """Undo base64, then gzip if that is what it holds. Raises Unreadable."""
    try:
        data = base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        msg = "not base64"
        raise Unreadable(msg) from None
    return _gunzip(data, budget) if data.startswith(GZIP_MAGIC) else _plain(data, budget)


def _plain(data: bytes, budget: Budget) -> bytes:
    budget.spend(len(data))
    return data


def _gunzip(data: bytes, budget: Budget) -> bytes:
    found = []
    for _ in range(MEMBERS_MAX):
        member, data = _member(data, budget)
        found.append(member)
        if not data.startswith(GZIP_MAGIC):
            return b"".join(found)
    raise Unreadable(TOO_MUCH)


def _member(data: bytes, budget: Budget) -> tuple[bytes, bytes]:
    """One gzip member and what follows it. Never inflates more than the budget and a byte."""
    inflater = zlib.decompressobj(GZIP_WINDOW)
    try:
        found = inflater.decompress(data, budget.left + 1)
    except zlib.error as error:
        msg = f"damaged gzip: {error}"
        raise Unreadable(msg) from None
    budget.spend(len(found))
    if not inflater.eof:
        msg = "damaged gzip: it ends too early"
        raise Unreadable(msg)
    return found, inflater.unused_data
