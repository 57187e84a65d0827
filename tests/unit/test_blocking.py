"""Who may be blocked, for how long, and what has to be there before."""

from dataclasses import dataclass, field
from ipaddress import ip_network
from typing import Any

import pytest

from tests.builders import NOON, a_ticket, an_account
from tests.repairs.blocks import GROUP, RULES, SET, VARIABLE
from triage.domain.plan import Call, Refused, State
from triage.domain.ticket import Subject
from triage.ports.cloud import Unknown
from triage.questions.question import Asking, CannotAsk
from triage.remediations import blocking
from triage.remediations.catalogue import CATALOGUE

WHOM = "192.31.196.7/32"
INSTANCE = Subject(id="i-0123456789abcdef0", name="web", kind="AwsEc2Instance")


def asking(record: Any = None, **parameters: object) -> Asking:
    ticket = a_ticket(subject=INSTANCE, record=record or {})
    return Asking(ticket=ticket, account=an_account(), now=NOON, parameters=parameters)


def target(name: str, address: str = WHOM):
    return CATALOGUE[name].target(asking(address=address))


def state(**facts: Any) -> State:
    return State(facts={"own": [], **facts}, as_of=NOON)


def planned(name: str, *, address: str = WHOM, **facts: Any):
    return CATALOGUE[name].plan(target(name, address), state(**facts))


@dataclass
class Scripted:
    """A cloud that answers each operation with what a test says, in turn, and keeps the calls."""

    answers: dict[str, list[Any]]
    calls: list[Call] = field(default_factory=list)

    def call(self, call: Call) -> Any:
        self.calls.append(call)
        waiting = self.answers[call.operation]
        return waiting.pop(0) if len(waiting) > 1 else waiting[0]


# --- whom -----------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("told", "why"),
    [
        ("10.1.2.3", "is private or reserved"),
        ("172.16.0.0/24", "is private or reserved"),
        ("192.168.1.1", "is private or reserved"),
        ("100.64.0.1", "is private or reserved"),
        ("169.254.169.254", "is private or reserved"),
        ("127.0.0.1", "is private or reserved"),
        ("0.0.0.0/24", "is private or reserved"),
        ("224.0.0.1", "is private or reserved"),
        ("240.0.0.1", "is private or reserved"),
        ("255.255.255.255", "is private or reserved"),
        ("203.0.113.9", "is private or reserved"),
        ("198.18.0.1", "is private or reserved"),
        ("::1", "is private or reserved"),
        ("fe80::1", "is private or reserved"),
        ("fd00::/48", "is private or reserved"),
        ("2001:db8::1", "is private or reserved"),
        ("ff02::1", "is private or reserved"),
        ("::ffff:10.0.0.1", "is private or reserved"),
        ("8.8.8.8", "is shared by many"),
        ("8.8.8.0/24", "is shared by many"),
        ("192.88.99.1", "is shared by many"),
        ("2606:4700:4700::/48", "is shared by many"),
        ("64:ff9b::8.8.8.8", "is private or reserved"),
        ("192.31.196.0/23", "is wider than a /24"),
        ("0.0.0.0/0", "is wider than a /24"),
        ("2620:4f::/32", "is wider than a /48"),
        ("192.31.196.7/24", "is no address and no network"),
        ("example.com", "is no address and no network"),
    ],
)
def test_what_is_ours_shared_reserved_or_wide_is_nobodys_to_block(told, why):
    with pytest.raises(CannotAsk, match=why):
        blocking.given(asking(address=told))


@pytest.mark.parametrize(
    ("told", "meant"),
    [
        ("192.31.196.7", WHOM),
        ("192.31.196.0/24", "192.31.196.0/24"),
        ("::ffff:192.31.196.7", WHOM),
        ("2620:4F:8000:0::1", "2620:4f:8000::1/128"),
        ("2620:4f:8000::/48", "2620:4f:8000::/48"),
    ],
)
def test_one_address_or_a_customers_network_is_blocked_for_a_day(told, meant):
    assert blocking.given(asking(address=told)) == {"range": meant, "hours": "24"}


def test_without_another_address_it_is_the_other_side_of_the_ticket():
    seen = {"Service": {"Action": {"RemoteIpDetails": {"IpAddressV4": "192.31.196.7"}}}}
    assert blocking.given(asking(seen))["range"] == WHOM
    several = {"a": seen, "b": {"RemoteIpDetails": {"IpAddressV4": "192.31.196.9"}}}
    for record, many in ((several, "several addresses"), ({}, "no address")):
        with pytest.raises(CannotAsk, match=many):
            blocking.given(asking(record))


