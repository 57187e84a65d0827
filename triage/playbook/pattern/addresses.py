"""Addresses and the networks they are in, of IPv4 and IPv6."""

from functools import lru_cache
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network
from typing import Any

LENGTH_MAX = 45
"""The longest way to write an address, ::ffff: and an IPv4 address with all digits."""
Address = tuple[int, int]
"""Its version, 4 or 6, and its number."""
Network = IPv4Network | IPv6Network
WIDTHS = {4: 32, 6: 128}
"""Bits of an address by version."""


def address(value: Any) -> Address | None:
    """Read an address; None when it is none. A zone (`%eth0`) makes it one of a single machine."""
    if not isinstance(value, str) or len(value) > LENGTH_MAX:
        return None
    return _address(value)


@lru_cache(maxsize=16384)
def _address(value: str) -> Address | None:
    if "%" in value:
        return None
    try:
        found = ip_address(value)
    except ValueError:
        return None
    return found.version, int(found)


def network(text: Any) -> Network | None:
    """Read a CIDR block such as 10.0.0.0/8; None when it is none. Host bits are passed over."""
    if not isinstance(text, str) or text.count("/") != 1 or not text.rpartition("/")[2].isdigit():
        return None
    try:
        return ip_network(text, strict=False)
    except ValueError:
        return None


def bounds(block: Network) -> tuple[Address, Address]:
    """Give the first and the last address of a network; what lies between them is in it."""
    first, last = block.network_address, block.broadcast_address
    return (block.version, int(first)), (block.version, int(last))


def start(found: Address, bits: int) -> tuple[int, int, int]:
    """Name the network of `bits` bits that an address is in: version, bits, and what they say."""
    version, value = found
    return version, bits, value >> (WIDTHS[version] - bits)
