"""organization.toml: whose account is it, and how much does it matter.

engine_roles = ["arn:aws:iam::111122223333:role/triage-read"]
break_glass = ["arn:aws:iam::111122223333:role/break-glass"]

[accounts.111122223333]
name = "shop"
tier = "production"
owner = "shop-team"
"""

import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.adapters.files.problems import InvalidFile, nearest, read_toml, tables, unknown_keys
from triage.domain.account import Account, Organisation, Tier

ACCOUNT = re.compile(r"[0-9]{12}")
KEYS = ("name", "tier", "owner")
PRINCIPALS = ("engine_roles", "break_glass")


def read_organisation(path: Path) -> Organisation:
    """Read the map. Raises InvalidFile."""
    content = read_toml(path)
    problems = unknown_keys(path, "the file", content, ["accounts", *PRINCIPALS])
    accounts = tables(path, content, "accounts")
    for number, one in accounts.items():
        problems += _problems(path, number, one)
    for name in PRINCIPALS:
        problems += _principals(path, name, content.get(name, []))
    if problems:
        raise InvalidFile(problems)
    return Organisation(
        accounts={number: _account(number, one) for number, one in accounts.items()},
        engine_roles=frozenset(content.get("engine_roles", ())),
        break_glass=frozenset(content.get("break_glass", ())),
    )


def _problems(path: Path, number: str, one: Any) -> list[str]:
    if not isinstance(one, dict):
        return [f"{path}: accounts.{number} is a table of name, tier and owner"]
    problems = unknown_keys(path, f"accounts.{number}", one, KEYS)
    if not ACCOUNT.fullmatch(number):
        problems.append(f"{path}: accounts.{number}: an account id has twelve digits")
    if "tier" not in one:
        return [*problems, f"{path}: accounts.{number} says no tier; use one of {', '.join(Tier)}"]
    if (tier := one["tier"]) not in set(Tier):
        hint = nearest(str(tier), Tier)
        problems.append(f"{path}: accounts.{number}.tier is {tier!r}, no tier{hint}")
    return problems


def _principals(path: Path, name: str, value: Any) -> list[str]:
    if isinstance(value, list) and all(
        isinstance(one, str) and one.startswith("arn:") for one in value
    ):
        return []
    return [f"{path}: {name} is a list of role or user ARNs"]


def _account(number: str, one: Mapping[str, Any]) -> Account:
    return Account(
        id=number,
        name=str(one.get("name", "")),
        tier=Tier(one["tier"]),
        owner=str(one.get("owner", "")),
        listed=True,
    )
