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


def problems(text):
    return [(one.rule, one.line, one.message) for one in check("p.yaml", text, VOCABULARY).problems]


def test_a_fix_that_is_no_mapping_and_one_that_is_none_are_told_where_they_stand():
    text = SOUND.replace(OUTCOME, "    resolve: [x, { fix: s3.block_public_acces }]\n", 1)
    found = [one for one in problems(text) if one[1] == 11]
    assert found == [
        ("wrong-type", 11, "a fix is written { fix: its name }"),
        ("unknown-word", 11, found[1][2]),
    ]
    assert "s3.block_public_acces" in found[1][2]


def test_what_is_asked_and_what_a_rule_is_have_to_be_mappings():
    text = SOUND.replace("{ ask: s3.public_access }", "s3.public_access")
    assert ("wrong-type", 7, "write { ask: question }") in problems(text)
    text = SOUND.replace("  - rule: blocked now", "  - blocked\n  - rule: blocked now")
    message = "a rule is a mapping that begins with `rule: its name`"
    assert ("wrong-type", 9, message) in problems(text)


def test_an_unknown_limit_is_told_where_it_stands():
    found = [
        str(one)
        for one in check("p.yaml", SOUND + "limits: { at_mst: auto }\n", VOCABULARY).problems
    ]
    assert found == ["p.yaml:18:11  unknown key 'at_mst'; did you mean 'at_most'?"]


def test_what_a_playbook_says_of_itself_is_in_it():
    book = check("p.yaml", SOUND, VOCABULARY).playbook
    told = (book.name, book.title, book.owner, book.why, book.match)
    assert told == ("a-playbook", "A playbook", "somebody", "Because.", {"type": ["S3.8"]})
