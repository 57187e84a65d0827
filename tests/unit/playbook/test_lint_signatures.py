"""Files of signatures, TOML or YAML: every problem where it stands, whatever the file holds."""

from datetime import UTC, datetime

import pytest

from triage.playbook.lint_rules import RULES
from triage.playbook.lint_signatures import check_signatures

NOW = datetime(2026, 11, 20, tzinfo=UTC)
TOML = """\
[[signature]]
id = "www"
kind = "public-website"
subject = "arn:aws:s3:::www"
account = "111122223333"
types = ["S3.8"]
because = "The shop's pages."
signed = 2026-11-01T00:00:00Z
expires = 2027-01-15T00:00:00Z
[signature.by]
alice = "..."
bob = "..."
"""
YAML = """\
id: www
kind: public-website
subject: arn:aws:s3:::www
account: "111122223333"
types: [S3.8]
because: The shop's pages.
signed: 2026-11-01T00:00:00Z
expires: 2027-01-15
by: { alice: "...", bob: "..." }
"""


def found(name, text, kinds=()):
    return [str(one) for one in check_signatures(name, text, NOW, kinds)]


@pytest.mark.parametrize(
    ("name", "text"), [("s.toml", TOML), ("s.yaml", YAML), ("s.yaml", "{}"), ("s.toml", "")]
)
def test_what_two_people_sign_for_a_while_is_fine_in_either_form(name, text):
    assert found(name, text) == []


@pytest.mark.parametrize(
    ("old", "new", "expected"),
    [
        ('bob = "..."\n', "", "s.toml:10:1  it needs two different people"),
        ("2027-01-15T00:00:00Z", '"soon"', "s.toml:9:11  'expires' is a time such as"),
        ("2026-11-01T00:00:00Z", '"then"', "s.toml:8:10  'signed' is a time such as"),
        ("2027-01-15", "2027-01-31", "s.toml:9:11  it runs for 91 days, and 90 is the most"),
        ("2027-01-15", "2026-10-15", "s.toml:9:11  it expires before it begins"),
        ("2027-01-15", "2026-11-15", "s.toml:9:11  warning: it expired on 2026-11-15"),
        ('["S3.8"]', '["S3.?"]', "s.toml:6:9  'S3.?' covers more than its signers saw; a type is"),
        (
            '"arn:aws:s3:::www"',
            '"x"\nwindow = [2026-11-01T00:00:00Z, 2026-11-01T00:00:00Z]',
            "s.toml:5:10  its window ends before it begins",
        ),
        ('subject = "arn:aws:s3:::www"\n', "", "s.toml:1:1  'subject' is missing"),
        ('["S3.8"]', "[]", "s.toml:6:9  no types would be every type"),
        ('["S3.8"]', '"S3.8"', "s.toml:6:9  'types' is a list of finding types"),
        ('"arn:aws:s3:::www"', '""', "s.toml:4:11  subject is a text, and not an empty one"),
        ('"111122223333"', "111122223333", "s.toml:5:11  account is a text, and not an empty one"),
        ('"111122223333"', '"*"', "s.toml:5:11  '*' covers more than its signers saw; account is"),
        ("kind =", "knd =", "s.toml:3:1  unknown key 'knd'; did you mean 'kind'?"),
        ('kind = "public-website"\n', "", "s.toml:1:1  'kind' is missing"),
        ("[[signature]]", "[[x]]\n[[signature]]", "s.toml:1:1  unknown key 'x'"),
        ("[[signature]]", "[signature]", "s.toml:1:1  entries are a list, as [[signature]]"),
        ("[[signature]]", "[[signature]", "s.toml:1:12  this is no TOML: "),
        (TOML, "signature = [1]", "s.toml:1:13  a signature is a table of its parts"),
        (TOML, "a = 1\nb = ", "s.toml:2:1  this is no TOML: "),
    ],
)
def test_a_problem_is_told_where_it_stands(old, new, expected):
    assert TOML.count(old) == 1
    assert any(one.startswith(expected) for one in found("s.toml", TOML.replace(old, new)))


def test_the_second_entry_has_places_of_its_own():
    second = TOML.replace('["S3.8"]', '["*"]')
    assert found("s.toml", TOML + second) == [
        "s.toml:18:9  '*' covers more than its signers saw; a type is exact"
    ]


