"""Lint beyond words: rules that shadow, kinds that never meet, patterns too wide, calls refused."""

from dataclasses import replace

import pytest

from tests.playbooks import SHIPPED, SOUND, checked
from triage.adapters.aws.apis import ServiceModels
from triage.playbook.check import check
from triage.playbook.lint_calls import faults
from triage.playbook.lint_rules.sample import spliced
from triage.remediations.vocabulary import VOCABULARY

APIS = ServiceModels()
WITH_APIS = replace(VOCABULARY, apis=APIS)
HEAD = SOUND[: SOUND.index("rules:")]
ASKED = HEAD.replace(
    "bucket: { ask: s3.public_access }\n",
    "bucket: { ask: s3.public_access }\n  change: { ask: cloudtrail.last_change }\n",
)


def rules(*conditions, outcomes=()):
    """A playbook of these conditions; they escalate, unless `outcomes` say otherwise."""
    given = [*outcomes, *["escalate: low"] * (len(conditions) - len(outcomes))]
    lines = [
        f"  - rule: r{place}\n    when: >-\n      {when}\n    {outcome}\n    because: '.'\n"
        for place, (when, outcome) in enumerate(zip(conditions, given, strict=True))
    ]
    return ASKED + "rules:\n" + "".join(lines)


def suggesting(fix):
    return rules(A).replace("because: '.'", f"because: '.'\n    suggest: [{{ fix: {fix} }}]")


def messages(text, rule):
    return [one.message for one in checked(text).problems if one.rule == rule]


RUN = """\
rules:
  - rule: open
    when: bucket.acl_public
    escalate: high
    suggest:
      - fix: ssm.run_automation
        document: AWSSupport-ContainS3Resources
        version: "7"
        parameters: { Action: Contain }
    because: "Open."
tests: []
"""


def test_a_runbook_is_one_that_the_operator_allows_and_has_a_role_of_its_own():
    allowed = replace(WITH_APIS, documents=frozenset({"AWSSupport-ContainS3Resource"}))
    problems = check("p.yaml", spliced(RUN), allowed).problems
    found = [one for one in problems if one.rule != "untested"]
    assert [(one.rule, one.suggestion) for one in found] == [
        ("runbook", "AWSSupport-ContainS3Resource"),
        ("runbook", ""),
    ]
    assert "AutomationAssumeRole" in found[1].message
    known_to_nobody = check("p.yaml", spliced(RUN), WITH_APIS).problems
    assert [one.rule for one in known_to_nobody].count("runbook") == 1


# --- rules that are never reached ----------------------------------------------------------------

A, B, C = "bucket.acl_public", "bucket.policy_public", "bucket.public_access_blocked"


@pytest.mark.parametrize(
    "conditions",
    [
        (A, A),
        (A, f"{A} and {B}"),
        (A, f"{B} and ({A} and {C})"),
        (f"{A} or {B}", A),
        (f"{A} or {B}", f"{C} and {B}"),
        (f"{A} or {B}", f"{B} or {A}"),
        (f"{A} and {B}", f"{A} and {B} and {C}"),
        ("true", A),
    ],
)
def test_a_rule_that_only_holds_where_one_above_does_is_never_reached(conditions):
    (message,) = messages(rules(*conditions), "unreachable")
    assert message.startswith("this rule is never reached: 'r0' above it ")


@pytest.mark.parametrize(
    "conditions",
    [(A, B), (f"{A} and {B}", A), (A, f"{A} or {B}"), (f"not {A}", A), (f"{A} == false", A)],
)
def test_a_rule_that_may_hold_alone_is_reached(conditions):
    assert messages(rules(*conditions), "unreachable") == []


def test_an_escalation_below_a_close_is_reached_once_something_above_both_is_unknown():
    close = "close: no longer present"
    known_first = rules("change is absent", C, f"{C} and {A}", outcomes=("escalate: low", close))
    assert messages(known_first, "unreachable") == []
    nothing_above = rules(C, f"{C} and {A}", outcomes=(close,))
    assert len(messages(nothing_above, "unreachable")) == 1


def test_many_alternatives_are_compared_in_no_time():
    wide = " or ".join(f"({A} and ({B} or {C}))" for _ in range(40))
    assert messages(rules(wide, f"{A} and {C}"), "unreachable") != []


# --- what never goes together --------------------------------------------------------------------