@pytest.mark.parametrize("hours", [0, 721, -1, 1.5, "for ever", None, True, "nan"])
def test_a_block_without_a_sound_end_is_none(hours):
    with pytest.raises(CannotAsk, match="1 to 720 whole hours"):
        blocking.given(asking(address=WHOM, hours=hours))


@pytest.mark.parametrize(
    "name", ["ec2.block_address", "network-firewall.block_address", "wafv2.block_address"]
)
def test_every_block_says_whom_and_how_long(name):
    fix = CATALOGUE[name]
    assert fix.blocks is not None
    block = fix.blocks(fix.target(asking(address=WHOM, hours="3")))
    assert (block.range, block.seconds) == (WHOM, 3 * 3600)
    assert fix.fix.leaves


# --- our own --------------------------------------------------------------------------------------

INTERFACES = {
    "NetworkInterfaces": [
        {
            "Association": {"PublicIp": "192.31.196.7"},
            "PrivateIpAddresses": [
                {"PrivateIpAddress": "10.0.0.1", "Association": {"PublicIp": "192.31.196.8"}}
            ],
            "Ipv6Addresses": [{"Ipv6Address": "2620:4f:8000::1"}],
        },
        {"PrivateIpAddresses": [{"PrivateIpAddress": "10.0.0.2"}]},
    ]
}


@pytest.mark.parametrize(
    ("wanted", "hit"),
    [
        (WHOM, ["192.31.196.7"]),
        ("192.31.196.0/24", ["192.31.196.7", "192.31.196.8"]),
        ("2620:4f:8000::/48", ["2620:4f:8000::1"]),
        ("192.31.196.9/32", []),
    ],
)
def test_what_the_accounts_own_interfaces_have_is_found(wanted, hit):
    cloud = Scripted({"describe_network_interfaces": [INTERFACES]})
    assert blocking.own(cloud, target("wafv2.block_address", wanted)) == hit


def test_an_answer_without_interfaces_tells_nothing():
    with pytest.raises(Unknown):
        blocking.own(Scripted({"describe_network_interfaces": [{}]}), target("wafv2.block_address"))


@pytest.mark.parametrize(
    "name", ["ec2.block_address", "network-firewall.block_address", "wafv2.block_address"]
)
def test_none_of_them_blocks_our_own(name):
    refused = planned(name, own=["192.31.196.7"])
    assert refused == Refused(because=f"{WHOM} is our own: 192.31.196.7 stands there")


def test_a_text_that_is_no_range_is_no_other_range():
    assert not blocking.same("nonsense", ip_network(WHOM))


# --- network ACLs ---------------------------------------------------------------------------------


def test_a_deny_takes_the_free_number_closest_to_what_allows():
    made = planned(
        "ec2.block_address",
        blocked={"acl-1": None, "acl-2": 7},
        taken={"acl-1": [97, 99, 100], "acl-2": [7, 100]},
        first={"acl-1": 100, "acl-2": 100},
    )
    assert [dict(one.call.parameters) for one in made.steps] == [
        {
            "NetworkAclId": "acl-1",
            "Egress": False,
            "RuleNumber": 98,
            "Protocol": "-1",
            "RuleAction": "deny",
            "CidrBlock": WHOM,
        }
    ]
    assert made.wanted == {"blocked": {"acl-1": 98, "acl-2": 7}}
    assert dict(made.steps[0].logged) == {
        "networkAclId": "acl-1",
        "egress": False,
        "ruleNumber": 98,
        "aclProtocol": "-1",
        "ruleAction": "deny",
        "cidrBlock": WHOM,
    }


def test_an_address_of_six_is_denied_as_such():
    six = "2620:4f:8000::1"
    facts = {"blocked": {"acl-1": None}, "taken": {"acl-1": []}, "first": {"acl-1": 100}}
    (step,) = planned("ec2.block_address", address=six, **facts).steps
    assert step.call.parameters["Ipv6CidrBlock"] == f"{six}/128"
    assert "CidrBlock" not in step.call.parameters


@pytest.mark.parametrize(
    ("taken", "first", "why"),
    [
        ([1, 2], 3, "acl-1 has no number left ahead of the first rule that allows"),
        ([1], 1, "acl-1 has no number left ahead of the first rule that allows"),
        (
            list(range(100, 120)),
            100,
            "acl-1 has 20 inbound rules, and AWS allows no more by itself",
        ),
    ],
)
def test_a_list_without_room_is_left_alone(taken, first, why):
    refused = planned(
        "ec2.block_address",
        blocked={"acl-1": None},
        taken={"acl-1": taken},
        first={"acl-1": first},
    )
    assert refused == Refused(because=why)


