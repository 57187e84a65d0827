"""Files of signatures, TOML or YAML: every problem where it stands, whatever the file holds."""

from datetime import UTC, datetime

import pytest

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
signatures:
  - id: www
    kind: public-website
    subject: arn:aws:s3:::www
    account: "111122223333"
    types: [S3.8]
    because: The shop's pages.
    signed: 2026-11-01T00:00:00Z
    expires: 2027-01-15
    by: [alice, bob]
"""
ONE = "".join(line[4:] + "\n" for line in YAML.replace("  - ", "    ").splitlines()[1:])


def found(name, text):
    return [str(one) for one in check_signatures(name, text, NOW)]


@pytest.mark.parametrize(
    ("name", "text"), [("s.toml", TOML), ("s.yaml", YAML), ("s.yaml", ONE), ("s.toml", "")]
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
    assert found("s.yaml", YAML.replace("[alice, bob]", "[alice, alice]")) == [
        "s.yaml:10:5  it needs two different people"
    ]
    assert found("s.yaml", "- a") == ["s.yaml:1:1  a playbook is a mapping of keys to values"]
