"""Which closes a person sees all the same: a draw that others cannot predict nor repeat."""

import hashlib
import hmac
from dataclasses import dataclass

EVERY_CLOSE = 100
"""The first this many closes are all seen,"""
HALF_UNTIL = 300
"""then every other one up to this many,"""
SHARE_MIN = 0.10
WEEKLY_MIN = 20
"""then a tenth, or as many as this a week if that is more;"""
FLOOR_MIN = 0.05
"""and never fewer than this, whatever an operator says."""
SCALE = 1 << 256


def rate(closes_before: int, closes_a_week: float, floor: float = FLOOR_MIN) -> float:
    """The share of closes to draw now, 0-1. `floor` is an operator's; it only raises.

    A licence that closes fewer than 20 a week has all of them seen.
    """
    if closes_before < EVERY_CLOSE:
        return 1.0
    share = WEEKLY_MIN / closes_a_week if closes_a_week > WEEKLY_MIN else 1.0
    least = 0.5 if closes_before < HALF_UNTIL else SHARE_MIN
    return min(1.0, max(share, least, floor, FLOOR_MIN))


@dataclass(frozen=True, slots=True, kw_only=True)
class Draw:
    """One draw, for the record: its probability, and whether the close was chosen."""

    rate: float
    chosen: bool


def draw(key: bytes, case: str, closing_event: str, chance: float) -> Draw:
    """HMAC-SHA256(audit key, case, closing event) < rate: repeatable by the key's holder alone.

    Both names are framed by their length, so that no two pairs are one text. Raises ValueError
    for an empty key, or a rate below the floor: a close that cannot be drawn is never audited.
    """
    if not key:
        raise ValueError("an audit key has at least one byte")
    if not FLOOR_MIN <= chance <= 1:
        raise ValueError(f"sampling rate {chance} is not between {FLOOR_MIN} and 1")
    text = b"".join(
        len(part).to_bytes(8, "big") + part for part in (case.encode(), closing_event.encode())
    )
    number = int.from_bytes(hmac.digest(key, text, hashlib.sha256), "big")
    return Draw(rate=chance, chosen=number < int(chance * SCALE))