@pytest.mark.parametrize(
    ("when", "message"),
    [
        (
            "now > bucket.explanation | length",
            "now is a time and this a number: they never compare",
        ),
        ("bucket.acl_public > bucket.policy_public", "is a boolean, and that has no order"),
        ('bucket.acl_public | lower == "x"', "lower takes a string, and bucket.acl_public is a"),
        ("ticket.count | length == 3", "length takes a list or an object or a string"),
        ("ticket.count in ticket.count", "in takes a list or a text, and ticket.count is a number"),
        (
            "now - bucket.acl_public > days(3)",
            "only numbers and times add up, and bucket.acl_public",
        ),
        ("now - ticket.occurred > 3", "this is a span and this a number: they never compare"),
        ("ticket.count == account.tier", "ticket.count is a number and account.tier a string"),
    ],
)
def test_what_never_has_a_value_is_said(when, message):
    assert any(message in one for one in messages(rules(when), "wrong-kind"))


@pytest.mark.parametrize(
    "when",
    [
        "now - ticket.occurred > days(3)",
        'ticket.occurred < "2026-01-01T00:00:00Z"',
        "now - hours(3) > ticket.occurred",
        'ticket.title | lower == "x"',
        "(ticket.title | length) + 3 > ticket.count",
        'ticket.event.anything | first == "x"',
        "ticket.event.a == ticket.count",
        '"x" in ticket.title',
        "(ticket.count > 3) == bucket.acl_public",
        "change.principal.name == ticket.principal",
    ],
)
def test_what_may_have_a_value_is_not(when):
    assert messages(rules(when), "wrong-kind") == []


# --- how much a pattern matches ------------------------------------------------------------------

LOOK = rules(A)


def scope(match):
    text = LOOK.replace('{ type: ["S3.8"] }', match)
    return [
        str(one)
        for one in checked(text).problems
        if one.rule in {"never-matches", "matches-everything"}
    ]


@pytest.mark.parametrize(
    ("match", "expected"),
    [
        (
            '{ source: [macie], type: ["S3.8"] }',
            "p.yaml:5:33  macie has no findings of type 'S3.8'",
        ),
        (
            '{ source: [{ prefix: gard }], type: ["a"] }',
            "p.yaml:5:18  no source there is matches this",
        ),
        (
            '{ severity: { score: [{ numeric: [">", 100] }] } }',
            "p.yaml:5:29  a severity's score is 0 to 100, so this never matches",
        ),
        (
            '{ type: ["s3.8"] }',
            "p.yaml:5:16  's3.8' is the type of no finding; did you mean 'S3.8'?",
        ),
        (
            '{ $or: [{ type: ["S3.8"] }, { account: { tier: [{ suffix: zz }] } }] }',
            "p.yaml:5:8  no account.tier there is matches this",
        ),
    ],
)
def test_a_pattern_that_no_ticket_can_match_is_said(match, expected):
    assert expected in scope(match)


@pytest.mark.parametrize(
    "match",
    [
        '{ region: [{ prefix: "" }] }',
        "{ type: [{ anything-but: [x] }] }",
        "{ account: { id: [{ exists: true }] } }",
    ],
)
def test_a_pattern_that_matches_nearly_everything_is_said(match):
    assert scope(match) == [
        "p.yaml:5:1  this matches nearly every ticket there is; name the types it is about"
    ]


@pytest.mark.parametrize(
    "match",
    [
        "{ type: [our-own-config-rule] }",
        '{ source: [securityhub], type: ["TTPs/Something"] }',
        '{ source: [{ anything-but: guardduty }], type: ["Policy:IAMUser/S3BucketPublic"] }',
        "{ class: [threat] }",
        "{ account: { tier: [production] } }",
        '{ severity: { score: [{ numeric: [">=", 90] }] } }',
    ],
)
def test_a_pattern_that_some_tickets_match_is_fine(match):
    assert scope(match) == []


# --- calls ---------------------------------------------------------------------------------------


@pytest.mark.parametrize("name", VOCABULARY.fixes)
def test_aws_would_take_every_call_of_every_fix(name):
    calls = [one for one in VOCABULARY.fixes[name].calls if "{" not in one.call]
    text = suggesting(name)
    found = [one for one in check("p.yaml", text, WITH_APIS).problems if "call" in one.rule]
    assert found == []
    assert calls or name == "aws.call"


