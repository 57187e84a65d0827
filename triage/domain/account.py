"""The organisation map: whose account is it, and how much does it matter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class Tier(StrEnum):
    """What an account is for. Unlisted counts as production."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"
    SANDBOX = "sandbox"
    MANAGEMENT = "management"


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `listed` is False when nobody told us about it and the defaults speak."""

    id: str
    name: str = ""
    tier: Tier = Tier.PRODUCTION
    owner: str = ""
    listed: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Every account we were told of, and the principals no engine may excuse.

    `engine_roles`, `break_glass` hold role or user ARNs, exactly.
    """

    accounts: Mapping[str, Account] = field(default_factory=dict)
    engine_roles: frozenset[str] = frozenset()
    break_glass: frozenset[str] = frozenset()

    def account(self, account_id: str) -> Account:
        return self.accounts.get(account_id) or Account(id=account_id)
