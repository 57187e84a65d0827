"""Whom a policy lets in, seen from the account that owns it; when in doubt, more.

Access Analyzer's zone of trust is the owner's account here: whoever else is named is outside.
https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_principal.html
"""

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from triage.questions.records.shape import dig, text

ANYONE = "*"
ORGANISATION = "aws:principalorgid"
BY_ACCOUNT = frozenset({"aws:principalaccount", "aws:sourceaccount", "kms:calleraccount"})
EXACTLY = "stringequals"
KINDS = frozenset({"AWS", "Federated", "Service", "CanonicalUser"})
ACCOUNT = 4
"""Which part of an ARN it is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reach:
    """Who is let in: other accounts (or ids nobody can place), providers, services.

    `organisation` says that somebody is let in only from a named organisation.
    """

    everyone: bool = False
    accounts: frozenset[str] = frozenset()
    organisation: bool = False
    federated: frozenset[str] = frozenset()
    services: frozenset[str] = frozenset()

    @property
    def outside(self) -> bool:
        """Tell whether anybody but the own account and AWS services is let in."""
        return self.everyone or self.organisation or bool(self.accounts or self.federated)

    def __or__(self, other: "Reach") -> "Reach":
        return Reach(
            everyone=self.everyone or other.everyone,
            accounts=self.accounts | other.accounts,
            organisation=self.organisation or other.organisation,
            federated=self.federated | other.federated,
            services=self.services | other.services,
        )


def reach(document: Any, own: str) -> Reach | None:
    """Whom a policy lets in; None for what is no policy, so that nobody takes it for a closed one.

    `document` is the policy's text, or what it says already read.
    """
    policy = _read(document)
    told = dig(policy, "Statement")
    statements = told if isinstance(told, list) else [told]
    if not all(isinstance(one, Mapping) and _is_statement(one) for one in statements):
        return None
    found = Reach()
    for one in statements:
        if text(one, "Effect") == "Allow":
            found |= _allowed(one, own)
    return found


def _read(document: Any) -> Any:
    if not isinstance(document, str):
        return document
    try:
        return json.loads(document)
    except (ValueError, RecursionError):
        return None


def _is_statement(statement: Mapping[str, Any]) -> bool:
    if text(statement, "Effect") not in {"Allow", "Deny"}:
        return False
    return "NotPrincipal" in statement or _is_principal(statement.get("Principal"))


def _is_principal(told: Any) -> bool:
    if isinstance(told, str):
        return told == ANYONE
    named = isinstance(told, Mapping) and bool(told) and set(told) <= KINDS
    return named and all(_is_text(one) for one in told.values())


def _is_text(value: Any) -> bool:
    listed = value if isinstance(value, list) else [value]
    return bool(listed) and all(isinstance(one, str) and one for one in listed)


def _allowed(statement: Mapping[str, Any], own: str) -> Reach:
    if "NotPrincipal" in statement:
        return Reach(everyone=True)
    principal = statement["Principal"]
    kinds = principal if isinstance(principal, Mapping) else {"AWS": principal}
    found = Reach(
        federated=frozenset(_texts(kinds.get("Federated"))),
        services=frozenset(_texts(kinds.get("Service"))),
        accounts=frozenset(_texts(kinds.get("CanonicalUser"))),
    )
    for name in _texts(kinds.get("AWS")):
        found |= _anyone(statement, own) if ANYONE in name else _somebody(name, own)
    return found


def _somebody(name: str, own: str) -> Reach:
    """An account, or an ARN in one; a bare unique id (of whoever is gone) is nobody's we know."""
    parts = name.split(":")
    account = parts[ACCOUNT] if len(parts) > ACCOUNT else name
    return Reach() if account == own else Reach(accounts=frozenset({account}))


def _anyone(statement: Mapping[str, Any], own: str) -> Reach:
    """Everyone, unless a condition leaves only an organisation or some accounts."""
    for key, values in _exactly(statement):
        if key == ORGANISATION:
            return Reach(organisation=True)
        if key in BY_ACCOUNT:
            return Reach(accounts=frozenset(values) - {own})
    return Reach(everyone=True)


def _exactly(statement: Mapping[str, Any]) -> Iterator[tuple[str, list[str]]]:
    conditions = statement.get("Condition")
    for operator, keys in conditions.items() if isinstance(conditions, Mapping) else ():
        if str(operator).lower() == EXACTLY and isinstance(keys, Mapping):
            for key, values in keys.items():
                listed = list(_texts(values))
                if listed and not any("*" in one or "${" in one for one in listed):
                    yield str(key).lower(), listed


def _texts(value: Any) -> Iterator[str]:
    listed: Iterable[Any] = value if isinstance(value, list) else [value]
    yield from (one for one in listed if isinstance(one, str) and one)
