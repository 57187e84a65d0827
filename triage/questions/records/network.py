"""Interfaces, routes, security groups and network ACLs as EC2 describes them.

https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_NetworkInterface.html
https://docs.aws.amazon.com/vpc/latest/userguide/nacl-rules.html
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from ipaddress import ip_network
from typing import Any

from triage.questions.records.shape import dig, records, text

V4, V6 = "v4", "v6"
ANY_PROTOCOL = "-1"
NUMBERS = {"6": "tcp", "17": "udp", "1": "icmp", "58": "icmpv6"}
TCP = "tcp"
PORTS = (0, 65535)
WIDE = {V4: 8, V6: 24}
"""A range this short or shorter is no network of somebody's: it counts as everyone."""


class Uncertain(Exception):
    """Something on the way was not said; the text finishes the sentence "unknown: ..."."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Opening:
    """Ports that a security group opens to everyone."""

    family: str
    protocol: str
    low: int
    high: int

    def covers(self, port: int) -> bool:
        return self.protocol in {ANY_PROTOCOL, TCP} and self.low <= port <= self.high

    @property
    def told(self) -> str:
        """For people: `22/tcp`, `everything`."""
        if self.protocol == ANY_PROTOCOL:
            return "everything"
        ports = str(self.low) if self.low == self.high else f"{self.low}-{self.high}"
        return f"{ports}/{self.protocol}"


def addresses(face: Mapping[str, Any]) -> Mapping[str, list[str]]:
    """Public addresses of an interface by family. Raises Uncertain."""
    if not all(isinstance(dig(face, one), list) for one in ("PrivateIpAddresses", "Groups")):
        raise Uncertain("an interface was not shown whole")
    each = [face, *records(face, "PrivateIpAddresses")]
    four = {text(one, "Association", "PublicIp") for one in each} - {""}
    six = {text(one, "Ipv6Address") for one in records(face, "Ipv6Addresses")} - {""}
    return {V4: sorted(four), V6: sorted(six)}


def routed(face: Mapping[str, Any], path: Mapping[str, Any]) -> set[str]:
    """The families that have a route to an internet gateway. Raises Uncertain."""
    tables = records(path, "RouteTables")
    own = [one for one in tables if _serves(one, "SubnetId", text(face, "SubnetId"))]
    main = [one for one in tables if _main_of(one, text(face, "VpcId"))]
    chosen = own or main
    if len(chosen) != 1 or not isinstance(dig(chosen[0], "Routes"), list):
        raise Uncertain("the subnet's route table was not shown")
    return {family for route in records(chosen[0], "Routes") for family in _leads_out(route)}


def _serves(thing: Mapping[str, Any], name: str, wanted: str) -> bool:
    return any(wanted and text(one, name) == wanted for one in records(thing, "Associations"))


def _main_of(table: Mapping[str, Any], vpc: str) -> bool:
    main = any(dig(one, "Main") is True for one in records(table, "Associations"))
    return bool(vpc) and main and text(table, "VpcId") == vpc


def _leads_out(route: Mapping[str, Any]) -> Iterator[str]:
    if not text(route, "GatewayId").startswith("igw-") or text(route, "State") == "blackhole":
        return
    if not text(route, "DestinationIpv6CidrBlock"):
        yield V4
    if not text(route, "DestinationCidrBlock"):
        yield V6


def openings(face: Mapping[str, Any], path: Mapping[str, Any]) -> list[Opening]:
    """What the interface's groups open to everyone. Raises Uncertain."""
    wanted = {text(one, "GroupId") for one in records(face, "Groups")}
    groups = [one for one in records(path, "SecurityGroups") if text(one, "GroupId") in wanted]
    if not wanted or {text(one, "GroupId") for one in groups} != wanted:
        raise Uncertain("a security group was not shown")
    if not all(isinstance(dig(one, "IpPermissions"), list) for one in groups):
        raise Uncertain("a security group was not shown with its rules")
    rules = [rule for one in groups for rule in records(one, "IpPermissions")]
    if any(records(rule, "PrefixListIds") for rule in rules):
        raise Uncertain("a security group names a prefix list, and that was not looked into")
    return [one for rule in rules for one in _opened(rule)]


def _opened(rule: Mapping[str, Any]) -> Iterator[Opening]:
    protocol = _protocol(rule, "IpProtocol")
    low, high = _bounds(rule, "FromPort", "ToPort")
    four = any(_wide(text(one, "CidrIp"), V4) for one in records(rule, "IpRanges"))
    six = any(_wide(text(one, "CidrIpv6"), V6) for one in records(rule, "Ipv6Ranges"))
    for family, wide in ((V4, four), (V6, six)):
        if wide:
            yield Opening(family=family, protocol=protocol, low=low, high=high)


def _protocol(rule: Mapping[str, Any], name: str) -> str:
    told = text(rule, name) or ANY_PROTOCOL
    return NUMBERS.get(told, told)


def _bounds(rule: Mapping[str, Any], low: str, high: str) -> tuple[int, int]:
    """No ports are all ports."""
    first, last = dig(rule, low), dig(rule, high)
    if not isinstance(first, int) or not isinstance(last, int) or first < 0:
        return PORTS
    return first, last


def _wide(cidr: str, family: str) -> bool:
    """Raises Uncertain for what is no network."""
    try:
        return bool(cidr) and ip_network(cidr, strict=False).prefixlen <= WIDE[family]
    except ValueError as error:
        raise Uncertain("a security group rule names no network") from error


def acl_of(face: Mapping[str, Any], path: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    """Inbound entries of the subnet's network ACL, in their order. Raises Uncertain."""
    subnet = text(face, "SubnetId")
    acls = [one for one in records(path, "NetworkAcls") if _serves(one, "SubnetId", subnet)]
    entries = records(acls[0], "Entries") if len(acls) == 1 else []
    numbered = [one for one in entries if isinstance(dig(one, "RuleNumber"), int)]
    if not entries or len(numbered) != len(entries):
        raise Uncertain("the subnet's network ACL was not shown")
    inbound = [one for one in entries if dig(one, "Egress") is False]
    return sorted(inbound, key=lambda one: int(one["RuleNumber"]))


def lets_in(acl: list[Mapping[str, Any]], opening: Opening) -> bool:
    """Tell whether any port of an opening passes; an entry narrower than everyone never denies."""
    edges = {opening.low}
    for entry in acl:
        low, high = _bounds(_range(entry), "From", "To")
        edges |= {one for one in (low, high + 1) if opening.low <= one <= opening.high}
    return any(_passes(acl, opening, port) for port in edges)


def _range(entry: Mapping[str, Any]) -> Mapping[str, Any]:
    found = dig(entry, "PortRange")
    return found if isinstance(found, Mapping) else {}


def _passes(acl: list[Mapping[str, Any]], opening: Opening, port: int) -> bool:
    block = {V4: "CidrBlock", V6: "Ipv6CidrBlock"}[opening.family]
    everyone = {V4: "0.0.0.0/0", V6: "::/0"}[opening.family]
    for entry in acl:
        low, high = _bounds(_range(entry), "From", "To")
        protocol = _protocol(entry, "Protocol")
        same = ANY_PROTOCOL in {protocol, opening.protocol} or protocol == opening.protocol
        if not text(entry, block) or not same or not low <= port <= high:
            continue
        if text(entry, "RuleAction") != "deny":
            return True
        # A denial of one protocol takes nothing from an opening of all of them.
        if text(entry, block) == everyone and protocol in {ANY_PROTOCOL, opening.protocol}:
            return False
    return False
