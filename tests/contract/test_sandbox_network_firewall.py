"""Network Firewall's rule groups, driven by a real boto3 client over HTTP."""

import pytest
from botocore.exceptions import ClientError

from tests.repairs.blocks import GROUP, RULES

ONE, REGION = "111111111111", "eu-west-1"
ARN = f"arn:aws:network-firewall:{REGION}:{ONE}:stateful-rulegroup/{GROUP}"
NAMED = {"RuleGroupName": GROUP, "Type": "STATEFUL"}


@pytest.fixture
def firewall(sandbox):
    group = {"name": GROUP, "rules": RULES, "description": "Blocked", "tags": {"team": "net"}}
    sandbox.reset({"region": REGION, "accounts": {ONE: {"rule_groups": [group]}}})
    return sandbox.client("network-firewall", ONE, REGION)


def refused(call, **parameters):
    with pytest.raises(ClientError) as caught:
        call(**parameters)
    return caught.value.response["Error"]["Code"]


def test_a_rule_group_is_written_whole_under_the_newest_token_alone(firewall):
    found = firewall.describe_rule_group(**NAMED)
    assert found["RuleGroup"] == RULES
    told = found["RuleGroupResponse"]
    assert (told["RuleGroupArn"], told["Description"]) == (ARN, "Blocked")
    assert told["Tags"] == [{"Key": "team", "Value": "net"}]
    token = found["UpdateToken"]
    changed = {"RulesSource": {"RulesString": "drop ip any any -> any any (sid:1;)"}}
    made = firewall.update_rule_group(RuleGroupArn=ARN, RuleGroup=changed, UpdateToken=token)
    after = firewall.describe_rule_group(RuleGroupArn=ARN)
    assert after["RuleGroup"] == changed
    assert after["UpdateToken"] == made["UpdateToken"] != token
    assert after["RuleGroupResponse"]["Description"] == ""  # what is not said again is reset
    again = {"RuleGroupArn": ARN, "RuleGroup": RULES, "UpdateToken": token}
    assert refused(firewall.update_rule_group, **again) == "InvalidTokenException"
    assert firewall.describe_rule_group(**NAMED)["RuleGroup"] == changed


def test_what_is_not_there_is_said_in_the_services_own_words(firewall):
    absent = "ResourceNotFoundException"
    named = {"RuleGroupName": "another", "Type": "STATEFUL"}
    assert refused(firewall.describe_rule_group, **named) == absent
    stateless = {"RuleGroupName": GROUP, "Type": "STATELESS"}
    assert refused(firewall.describe_rule_group, **stateless) == absent
