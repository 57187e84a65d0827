"""The organisation map: whose account is it, who answers for it, and how much does it matter."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum

from triage.domain.network import Network, longest_prefix


class Tier(StrEnum):
    """What an account is for. Unlisted counts as production."""

    PRODUCTION = "production"
    STAGING = "staging"
    DEVELOPMENT = "development"
    SANDBOX = "sandbox"
    MANAGEMENT = "management"


class Origin(StrEnum):
    """Who said it."""

    FILE = "organization.toml"
    UNIT = "organization.toml [ous]"
    ORGANIZATIONS = "organizations"
    DEFAULT = "default"


UnitPath = tuple[str, ...]
"""Names of organisational units from the root down: ("Root", "Workloads", "Prod")."""


def path_text(path: UnitPath) -> str:
    """Write a path as people do; a slash within a name is no step of it."""
    return "/".join(name.replace("/", "%2F") for name in path)


@dataclass(frozen=True, slots=True, kw_only=True)
class Account:
    """One account; `listed` is False when nobody told us about it and the defaults speak.

    `contact` is how to reach the owner team, `origins` says by field's name who said it.
    """

    id: str
    name: str = ""
    tier: Tier = Tier.PRODUCTION
    owner: str = ""
    listed: bool = False
    ou: UnitPath = ()
    email: str = ""
    contact: str = ""
    suspended: bool = False
    origins: Mapping[str, Origin] = field(default_factory=dict)

    def origin(self, name: str) -> Origin:
        """Say who said this field."""
        return self.origins.get(name, Origin.DEFAULT)

    @property
    def source(self) -> Origin:
        """Say who knows the account; the file, where it says anything."""
        by_organizations = Origin.ORGANIZATIONS in self.origins.values()
        by_file = Origin.FILE in self.origins.values()
        return Origin.ORGANIZATIONS if by_organizations and not by_file else Origin.FILE

    @property
    def trusted_name(self) -> str:
        """Its name, unless somebody inside the account may have chosen it."""
        return "" if self.origin("name") is Origin.ORGANIZATIONS else self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class Team:
    """Who owns accounts: people by name, how to reach them, and who answers for them."""

    name: str
    people: tuple[str, ...] = ()
    contact: str = ""
    manager: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Unit:
    """What holds for every account below an organisational unit, unless something nearer speaks."""

    tier: Tier | None = None
    owner: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Organisation:
    """Every account we were told of, its owners, our networks and our own principals.

    `engine_roles`, `break_glass` and `ci_roles` hold ARNs, exactly; the first two are principals
    no engine may excuse. `managers` names each person's manager.
    """

    accounts: Mapping[str, Account] = field(default_factory=dict)
    engine_roles: frozenset[str] = frozenset()
    break_glass: frozenset[str] = frozenset()
    ci_roles: frozenset[str] = frozenset()
    units: Mapping[UnitPath, Unit] = field(default_factory=dict)
    teams: Mapping[str, Team] = field(default_factory=dict)
    networks: Mapping[str, Network] = field(default_factory=dict)
    managers: Mapping[str, str] = field(default_factory=dict)

    def account(self, account_id: str) -> Account:
        return self.accounts.get(account_id) or Account(id=account_id)

    def owner_of(self, account_id: str) -> Team | None:
        """Give the team that owns an account; one that nobody described has only its name."""
        owner = self.account(account_id).owner
        return (self.teams.get(owner) or Team(name=owner)) if owner else None

    def manager_chain(self, person: str) -> tuple[str, ...]:
        """Everyone above a person, nearest first; it ends where it would come round again."""
        chain: list[str] = []
        above = self.managers.get(person, "")
        while above and above not in {person, *chain}:
            chain.append(above)
            above = self.managers.get(above, "")
        return tuple(chain)

    def network_of(self, address: str) -> Network | None:
        """Give the network of ours with the longest prefix that holds an address."""
        return longest_prefix(address, self.networks.values())
