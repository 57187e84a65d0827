"""What does a security group let in, from everyone, and is it in use?"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, failure, known, missing, payload
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.shape import dig, records, text

EVERYONE = frozenset({"0.0.0.0/0", "::/0"})
ALL = "-1"
SSH, RDP = 22, 3389
PORT_MAX = 65535


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the group and for the interfaces it is attached to."""
    account, region, group = about.account(asking), about.region(asking), about.group(asking)
    return (
        Read.of("ec2.describe_security_groups", account, region, group=group),
        Read.of("ec2.describe_network_interfaces", account, region, group=group),
    )


def interpret(_asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Ports open to everyone, in either address family."""
    if missing(reads[0], "InvalidGroup.NotFound"):
        return absent(reads[:1])
    if unknown := failure(reads):
        return unknown
    groups, used = records(payload(reads[0]), "SecurityGroups"), payload(reads[1])
    if len(groups) != 1:
        return Unknown(reason="the look-up named no single group")
    if any(
        dig(*path) is None for path in ((groups[0], "IpPermissions"), (used, "NetworkInterfaces"))
    ):
        return Unknown(reason="the look-up did not show all rules and uses")
    rules = [rule for one in records(groups[0], "IpPermissions") for rule in _rules(one)]
    wide = [rule for rule in rules if rule["cidr"] in EVERYONE]
    attached = bool(records(used, "NetworkInterfaces"))
    return known(
        reads,
        {
            "exists": True,
            "open_to_world": bool(wide),
            "open_ports": sorted({_ports(rule) for rule in wide}),
            "port_22_open": any(_lets_in(rule, SSH) for rule in wide),
            "port_3389_open": any(_lets_in(rule, RDP) for rule in wide),
            "rules": rules,
            "attached": attached,
            "explanation": _explain(wide, attached=attached),
        },
    )


def _rules(permission: Mapping[str, Any]) -> list[dict[str, Any]]:
    ranges = [*records(permission, "IpRanges"), *records(permission, "Ipv6Ranges")]
    return [
        {
            "protocol": str(permission.get("IpProtocol", ALL)),
            "from_port": permission.get("FromPort"),
            "to_port": permission.get("ToPort"),
            "cidr": text(one, "CidrIp") or text(one, "CidrIpv6"),
            "description": text(one, "Description"),
        }
        for one in ranges
    ]


def _lets_in(rule: Mapping[str, Any], port: int) -> bool:
    # No ports means all of them, and so does protocol -1.
    # https://docs.aws.amazon.com/AWSEC2/latest/APIReference/API_IpPermission.html
    if rule["protocol"] == ALL:
        return True
    lowest, highest = _range(rule)
    return rule["protocol"] in {"tcp", "6"} and lowest <= port <= highest


def _range(rule: Mapping[str, Any]) -> tuple[int, int]:
    lowest, highest = rule["from_port"], rule["to_port"]
    if not isinstance(lowest, int) or not isinstance(highest, int):
        return 0, PORT_MAX
    return lowest, highest


def _ports(rule: Mapping[str, Any]) -> str:
    if rule["protocol"] == ALL:
        return "everything"
    lowest, highest = _range(rule)
    ports = str(lowest) if lowest == highest else f"{lowest}-{highest}"
    return f"{ports}/{rule['protocol']}"


def _explain(wide: Sequence[Mapping[str, Any]], *, attached: bool) -> str:
    ports = ", ".join(sorted({_ports(rule) for rule in wide}))
    open_ = f"open to everyone on {ports}" if wide else "open to no one everywhere"
    return f"{open_}, {'attached' if attached else 'attached to nothing'}."


QUESTION = Question(
    name="ec2.security_group",
    phrase="what the security group lets in",
    parameters={
        "group": Parameter(type="string", meaning="another group than the ticket's", subject=True)
    },
    answer={
        "exists": Field(type="boolean", meaning="always true; a group that is gone is absent"),
        "open_to_world": Field(type="boolean", meaning="some rule lets 0.0.0.0/0 or ::/0 in"),
        "open_ports": Field(type="list", meaning="ports open to everyone, as `22/tcp`"),
        "port_22_open": Field(type="boolean", meaning="SSH is open to everyone"),
        "port_3389_open": Field(type="boolean", meaning="RDP is open to everyone"),
        "rules": Field(type="list", meaning="every ingress rule by address", tainted=True),
        "attached": Field(type="boolean", meaning="some network interface uses it"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=("ec2:DescribeSecurityGroups", "ec2:DescribeNetworkInterfaces"),
    plan=plan,
    interpret=interpret,
)