@pytest.mark.parametrize(
    ("call", "parameters", "expected"),
    [
        ("s3.put_bucket_acl", {"Bucket": "a", "ACL": "private"}, []),
        ("s3.PutBucketAcl", {"Bucket": "a"}, []),
        ("kms.list_aliases", {}, []),
        ("put_bucket_acl", {}, [("unknown-call", (), "")]),
        ("lamda.get_policy", {}, [("unknown-call", (), "lambda")]),
        ("s3.put_bukcet_acl", {}, [("unknown-call", (), "s3.put_bucket_acl")]),
        ("s3.put_bucket_acl", {"Bucket": 5}, [("call-value", ("Bucket",), "")]),
        ("s3.put_bucket_acl", [], [("call-value", (), "")]),
        ("s3.put_bucket_acl", {}, [("call-parameter", (), "")]),
        ("ec2.describe_instances", {"MaxResults": True}, [("call-value", ("MaxResults",), "")]),
        ("kms.list_aliases", {"Limit": 0}, [("call-value", ("Limit",), "")]),
        ("kms.list_aliases", {"Limit": 1001}, [("call-value", ("Limit",), "")]),
        ("kms.list_aliases", {"KeyId": ""}, [("call-value", ("KeyId",), "")]),
        (
            "ec2.describe_instances",
            {"Filters": [{"Nam": "x", "Values": ["y", 3]}]},
            [
                ("call-parameter", ("Filters", 0, "Nam"), "Name"),
                ("call-value", ("Filters", 0, "Values", 1), ""),
            ],
        ),
        (
            "lambda.create_function",
            {
                "FunctionName": "f",
                "Role": "r" * 30,
                "Code": {},
                "Environment": {"Variables": {"A": 5}},
            },
            [("call-value", ("Environment", "Variables", "A"), "")],
        ),
    ],
)
def test_what_aws_would_refuse_is_found_without_asking_it(call, parameters, expected):
    assert [(one.rule, one.at, one.near) for one in faults(call, parameters, APIS)] == expected


def test_a_call_by_hand_is_never_a_repair():
    resolve = "resolve: [{ fix: aws.call, call: s3.put_bucket_acl }]"
    assert messages(rules(A, outcomes=(resolve,)), "outcome") == [
        "aws.call has neither proof nor undo; only `suggest` may name it"
    ]


def test_a_call_that_a_fix_makes_wrongly_is_told_at_the_fix():
    wrong = replace(
        VOCABULARY.fixes["kms.cancel_key_deletion"],
        calls=(
            replace(
                VOCABULARY.fixes["kms.cancel_key_deletion"].calls[1], parameters={"Key": "{key}"}
            ),
        ),
    )
    vocabulary = replace(WITH_APIS, fixes={**VOCABULARY.fixes, "kms.cancel_key_deletion": wrong})
    text = rules(A).replace(
        "because: '.'", "because: '.'\n    suggest: [{ fix: kms.cancel_key_deletion }]"
    )
    found = [one for one in check("p.yaml", text, vocabulary).problems if "call" in one.rule]
    said = "kms.cancel_key_deletion calls kms.cancel_key_deletion: cancel_key_deletion"
    assert [(one.line, one.column, one.message) for one in found] == [
        (15, 22, f"{said} has no parameter 'Key'; did you mean 'KeyId'?"),
        (15, 22, f"{said} needs the parameter 'KeyId'"),
    ]


@pytest.mark.parametrize("path", SHIPPED)
def test_aws_would_take_what_ships(path):
    assert check(path, SHIPPED[path], WITH_APIS).problems == ()


def test_other_tools_words_lead_to_ours():
    found = checked(SOUND.replace("owner:", "description:")).problems
    assert [one.suggestion for one in found if one.rule == "unknown-key"] == ["why"]


def test_a_fault_within_a_list_names_the_parameter_that_holds_it():
    told = faults("ec2.describe_instances", {"InstanceIds": [3]}, APIS)
    assert [one.message for one in told] == ["InstanceIds takes a string, not 3"]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        (SOUND + "limits: { ask_in: production }\n", "p.yaml:18:19  'ask_in' takes a list"),
        (
            SOUND.replace("    expect:", "    also: S3.9\n    expect:"),
            "p.yaml:17:11  'also' takes a list",
        ),
        (
            SOUND.replace("    expect:", "    signatures: none\n    expect:"),
            "p.yaml:17:17  'signatures' takes a list",
        ),
    ],
)
def test_what_is_no_list_is_told_where_it_stands(text, place):
    assert [str(one) for one in checked(text).problems if one.rule == "wrong-type"] == [place]
