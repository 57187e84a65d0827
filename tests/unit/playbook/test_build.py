"""From a page to a playbook: every part that was written is in it."""

from tests.playbooks import SOUND
from triage.domain.decision import Suggestion
from triage.playbook.check import check
from triage.playbook.fixes import ApiCall, calling
from triage.playbook.schema import schema
from triage.playbook.syntax import ResolveWith
from triage.remediations.vocabulary import VOCABULARY

OUTCOME = "    close: no longer present\n"
BLOCK = Suggestion(fix="s3.block_public_access", parameters=())


def built(outcome):
    return check("p.yaml", SOUND.replace(OUTCOME, outcome, 1), VOCABULARY)


def test_what_a_rule_suggests_is_read():
    outcome = "    escalate: high\n    suggest: [{ fix: s3.block_public_access }]\n"
    (rule,) = built(outcome).playbook.rules
    assert rule.suggest == (BLOCK,)


def test_what_a_rule_resolves_with_is_read():
    (rule,) = built("    resolve: [{ fix: s3.block_public_access }]\n").playbook.rules
    assert rule.outcome == ResolveWith(fixes=(BLOCK,))


def test_a_repair_that_is_no_list_is_told_under_its_rule():
    found = [
        (one.rule, one.message)
        for one in built("    resolve: s3.block_public_access\n").problems
        if one.line == 11
    ]
    expected = "resolve takes a list such as [{ fix: s3.block_public_access }]"
    assert found == [("outcome", expected)]


def test_a_call_keeps_its_parameters():
    assert calling("s3.put_bucket_acl", Bucket="x") == ApiCall(
        call="s3.put_bucket_acl", parameters={"Bucket": "x"}
    )


def test_the_schema_says_by_which_draft_it_is_read():
    assert schema(VOCABULARY)["$schema"] == "http://json-schema.org/draft-07/schema#"