def entry(number: int, action: str, cidr: str = WHOM, **more: Any) -> dict[str, Any]:
    plain = {"Protocol": "-1", "Egress": False, "RuleNumber": number, "RuleAction": action}
    return {**plain, "CidrBlock": cidr, **more}


@pytest.mark.parametrize(
    ("entries", "blocked"),
    [
        ([entry(90, "deny"), entry(100, "allow", "0.0.0.0/0")], 90),
        ([entry(110, "deny"), entry(100, "allow", "0.0.0.0/0")], None),
        ([entry(90, "deny", Protocol="6"), entry(100, "allow", "0.0.0.0/0")], None),
        ([entry(90, "deny", Egress=True), entry(100, "allow", "0.0.0.0/0")], None),
        ([entry(90, "deny", "192.31.196.8/32")], None),
        ([entry(32767, "deny", "0.0.0.0/0")], None),
        ([entry(90, "deny")], 90),
    ],
)
def test_only_a_whole_deny_ahead_of_what_allows_blocks(entries, blocked):
    instance = {"InstanceId": INSTANCE.id, "SubnetId": "subnet-1"}
    acl = {
        "NetworkAclId": "acl-1",
        "Associations": [{"SubnetId": "subnet-1"}],
        "Entries": entries,
        "Tags": [{"Key": "terraform", "Value": "true"}],
    }
    cloud = Scripted(
        {
            "describe_instances": [{"Reservations": [{"Instances": [instance]}]}],
            "describe_network_acls": [{"NetworkAcls": [acl]}],
            "describe_network_interfaces": [{"NetworkInterfaces": []}],
        }
    )
    fix = CATALOGUE["ec2.block_address"]
    seen = fix.inspect(cloud, target("ec2.block_address"))
    assert seen.facts["blocked"] == {"acl-1": blocked}
    assert seen.tags == {"terraform": "true"}


def test_a_subnet_whose_list_is_not_shown_is_unknown():
    instance = {"InstanceId": INSTANCE.id, "SubnetId": "subnet-1"}
    answers = {
        "describe_instances": [{"Reservations": [{"Instances": [instance]}]}],
        "describe_network_acls": [{"NetworkAcls": []}],
    }
    with pytest.raises(Unknown, match="did not show the network ACLs"):
        CATALOGUE["ec2.block_address"].inspect(Scripted(answers), target("ec2.block_address"))


# --- web ACLs -------------------------------------------------------------------------------------

FOUND = {"id": "1", "arn": "arn:set", "description": "", "addresses": [], "token": "t"}


@pytest.mark.parametrize(
    ("facts", "why"),
    [
        ({"set": None, "used_by": []}, f"there is no IP set {SET} in eu-west-1"),
        ({"set": FOUND, "used_by": []}, f"no web ACL blocks what is in {SET}"),
        (
            {"set": {**FOUND, "addresses": ["x"] * 10_000}, "used_by": ["shop"]},
            f"{SET} holds 10000 addresses, as many as it can",
        ),
    ],
)
def test_a_set_that_blocks_nothing_is_no_block(facts, why):
    assert planned("wafv2.block_address", blocked=False, **facts) == Refused(because=why)


def test_six_has_a_set_of_its_own_and_a_set_without_description_is_given_none():
    made = planned(
        "wafv2.block_address",
        address="2620:4f:8000::1",
        blocked=False,
        set=FOUND,
        used_by=["shop"],
    )
    assert dict(made.steps[0].logged) == {
        "name": "triage-blocked-ipv6",
        "scope": "REGIONAL",
        "id": "1",
        "addresses": ["2620:4f:8000::1/128"],
        "lockToken": "t",
    }


def waf(**answers: Any) -> Scripted:
    whole = {"Id": "1", "ARN": "arn:set", "Addresses": [WHOM]}
    rule = {
        "Statement": {"IPSetReferenceStatement": {"ARN": "arn:set"}},
        "Action": {"Block": {}},
    }
    return Scripted(
        {
            "list_ip_sets": [{"IPSets": [{"Name": SET, "Id": "1"}]}],
            "get_ip_set": [{"IPSet": whole, "LockToken": "t"}],
            "list_web_acls": [{"WebACLs": [{"Name": "shop", "Id": "2"}]}],
            "get_web_acl": [{"WebACL": {"Rules": [rule]}}],
            "list_tags_for_resource": [{"TagInfoForResource": {"TagList": []}}],
            "describe_network_interfaces": [{"NetworkInterfaces": []}],
            **answers,
        }
    )


def looked(cloud: Scripted) -> Any:
    return CATALOGUE["wafv2.block_address"].inspect(cloud, target("wafv2.block_address")).facts


