"""Can the internet reach an instance: address, route, security groups and network ACL together?

Read on the side of caution: reachable as soon as nothing on the way certainly forbids it. What
stands in front of an instance (a load balancer, a proxy) has addresses of its own and is not
looked at. https://docs.aws.amazon.com/vpc/latest/userguide/VPC_Internet_Gateway.html
"""

from collections.abc import Mapping, Sequence
from typing import Any

from triage.domain.evidence import Answer, RawRead, Read, Unknown
from triage.questions import about
from triage.questions.answers import absent, known, missing, payload, unanswered
from triage.questions.question import Asking, Field, Parameter, Question
from triage.questions.records.network import (
    Opening,
    Uncertain,
    acl_of,
    addresses,
    lets_in,
    openings,
    routed,
)
from triage.questions.records.shape import records, text

GONE = "InvalidInstanceID.NotFound"
SSH, RDP = 22, 3389


def plan(asking: Asking) -> tuple[Read, ...]:
    """Ask for the instance, and for all that lies between it and the internet."""
    account, region = about.account(asking), about.region(asking)
    instance = about.instance(asking)
    return (
        Read.of("ec2.describe_instances", account, region, instance=instance),
        Read.of("ec2.network_path", account, region, instance=instance),
    )


def interpret(asking: Asking, reads: Sequence[RawRead]) -> Answer:
    """Every interface of the instance counts; one that was not shown whole makes it unknown."""
    if missing(reads[0], GONE):
        return absent(reads[:1])
    if (answer := unanswered(reads)) is not None:
        return answer
    path = payload(reads[1])
    faces = _interfaces(payload(reads[0]), path, about.instance(asking))
    if faces is None:
        return Unknown(reason="EC2 did not show the instance with all of its interfaces")
    try:
        ways = [way for face in faces for way in _ways(face, path)]
    except Uncertain as uncertain:
        return Unknown(reason=str(uncertain))
    public = sorted({one for face in faces for ones in addresses(face).values() for one in ones})
    return known(reads, _told(ways, public))


def _interfaces(
    instances: Mapping[str, Any], path: Mapping[str, Any], instance: str
) -> list[Mapping[str, Any]] | None:
    """The instance's interfaces, when both look-ups name the same ones."""
    shown = [
        one
        for part in records(instances, "Reservations")
        for one in records(part, "Instances")
        if text(one, "InstanceId") == instance
    ]
    if len(shown) != 1:
        return None
    named = {text(one, "NetworkInterfaceId") for one in records(shown[0], "NetworkInterfaces")}
    faces = records(path, "NetworkInterfaces")
    same = named == {text(one, "NetworkInterfaceId") for one in faces}
    return faces if named and same else None


def _ways(face: Mapping[str, Any], path: Mapping[str, Any]) -> list[Opening]:
    """What the internet may send to one interface. Raises Uncertain."""
    families = {family for family, found in addresses(face).items() if found}
    families &= routed(face, path)
    acl, wide = acl_of(face, path), openings(face, path)
    return [one for one in wide if one.family in families and lets_in(acl, one)]


def _told(ways: Sequence[Opening], public: Sequence[str]) -> dict[str, Any]:
    ports = sorted({one.told for one in ways})
    return {
        "reachable": bool(ways),
        "public_addresses": list(public),
        "ports": ports,
        "port_22_reachable": any(one.covers(SSH) for one in ways),
        "port_3389_reachable": any(one.covers(RDP) for one in ways),
        "explanation": _explain(ports, public),
    }


def _explain(ports: Sequence[str], public: Sequence[str]) -> str:
    if not public:
        return "it has no public address."
    where = f"at {', '.join(public)}"
    reach = f"reachable on {', '.join(ports)}" if ports else "not reachable on any port"
    return f"it is {reach} {where}."


QUESTION = Question(
    name="ec2.network_exposure",
    phrase="whether the internet can reach the instance",
    parameters={
        "instance": Parameter(
            type="string", meaning="another instance than the ticket's", subject=True
        )
    },
    answer={
        "reachable": Field(type="boolean", meaning="on some port; nothing on the way forbids it"),
        "public_addresses": Field(type="list", meaning="its public addresses, of both families"),
        "ports": Field(type="list", meaning="which ports, as `22/tcp`"),
        "port_22_reachable": Field(type="boolean", meaning="SSH is among them"),
        "port_3389_reachable": Field(type="boolean", meaning="RDP is among them"),
        "explanation": Field(type="string", meaning="one sentence for people"),
    },
    fresh_seconds=300,
    iam_actions=(
        "ec2:DescribeInstances",
        "ec2:DescribeNetworkInterfaces",
        "ec2:DescribeSecurityGroups",
        "ec2:DescribeRouteTables",
        "ec2:DescribeNetworkAcls",
    ),
    plan=plan,
    interpret=interpret,
)
