"""Whom a policy lets in; what cannot be read lets in nobody knows whom."""

import json
from typing import Any

import pytest

from triage.questions.records.trust import Reach, reach

OWN, OTHER = "111122223333", "444455556666"


def allow(principal: Any, **more: Any) -> dict[str, Any]:
    return {"Effect": "Allow", "Principal": principal, "Action": "*", **more}


def only(key: str, value: Any, operator: str = "StringEquals") -> dict[str, Any]:
    return {"Condition": {operator: {key: value}}}


def let_in(*statements: Any) -> Reach | None:
    return reach({"Version": "2012-10-17", "Statement": list(statements)}, OWN)


EVERYONE = Reach(everyone=True)
CASES: list[tuple[dict[str, Any], Reach]] = [
    (allow({"AWS": f"arn:aws:iam::{OWN}:root"}), Reach()),
    (allow({"AWS": [OWN, f"arn:aws:iam::{OWN}:role/ci"]}), Reach()),
    (allow({"AWS": f"arn:aws:iam::{OTHER}:root"}), Reach(accounts=frozenset({OTHER}))),
    (allow({"AWS": OTHER}), Reach(accounts=frozenset({OTHER}))),
    (allow({"AWS": "AIDAGONELONGAGO"}), Reach(accounts=frozenset({"AIDAGONELONGAGO"}))),
    (allow("*"), EVERYONE),
    (allow({"AWS": "*"}), EVERYONE),
    (allow({"AWS": "arn:aws:iam::*:root"}), EVERYONE),
    ({"Effect": "Allow", "NotPrincipal": {"AWS": OWN}, "Action": "*"}, EVERYONE),
    (allow("*", **only("aws:PrincipalOrgID", "o-1")), Reach(organisation=True)),
    (allow("*", **only("aws:PrincipalOrgID", "*")), EVERYONE),
    (allow("*", **only("aws:PrincipalOrgID", "o-1", "StringNotEquals")), EVERYONE),
    (allow("*", **only("aws:PrincipalOrgID", "o-1", "StringEqualsIfExists")), EVERYONE),
    (allow("*", **only("aws:PrincipalAccount", OWN)), Reach()),
    (allow("*", **only("aws:SourceAccount", [OWN, OTHER])), Reach(accounts=frozenset({OTHER}))),
    (allow("*", **only("sts:ExternalId", "a-secret")), EVERYONE),
    (allow("*", **only("aws:SourceIp", "10.0.0.0/8", "IpAddress")), EVERYONE),
    (
        allow({"Federated": "accounts.google.com"}),
        Reach(federated=frozenset({"accounts.google.com"})),
    ),
    (
        allow({"Service": "ec2.amazonaws.com"}),
        Reach(services=frozenset({"ec2.amazonaws.com"})),
    ),
    (allow({"CanonicalUser": "79a5"}), Reach(accounts=frozenset({"79a5"}))),
    ({"Effect": "Deny", "Principal": "*", "Action": "*"}, Reach()),
]


@pytest.mark.parametrize(("statement", "expected"), CASES)
def test_a_statement_lets_in_whom_it_names_and_in_doubt_more(statement, expected):
    assert let_in(statement) == expected


@pytest.mark.parametrize(("statement", "expected"), CASES)
def test_a_statement_given_as_text_says_the_same(statement, expected):
    assert reach(json.dumps({"Statement": statement}), OWN) == expected


def test_statements_add_up():
    found = let_in(allow({"AWS": OTHER}), allow({"Service": "s3.amazonaws.com"}))
    assert found == Reach(accounts=frozenset({OTHER}), services=frozenset({"s3.amazonaws.com"}))


@pytest.mark.parametrize(
    "document",
    [
        None,
        "",
        "{",
        "[" * 10_000,
        7,
        {},
        {"Statement": None},
        {"Statement": [7]},
        {"Statement": [{"Effect": "Allow"}]},
        {"Statement": [allow({"AWS": {"x": 1}})]},
        {"Statement": [allow({"AWS": []})]},
        {"Statement": [allow({"Somebody": "x"})]},
        {"Statement": [allow("somebody")]},
        {"Statement": [allow({})]},
        {"Statement": [{"Effect": "allow", "Principal": "*"}]},
    ],
    ids=repr,
)
def test_what_is_no_policy_is_not_taken_for_a_closed_one(document):
    assert reach(document, OWN) is None


@pytest.mark.parametrize(
    ("found", "outside"),
    [
        (Reach(), False),
        (Reach(services=frozenset({"ec2.amazonaws.com"})), False),
        (EVERYONE, True),
        (Reach(organisation=True), True),
        (Reach(accounts=frozenset({OTHER})), True),
        (Reach(federated=frozenset({"x"})), True),
    ],
)
def test_only_the_own_account_and_services_are_inside(found, outside):
    assert found.outside is outside