def test_a_list_of_waf_is_followed_to_its_end():
    pages = [
        {"IPSets": [{"Name": "another", "Id": "9"}], "NextMarker": "m"},
        {"IPSets": [{"Name": SET, "Id": "1"}], "NextMarker": "n"},
        {"IPSets": [], "NextMarker": "n"},
    ]
    cloud = waf(list_ip_sets=pages)
    facts = looked(cloud)
    assert (facts["blocked"], facts["used_by"]) == (True, ["shop"])
    markers = [one.parameters.get("NextMarker") for one in cloud.calls if "sets" in one.operation]
    assert markers == [None, "m", "n"]


def test_a_list_that_does_not_end_is_no_list():
    endless = {"IPSets": [{"Name": "another", "Id": "9"}], "NextMarker": "m"}
    with pytest.raises(Unknown, match="goes on and on"):
        looked(waf(list_ip_sets=[endless]))


@pytest.mark.parametrize("action", [{"Count": {}}, {}])
def test_a_rule_that_only_counts_blocks_nobody(action):
    rule = {"Statement": {"IPSetReferenceStatement": {"ARN": "arn:set"}}, "Action": action}
    assert looked(waf(get_web_acl=[{"WebACL": {"Rules": [rule]}}]))["used_by"] == []


# --- the firewall ---------------------------------------------------------------------------------


def firewall(rules: Any = RULES, **response: Any) -> Any:
    arn = f"arn:aws:network-firewall:eu-west-1:111122223333:stateful-rulegroup/{GROUP}"
    told = {"RuleGroupArn": arn, "NumberOfAssociations": 1, **response}
    answer = {"UpdateToken": "t", "RuleGroup": rules, "RuleGroupResponse": told}
    cloud = Scripted(
        {
            "describe_rule_group": [answer],
            "describe_network_interfaces": [{"NetworkInterfaces": []}],
        }
    )
    name = "network-firewall.block_address"
    facts = CATALOGUE[name].inspect(cloud, target(name)).facts
    return CATALOGUE[name].plan(target(name), State(facts=facts, as_of=NOON))


def written(text: str) -> Any:
    return {**RULES, "RulesSource": {"RulesString": text}}


HEADER = {
    "Protocol": "IP",
    "Source": f"${VARIABLE}",
    "SourcePort": "ANY",
    "Direction": "FORWARD",
    "Destination": "ANY",
    "DestinationPort": "ANY",
}


def listed(action: str, **header: str) -> Any:
    rule = {"Action": action, "Header": {**HEADER, **header}, "RuleOptions": []}
    return {**RULES, "RulesSource": {"StatefulRules": [rule]}}


@pytest.mark.parametrize(
    ("rules", "response", "why"),
    [
        (RULES, {"NumberOfAssociations": 0}, f"no firewall policy uses {GROUP}"),
        ({"RulesSource": {}}, {}, f"the rule group {GROUP} has no variable {VARIABLE}"),
        (written(f"alert ip ${VARIABLE} any -> any any (sid:1;)"), {}, "no rule of"),
        (written(f"# drop ip ${VARIABLE} any -> any any (sid:1;)"), {}, "no rule of"),
        (written(f"drop ip ${VARIABLE} any -> any 443 (sid:1;)"), {}, "no rule of"),
        (written(f"drop ip any any -> ${VARIABLE} any (sid:1;)"), {}, "no rule of"),
        (listed("ALERT"), {}, "no rule of"),
        (listed("DROP", DestinationPort="443"), {}, "no rule of"),
    ],
)
def test_a_group_that_drops_nothing_is_no_block(rules, response, why):
    refused = firewall(rules, **response)
    assert isinstance(refused, Refused)
    assert why in refused.because


@pytest.mark.parametrize("rules", [RULES, listed("DROP")])
def test_a_drop_rule_counts_in_either_spelling(rules):
    made = firewall(rules, Description="Blocked")
    assert made.steps[0].logged["updateToken"] == "t"
    assert made.steps[0].logged["description"] == "Blocked"
    variables = made.steps[0].logged["ruleGroup"]["ruleVariables"]
    assert variables == {"iPSets": {VARIABLE: {"definition": ["192.0.2.1/32", WHOM]}}}


def test_a_group_of_another_account_is_unknown():
    with pytest.raises(Unknown, match="did not show"):
        firewall(RuleGroupArn="arn:aws:network-firewall:eu-west-1:444455556666:x")


def test_a_variable_is_never_left_empty():
    name = "network-firewall.block_address"
    rules = {**RULES, "RuleVariables": {"IPSets": {VARIABLE: {"Definition": [WHOM]}}}}
    now = state(group={"rules": rules, "kept": {}, "token": "t"}, blocked=True)
    back = CATALOGUE[name].undo(target(name), now, now)
    assert isinstance(back, Refused)
    assert "would be empty" in back.because
