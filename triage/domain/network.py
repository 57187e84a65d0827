"""Networks that are ours, and which of them an address is in."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum
from ipaddress import IPv4Network, IPv6Network, ip_address, ip_network

Range = IPv4Network | IPv6Network


class NetworkKind(StrEnum):
    """What comes out of a network."""

    OFFICE = "office"
    VPN = "vpn"
    NAT = "nat"
    EGRESS = "egress"
    SCANNER = "scanner"


@dataclass(frozen=True, slots=True, kw_only=True)
class Network:
    """A named network; `cidrs` are v4 or v6 ranges in their canonical text."""

    name: str
    kind: NetworkKind
    cidrs: tuple[str, ...] = ()


def longest_prefix(address: str, networks: Iterable[Network]) -> Network | None:
    """Give the network whose narrowest range holds the address; None for what is no address."""
    try:
        found = ip_address(address)
    except ValueError:
        return None
    # An IPv4 address in IPv6's clothes is still that address.
    wanted = getattr(found, "ipv4_mapped", None) or found
    holding = [
        (ip_network(cidr).prefixlen, network)
        for network in networks
        for cidr in network.cidrs
        if wanted in ip_network(cidr)
    ]
    return max(holding, key=lambda one: one[0])[1] if holding else None


def overlap(one: str, other: str) -> bool:
    """Whether two ranges have an address in common; those of different families have none."""
    return ip_network(one).overlaps(ip_network(other))
