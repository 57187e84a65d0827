"""Resource policies: whom they let in, read on the side of caution.

What a condition narrows is believed only for a few keys with exact values; whatever else a
statement says, it counts as letting in all that it names.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements.html
"""

import json
from collections.abc import Iterator, Mapping
from typing import Any

from triage.questions.records.arn import arn_of
from triage.questions.records.shape import dig, text

ANYONE = "*"
NARROWING = frozenset(
    {
        "aws:principalorgid",
        "aws:principalaccount",
        "aws:sourceaccount",
        "aws:sourceorgid",
        "aws:sourcearn",
        "kms:calleraccount",
    }
)
"""Condition keys that leave only accounts of somebody's in.

https://docs.aws.amazon.com/AmazonS3/latest/userguide/access-control-block-public-access.html
"""
EXACT = frozenset({"stringequals", "arnequals", "stringlike", "arnlike"})
WILD = ("*", "?", "${")


def statements(document: Any) -> list[Mapping[str, Any]] | None:
    """Read a policy given as text; None when it is none, so that nobody takes it for empty."""
    try:
        policy = json.loads(document) if isinstance(document, str) else None
    except (ValueError, RecursionError):
        return None
    told = dig(policy, "Statement")
    found = told if isinstance(told, list) else [told]
    if not all(isinstance(one, Mapping) for one in found):
        return None
    return list(found)


def lets_anyone(statement: Mapping[str, Any]) -> bool:
    """Tell whether an Allow names everyone, or a service that anyone can send, and narrows none."""
    if text(statement, "Effect") != "Allow" or narrowed(statement):
        return False
    names = set(_principals(statement))
    return "NotPrincipal" in statement or ANYONE in names or any("*" in one for one in names)


def lets_any_service(statement: Mapping[str, Any]) -> bool:
    """Tell whether a service may call for whichever customer: an Allow without a source."""
    services = list(as_list(dig(statement, "Principal", "Service")))
    return text(statement, "Effect") == "Allow" and bool(services) and not narrowed(statement)


def accounts(statement: Mapping[str, Any]) -> Iterator[str]:
    """The accounts that an Allow lets in by name."""
    if text(statement, "Effect") == "Allow":
        for name in _principals(statement):
            arn = arn_of(name)
            account = arn.account if arn else name
            if account.isdigit():
                yield account


def narrowed(statement: Mapping[str, Any]) -> bool:
    """Tell whether some condition leaves only named accounts in; operators are joined by AND."""
    conditions = dig(statement, "Condition")
    if not isinstance(conditions, Mapping):
        return False
    return any(
        str(operator).lower() in EXACT and _names_somebody(keys)
        for operator, keys in conditions.items()
    )


def _names_somebody(keys: Any) -> bool:
    if not isinstance(keys, Mapping):
        return False
    return any(
        str(key).lower() in NARROWING and _exact(str(key).lower(), list(as_list(values)))
        for key, values in keys.items()
    )


def _exact(key: str, values: list[Any]) -> bool:
    """An ARN is exact when its account is; a bucket's names none, and anyone could own it."""
    if not values or not all(isinstance(one, str) and one for one in values):
        return False
    if key == "aws:sourcearn":
        found = [arn_of(one) for one in values]
        return all(arn is not None and arn.account.isdigit() for arn in found)
    return not any(mark in one for one in values for mark in WILD)


def _principals(statement: Mapping[str, Any]) -> Iterator[str]:
    told = dig(statement, "Principal")
    if isinstance(told, Mapping):
        told = dig(told, "AWS")
    yield from (one for one in as_list(told) if isinstance(one, str))


def as_list(value: Any) -> Iterator[Any]:
    """One or many: policies write a single value without brackets."""
    if isinstance(value, list):
        yield from value
    elif value is not None:
        yield value
