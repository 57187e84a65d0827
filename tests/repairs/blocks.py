"""An address that is blocked: at network ACLs, at web ACLs, at the firewall.

The addresses are of networks that swallow what nobody should have sent (RFC 7534, RFC 7535):
routed, and nobody's.
"""

from tests.repairs.example import ACCOUNT, Example
from triage.domain.ticket import Subject

INSTANCE = "i-0123456789abcdef0"
WHOM, ANOTHER = "192.31.196.7", "192.31.196.9/32"
SET, GROUP, VARIABLE = "triage-blocked-ipv4", "triage-blocked", "TRIAGE_BLOCKED"
NOBODY = "192.0.2.1/32"
RULES = {
    "RuleVariables": {"IPSets": {VARIABLE: {"Definition": [NOBODY]}}},
    "RulesSource": {"RulesString": f"drop ip ${VARIABLE} any -> any any (sid:1000001; rev:1;)"},
    "StatefulRuleOptions": {"RuleOrder": "STRICT_ORDER"},
}


def waf_ip_set(client):
    """The set as WAF has it, and its token."""
    waf = client("wafv2")
    (one,) = waf.list_ip_sets(Scope="REGIONAL")["IPSets"]
    found = waf.get_ip_set(Scope="REGIONAL", Name=one["Name"], Id=one["Id"])
    return found["IPSet"], found["LockToken"]


def write_waf(client, *addresses):
    """Write the set as somebody else would."""
    found, token = waf_ip_set(client)
    client("wafv2").update_ip_set(
        Scope="REGIONAL",
        Name=SET,
        Id=found["Id"],
        Addresses=list(addresses),
        LockToken=token,
    )


def firewall_group(client):
    """The rule group as the firewall has it."""
    return client("network-firewall").describe_rule_group(RuleGroupName=GROUP, Type="STATEFUL")


def write_firewall(client, *addresses):
    """Write the variable as somebody else would."""
    found = firewall_group(client)
    found["RuleGroup"]["RuleVariables"]["IPSets"][VARIABLE]["Definition"] = list(addresses)
    client("network-firewall").update_rule_group(
        RuleGroupName=GROUP,
        Type="STATEFUL",
        RuleGroup=found["RuleGroup"],
        UpdateToken=found["UpdateToken"],
    )


def acl(client):
    """The network ACL in front of the instance."""
    ec2 = client("ec2")
    one = ec2.describe_instances(InstanceIds=[INSTANCE])["Reservations"][0]["Instances"][0]
    only = [{"Name": "association.subnet-id", "Values": [one["SubnetId"]]}]
    (found,) = ec2.describe_network_acls(Filters=only)["NetworkAcls"]
    return found


def _let_in(client):
    client("ec2").delete_network_acl_entry(
        NetworkAclId=acl(client)["NetworkAclId"], RuleNumber=99, Egress=False
    )


EXAMPLES = {
    "ec2.block_address": Example(
        inside={"instances": [{"id": INSTANCE}]},
        subject=Subject(id=INSTANCE, name=INSTANCE, kind="AwsEc2Instance"),
        meddle=_let_in,
        parameters={"address": WHOM},
    ),
    "network-firewall.block_address": Example(
        inside={"rule_groups": [{"name": GROUP, "rules": RULES, "description": "Blocked"}]},
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=lambda client: write_firewall(client, NOBODY),
        parameters={"address": WHOM},
    ),
    "wafv2.block_address": Example(
        inside={
            "waf_ip_sets": [
                {
                    "name": SET,
                    "addresses": [ANOTHER],
                    "description": "Blocked",
                    "web_acl": "shop",
                }
            ]
        },
        subject=Subject(id=ACCOUNT, name=ACCOUNT, kind="AwsAccount"),
        meddle=lambda client: write_waf(client, ANOTHER),
        parameters={"address": WHOM},
    ),
}
