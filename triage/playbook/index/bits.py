"""Sets of branches as whole numbers: branch 5 is in a set when bit 5 is one.

Python's whole numbers have as many bits as they need, and `&` of two sets of 1,000 takes 30 ns.
"""

import re
from collections.abc import Iterator

Bits = int
OCTET = 8
FILLED = re.compile(rb"[^\0]")
PLACES = tuple(tuple(bit for bit in range(OCTET) if octet >> bit & 1) for octet in range(256))
"""The bits of each octet."""


def members(bits: Bits) -> Iterator[int]:
    """Give the numbers in a set, the lowest first; most octets are empty and passed over."""
    octets = bits.to_bytes((bits.bit_length() + OCTET - 1) // OCTET, "little")
    for found in FILLED.finditer(octets):
        at = found.start()
        for place in PLACES[octets[at]]:
            yield OCTET * at + place