def test_yaml_has_its_places_too():
    assert found("s.yaml", YAML.replace('bob: "..."', "")) == [
        "s.yaml:9:1  it needs two different people"
    ]
    assert found("s.yaml", YAML.replace("{ alice", "[{ alice").replace('." }', '." }]')) == [
        "s.yaml:9:1  'by' names each person with their signature"
    ]
    several = "s.yaml:1:1  unknown key 'signatures'; did you mean 'signed'?"
    assert several in found("s.yaml", "signatures: []")
    assert found("s.yaml", "- a") == ["s.yaml:1:1  a playbook is a mapping of keys to values"]


@pytest.mark.parametrize(
    ("more", "expected"),
    [
        ('pattern: { type: ["S3.8"] }', "s.yaml:10:1  it has a subject or a pattern, not both"),
        ("per_day: 0", "s.yaml:10:10  'per_day' is a whole number from 1 to 1000"),
        ("per_day: true", "s.yaml:10:10  'per_day' is a whole number from 1 to 1000"),
        ("per_day: 1001", "s.yaml:10:10  'per_day' is a whole number from 1 to 1000"),
        ("window: soon", "s.yaml:10:9  'window' is two times, from and to"),
        ("window: [2026-11-20, soon]", "s.yaml:10:9  'window' is two times, from and to"),
        ("window: [2026-11-20]", "s.yaml:10:9  'window' is two times, from and to"),
        ("window: [2026-11-20, 2026-11-19]", "s.yaml:10:9  its window ends before it begins"),
        ("actions: iam:CreateUser", "s.yaml:10:10  'actions' is a list of texts"),
        ('identities: ["*"]', "s.yaml:10:14  '*' covers more than its signers saw; one of identi"),
        ("requester: bob", "s.yaml:10:12  'bob' asked for it and cannot approve it"),
    ],
)
def test_what_a_statement_may_say_besides_is_checked_as_well(more, expected):
    (one,) = found("s.yaml", YAML + more)
    assert one.startswith(expected)


@pytest.mark.parametrize(
    "more",
    [
        "per_day: 1000",
        "window: null",
        "window: [2026-11-19, 2026-11-20]",
        "actions: [iam:CreateUser]",
        'identities: ["AROAEXAMPLE"]',
        "requester: carol",
    ],
)
def test_what_it_may_say_besides_is_fine(more):
    assert found("s.yaml", YAML + more) == []


def test_what_was_revoked_counts_for_nothing_and_is_left_alone():
    over = YAML.replace("2027-01-15", "2026-11-10").replace("public-website", "x")
    assert found("s.yaml", over + "revoked: { by: alice }", ("scanner",)) == []


def test_a_kind_that_nothing_asks_for_is_told_with_the_nearest_one():
    wrong = YAML.replace("public-website", "public-webpage")
    assert found("s.yaml", wrong, ("public-website", "scanner")) == [
        "s.yaml:2:7  warning: nothing asks for 'public-webpage'; did you mean 'public-website'?"
    ]
    assert (found("s.yaml", wrong), found("s.yaml", YAML, ("public-website",))) == ([], [])


def test_a_pattern_stands_in_the_place_of_a_subject():
    pattern = """pattern = '{"type": ["S3.8"], "account": {"id": ["111122223333"]}}'"""
    assert found("s.toml", TOML.replace('subject = "arn:aws:s3:::www"', pattern)) == []


def test_an_empty_text_is_told_by_its_name():
    told = found("s.toml", TOML.replace('"arn:aws:s3:::www"', '""'))
    assert told == ["s.toml:4:11  subject is a text, and not an empty one"]


@pytest.mark.parametrize(
    ("old", "new", "rule"),
    [
        ('bob = "..."\n', "", "signature-people"),
        ('[signature.by]\nalice = "..."\nbob = "..."\n', 'by = "alice"\n', "signature-people"),
        ("because =", 'requester = "bob"\nbecause =', "signature-people"),
        ('kind = "public-website"', 'kind = "public-websit"', "signature-kind"),
        ('"S3.8"', '"S3.*"', "signature-broad"),
        ('"arn:aws:s3:::www"', '""', "signature-entry"),
    ],
)
def test_a_problem_is_of_a_rule_that_has_a_page(old, new, rule):
    told = check_signatures("s.toml", TOML.replace(old, new), NOW, ("public-website",))
    assert [one.rule for one in told] == [rule]
    assert rule in RULES
