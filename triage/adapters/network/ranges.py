"""Address ranges with what is known of each, found by prefix and not one after the other."""

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from pathlib import Path
from typing import Any

import orjson

from triage.domain.errors import TriageError
from triage.domain.network import Network

Address = IPv4Address | IPv6Address
Range = IPv4Network | IPv6Network
MADE = "%Y-%m-%d-%H-%M-%S"
"""How ip-ranges.json writes its createDate, in UTC.

https://docs.aws.amazon.com/vpc/latest/userguide/aws-ip-syntax.html
"""
LISTS = (("prefixes", "ip_prefix"), ("ipv6_prefixes", "ipv6_prefix"))


class UnreadableRanges(TriageError):
    """The snapshot of AWS's ranges cannot be used; the sentence says why."""

    def __init__(self, path: Path, problem: str) -> None:
        super().__init__(f"{path}: {problem}; download ip-ranges.json again")


class Ranges:
    """Ranges and a note on each. Frozen once made, so threads may share it."""

    def __init__(self, noted: Iterable[tuple[Range, Mapping[str, Any]]]) -> None:
        found: dict[Range, list[Mapping[str, Any]]] = defaultdict(list)
        for network, note in noted:
            found[network].append(note)
        self._notes = dict(found)
        self._lengths = sorted({(one.version, one.prefixlen) for one in found}, reverse=True)

    def __len__(self) -> int:
        return len(self._notes)

    def holding(self, address: Address) -> list[Mapping[str, Any]]:
        """Notes of every range that holds the address, narrowest first."""
        return [note for network in self._around(address) for note in self._notes.get(network, ())]

    def touching(self, wanted: Range) -> list[Mapping[str, Any]]:
        """Notes of every range that shares an address with this one. All of them are looked at."""
        hit = (notes for one, notes in self._notes.items() if one.overlaps(wanted))
        return [note for notes in hit for note in notes]

    def _around(self, address: Address) -> Iterator[Range]:
        for version, length in self._lengths:
            if version == address.version:
                yield ip_network((address, length), strict=False)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """AWS's published ranges as they were when the file was `made`."""

    made: datetime
    ranges: Ranges


def own_ranges(networks: Iterable[Network]) -> Ranges:
    """Our own networks, each range with its network's `Name` and `Kind`."""
    return Ranges(
        (ip_network(cidr), {"Name": one.name, "Kind": str(one.kind)})
        for one in networks
        for cidr in one.cidrs
    )


def read_snapshot(path: Path) -> Snapshot:
    """Read ip-ranges.json. Raises UnreadableRanges."""
    try:
        document = orjson.loads(path.read_bytes())
        made = datetime.strptime(document["createDate"], MADE).replace(tzinfo=UTC)
        ranges = Ranges(_published(document))
    except OSError as error:
        raise UnreadableRanges(path, str(error.strerror or error)) from error
    except (ValueError, KeyError, TypeError) as error:
        raise UnreadableRanges(path, "it is not AWS's ip-ranges.json") from error
    if not len(ranges):
        raise UnreadableRanges(path, "it holds no ranges")
    return Snapshot(made=made, ranges=ranges)


def _published(document: Mapping[str, Any]) -> Iterator[tuple[Range, Mapping[str, Any]]]:
    for list_, key in LISTS:
        for one in document[list_]:
            note = {"Service": one["service"], "Region": one["region"], "Prefix": one[key]}
            yield ip_network(one[key]), note


def plain_address(text: str) -> Address:
    """Read an address; an IPv4 one in IPv6's clothes is still that one. Raises ValueError."""
    found = ip_address(text)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return mapped or found
