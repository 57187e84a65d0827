"""What the fixes that block an address share: which may be blocked at all, and for how long.

Never our own, and never what many share: the record that names an address may be forged, and a
block that lasts for ever is nobody's any more. What the organisation calls its own, and what AWS
does, is for the guards; what the account's own interfaces have is looked up here.
https://www.iana.org/assignments/iana-ipv4-special-registry/
https://www.iana.org/assignments/iana-ipv6-special-registry/
"""

from collections.abc import Iterator, Mapping, Sequence
from ipaddress import IPv4Network, IPv6Address, IPv6Network, ip_address, ip_network
from typing import Any

from triage.domain.json import Record
from triage.domain.plan import Block, Permission, Refused, State, Target
from triage.playbook.fixes import calling
from triage.ports.cloud import Cloud, member
from triage.questions import about, about_identity
from triage.questions.question import Asking, CannotAsk, Parameter
from triage.questions.records.shape import records, text
from triage.remediations import ec2

Range = IPv4Network | IPv6Network
HOURS, HOURS_MAX = 24, 720
LEAVES = "a block mends nothing: whatever is wrong still is"
HOUR_SECONDS = 3600
NARROWEST: Mapping[int, int] = {4: 24, 6: 48}
"""The shortest prefix that may be blocked: a network of one customer, not of a provider."""
SHARED: tuple[Range, ...] = tuple(
    ip_network(one)
    for one in (
        # Relays of IPv6 to everybody's IPv4, and the other way round.
        *("192.88.99.0/24", "64:ff9b::/96", "2001::/32", "2002::/16"),
        # Resolvers that our own machines may be asking.
        *("1.0.0.1", "1.1.1.1", "8.8.4.4", "8.8.8.8", "9.9.9.9", "149.112.112.112"),
        *("2001:4860:4860::8844", "2001:4860:4860::8888", "2606:4700:4700::1001"),
        *("2606:4700:4700::1111", "2620:fe::9", "2620:fe::fe"),
    )
)
INTERFACES = "ec2:DescribeNetworkInterfaces"
READING = Permission(actions=(INTERFACES,), resources=("*",))
CALL = calling("ec2.describe_network_interfaces")
PARAMETERS: Mapping[str, Parameter] = {
    "address": Parameter(
        type="string", meaning="another address than the ticket's, or a CIDR", subject=True
    ),
    "hours": Parameter(
        type="number", meaning=f"how long, {HOURS} by default and {HOURS_MAX} at most"
    ),
}


def given(asking: Asking) -> Mapping[str, str]:
    """Whom to block, as a CIDR, and for how many hours. Raises CannotAsk."""
    wanted = _range(about.given(asking, "address") or about_identity.address(asking))
    if because := unfit(wanted):
        raise CannotAsk(because)
    return {"range": str(wanted), "hours": str(_hours(asking))}


def _range(told: str) -> Range:
    try:
        found = ip_address(told)
    except ValueError:
        return _network(told)
    mapped = found.ipv4_mapped if isinstance(found, IPv6Address) else None
    return ip_network(mapped or found)


def _network(told: str) -> Range:
    try:
        return ip_network(told)
    except ValueError as error:
        message = f"{told[:50]} is no address and no network"
        raise CannotAsk(message) from error


def unfit(wanted: Range) -> str | None:
    """Say why nobody may block it, or None."""
    least = NARROWEST[wanted.version]
    if wanted.prefixlen < least:
        return f"{wanted} is wider than a /{least}"
    ends = (wanted[0], wanted[-1])
    if not all(one.is_global and not one.is_multicast and not one.is_reserved for one in ends):
        return f"{wanted} is private or reserved: nothing on the internet has it"
    if any(wanted.overlaps(one) for one in SHARED):
        return f"{wanted} is shared by many"
    return None


def _hours(asking: Asking) -> int:
    told = asking.parameters.get("hours", HOURS)
    try:
        hours = float(str(told))
    except ValueError:
        hours = 0.0
    if not 1 <= hours <= HOURS_MAX or hours != int(hours):
        message = f"a block lasts 1 to {HOURS_MAX} whole hours"
        raise CannotAsk(message)
    return int(hours)


def block(target: Target) -> Block:
    """Whom a target blocks, and how long."""
    return Block(range=target.given["range"], seconds=int(target.given["hours"]) * HOUR_SECONDS)


def wanted(target: Target) -> Range:
    """Whom a target blocks."""
    return ip_network(target.given["range"])


def own(cloud: Cloud, target: Target) -> Sequence[str]:
    """Addresses of the account itself that the block would hit.

    Elastic addresses, NAT gateways and load balancers all stand at a network interface.
    """
    call = ec2.call("describe_network_interfaces")
    found = member(call, cloud.call(call), "NetworkInterfaces")
    inside = wanted(target)
    each = {one for interface in records({"all": found}, "all") for one in _addresses(interface)}
    return sorted(one for one in each if one and ip_address(one) in inside)


def _addresses(interface: Record) -> Iterator[str]:
    yield text(interface, "Association", "PublicIp")
    for one in records(interface, "PrivateIpAddresses"):
        yield text(one, "Association", "PublicIp")
    for one in records(interface, "Ipv6Addresses"):
        yield text(one, "Ipv6Address")


def same(one: Any, other: Range) -> bool:
    """Whether a text of the service's means this range."""
    try:
        return ip_network(str(one)) == other
    except ValueError:
        return False


def refused(target: Target, state: State) -> Refused | None:
    """What all of them refuse once they have looked."""
    hit = state.facts["own"]
    if not hit:
        return None
    return Refused(because=f"{target.given['range']} is our own: {', '.join(hit)} stands there")


def lasting(target: Target) -> str:
    """How long, in a sentence."""
    return f"for {target.given['hours']} hours"
