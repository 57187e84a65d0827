"""The internet reaches an instance when address, route, group and ACL all let it."""

from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account
from triage.domain.evidence import Absent, Got, Known, Missing, Unknown
from triage.domain.ticket import Subject
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Asking

INSTANCE = "i-0aa1bb2cc3dd4ee01"
QUESTION = QUESTIONS["ec2.network_exposure"]
SUBJECT = Subject(id=INSTANCE, name=INSTANCE, kind="AwsEc2Instance")


def face(**fields: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaceId": "eni-1",
        "VpcId": "vpc-1",
        "SubnetId": "subnet-1",
        "Groups": [{"GroupId": "sg-1"}],
        "PrivateIpAddresses": [{"Association": {"PublicIp": "198.51.100.7"}}],
        "Ipv6Addresses": [],
        **fields,
    }


def rule(cidr: str = "0.0.0.0/0", ports: Any = (443, 443), protocol: str = "tcp") -> dict[str, Any]:
    bounds = {"FromPort": ports[0], "ToPort": ports[1]} if ports else {}
    name = {"Ipv6Ranges": [{"CidrIpv6": cidr}]} if ":" in cidr else {"IpRanges": [{"CidrIp": cidr}]}
    return {"IpProtocol": protocol, **bounds, **name}


def entry(number: int, action: str = "allow", **fields: Any) -> dict[str, Any]:
    return {
        "RuleNumber": number,
        "RuleAction": action,
        "Protocol": "-1",
        "Egress": False,
        "CidrBlock": "0.0.0.0/0",
        **fields,
    }


DENY = entry(32767, "deny")
OUT = {"DestinationCidrBlock": "0.0.0.0/0", "GatewayId": "igw-1", "State": "active"}
OUT6 = {"DestinationIpv6CidrBlock": "::/0", "GatewayId": "igw-1", "State": "active"}
INSIDE = {"DestinationCidrBlock": "10.0.0.0/16", "GatewayId": "local", "State": "active"}


def table(*routes: Any, main: bool = False, **fields: Any) -> dict[str, Any]:
    bound = {"Main": True} if main else {"Main": False, "SubnetId": "subnet-1"}
    return {"VpcId": "vpc-1", "Associations": [bound], "Routes": list(routes), **fields}


def path(**parts: Any) -> dict[str, Any]:
    return {
        "NetworkInterfaces": [face()],
        "SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": [rule()]}],
        "RouteTables": [table(INSIDE, OUT)],
        "NetworkAcls": [
            {"Associations": [{"SubnetId": "subnet-1"}], "Entries": [entry(100), DENY]}
        ],
        **parts,
    }


def group(*rules: Any) -> dict[str, Any]:
    return {"SecurityGroups": [{"GroupId": "sg-1", "IpPermissions": list(rules)}]}


def acl(*entries: Any) -> dict[str, Any]:
    return {"NetworkAcls": [{"Associations": [{"SubnetId": "subnet-1"}], "Entries": list(entries)}]}


def exposure(shown: Any = None, **parts: Any) -> Any:
    interfaces = [{"NetworkInterfaceId": "eni-1"}]
    whole = [{"Instances": [{"InstanceId": INSTANCE, "NetworkInterfaces": interfaces}]}]
    payloads = ({"Reservations": whole if shown is None else shown}, path(**parts))
    reads = [Got(payload=one, as_of=NOON, source="a.call") for one in payloads]
    asking = Asking(ticket=a_ticket(subject=SUBJECT), account=an_account(), now=NOON)
    return QUESTION.interpret(asking, reads)


def reached(answer: Any) -> Any:
    assert isinstance(answer, Known), answer
    return answer.value["ports"]


def test_an_instance_with_all_of_it_is_reachable():
    answer = exposure()
    assert answer.value == {
        "reachable": True,
        "public_addresses": ["198.51.100.7"],
        "ports": ["443/tcp"],
        "port_22_reachable": False,
        "port_3389_reachable": False,
        "explanation": "it is reachable on 443/tcp at 198.51.100.7.",
    }


@pytest.mark.parametrize(
    "parts",
    [
        {"NetworkInterfaces": [face(PrivateIpAddresses=[{}])]},
        {"RouteTables": [table(INSIDE)]},
        {"RouteTables": [table(OUT | {"State": "blackhole"})]},
        {"RouteTables": [table(OUT6)]},
        {"RouteTables": [table(INSIDE), table(OUT, main=True)]},
        group(),
        group(rule("203.0.113.0/24")),
        group(rule("::/0")),
        acl(DENY),
        acl(entry(90, "deny"), entry(100), DENY),
        acl(entry(100, Protocol="6", PortRange={"From": 22, "To": 22}), DENY),
        acl(entry(100, Egress=True), DENY),
        acl(entry(100, CidrBlock=None, Ipv6CidrBlock="::/0"), DENY),
    ],
    ids=[
        "no address", "no route", "blackhole", "route of the other family", "own table first",
        "no rule", "a rule for somebody", "rule of the other family", "denied", "denied first",
        "another port", "outbound", "ACL of the other family",
    ],
)  # fmt: skip
def test_without_any_one_of_it_nothing_is_reachable(parts):
    assert reached(exposure(**parts)) == []


SIX = face(PrivateIpAddresses=[{}], Ipv6Addresses=[{"Ipv6Address": "2001:db8::7"}])


@pytest.mark.parametrize(
    ("parts", "ports"),
    [
        ({"RouteTables": [table(OUT, main=True)]}, ["443/tcp"]),
        ({"NetworkInterfaces": [face(Association={"PublicIp": "198.51.100.8"})]}, ["443/tcp"]),
        (group(rule(ports=None, protocol="-1")), ["everything"]),
        (group(rule("0.0.0.0/1"), rule("128.0.0.0/1")), ["443/tcp"]),
        (group(rule(ports=(20, 30))), ["20-30/tcp"]),
        (group(rule(ports=(53, 53), protocol="17")), ["53/udp"]),
        (acl(entry(90, "deny", CidrBlock="203.0.113.0/24"), entry(100), DENY), ["443/tcp"]),
        (acl(entry(90, "deny", Protocol="17"), entry(100), DENY), ["443/tcp"]),
        (acl(entry(100, CidrBlock="203.0.113.0/24"), DENY), ["443/tcp"]),
    ],
)
def test_whatever_is_not_certainly_forbidden_counts(parts, ports):
    assert reached(exposure(**parts)) == ports


def test_the_sixth_version_has_ways_of_its_own():
    six = acl(entry(100, CidrBlock=None, Ipv6CidrBlock="::/0"), DENY)
    parts = {"NetworkInterfaces": [SIX], "RouteTables": [table(OUT6)], **group(rule("::/0")), **six}
    assert reached(exposure(**parts)) == ["443/tcp"]


def test_a_range_is_reachable_when_any_port_of_it_is():
    parts = group(rule(ports=(20, 30))) | acl(
        entry(90, "deny", Protocol="6", PortRange={"From": 20, "To": 25}), entry(100), DENY
    )
    assert reached(exposure(**parts)) == ["20-30/tcp"]
    assert exposure(**group(rule(ports=(20, 30)))).value["port_22_reachable"] is True


@pytest.mark.parametrize(
    "answer",
    [
        exposure([]),
        exposure([{"Instances": [{"InstanceId": "i-2", "NetworkInterfaces": []}]}]),
        exposure(NetworkInterfaces=[]),
        exposure(NetworkInterfaces=[face(), face(NetworkInterfaceId="eni-2")]),
        exposure(NetworkInterfaces=[face(PrivateIpAddresses=None)]),
        exposure(NetworkInterfaces=[face(Groups=[])]),
        exposure(RouteTables=[]),
        exposure(RouteTables=[table(OUT), table(OUT)]),
        exposure(RouteTables=[table(Routes=None)]),
        exposure(SecurityGroups=[]),
        exposure(SecurityGroups=[{"GroupId": "sg-1"}]),
        exposure(**group({"IpProtocol": "tcp", "PrefixListIds": [{"PrefixListId": "pl-1"}]})),
        exposure(**group(rule("everyone"))),
        exposure(NetworkAcls=[]),
        exposure(**acl()),
        exposure(**acl(entry(100) | {"RuleNumber": None})),
    ],
)
def test_a_way_that_was_not_shown_whole_is_unknown(answer):
    assert isinstance(answer, Unknown), answer


def test_an_instance_is_absent_by_ec2_s_own_word():
    asking = Asking(ticket=a_ticket(subject=SUBJECT), account=an_account(), now=NOON)
    gone = Missing(code="InvalidInstanceID.NotFound", as_of=NOON, source="-")
    empty = Got(payload={}, as_of=NOON, source="-")
    assert isinstance(QUESTION.interpret(asking, [gone, empty]), Absent)
