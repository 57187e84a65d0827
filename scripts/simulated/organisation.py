"""A simulated organisation: its accounts, who works there, and who judges its tickets."""

import random  # noqa: TID251 - seeded by the caller
from dataclasses import dataclass

from triage.domain.account import Account, Organisation, Tier

ACCOUNTS = (8, 16)
ANALYSTS = 5
PEOPLE = 12
TIERS = {Tier.PRODUCTION: 35, Tier.STAGING: 20, Tier.DEVELOPMENT: 30, Tier.SANDBOX: 12}
UNLISTED = 2
"""Accounts that nobody told Triage about; they count as production."""
MISSES, FALSE_ALARMS = (0.02, 0.10), (0.0, 0.02)
"""How often an analyst calls an attack harmless, and the other way round."""
BUSY = {Tier.PRODUCTION: 1.0, Tier.STAGING: 1.0, Tier.DEVELOPMENT: 1.6, Tier.SANDBOX: 1.2}
WANTED = {Tier.PRODUCTION: 3.0, Tier.STAGING: 1.5, Tier.DEVELOPMENT: 1.2, Tier.SANDBOX: 0.6}
RISKY = {Tier.PRODUCTION: 2.0, Tier.STAGING: 0.8, Tier.DEVELOPMENT: 0.6, Tier.SANDBOX: 0.4}
"""How much goes on in an account, how much attackers want it, and how much more often than a kind's
own share something left open there is a risk, by tier."""
UNWATCHED = 4.0
"""How much likelier an account that nobody lists is where an attacker starts."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Analyst:
    """Somebody who judges tickets, and how often wrongly (0-1)."""

    name: str
    misses: float
    false_alarms: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """An account, how much goes on in it and how much attackers want it (weights)."""

    account: Account
    busy: float
    wanted: float


@dataclass(frozen=True, slots=True, kw_only=True)
class Firm:
    """An organisation as it is, which is more than its map says: unlisted accounts too."""

    places: tuple[Place, ...]
    people: tuple[str, ...]
    analysts: tuple[Analyst, ...]

    @property
    def map(self) -> Organisation:
        """What Triage is told of it."""
        listed = (place.account for place in self.places if place.account.listed)
        return Organisation(accounts={account.id: account for account in listed})


def firm(chance: random.Random) -> Firm:
    """Draw one."""
    tiers = chance.choices(list(TIERS), list(TIERS.values()), k=chance.randint(*ACCOUNTS))
    listed = [
        Account(id=f"{chance.randrange(10**11, 10**12)}", tier=tier, owner=f"team-{n}", listed=True)
        for n, tier in enumerate(tiers)
    ]
    unlisted = [Account(id=f"{chance.randrange(10**11, 10**12)}") for _ in range(UNLISTED)]
    return Firm(
        places=tuple(_place(account, chance) for account in (*listed, *unlisted)),
        people=tuple(f"person{n}" for n in range(PEOPLE)),
        analysts=tuple(
            Analyst(
                name=f"analyst{n}",
                misses=chance.uniform(*MISSES),
                false_alarms=chance.uniform(*FALSE_ALARMS),
            )
            for n in range(ANALYSTS)
        ),
    )


def _place(account: Account, chance: random.Random) -> Place:
    busy = chance.uniform(0.3, 2.0) * BUSY[account.tier] * (1 if account.listed else 0.3)
    wanted = busy * WANTED[account.tier] * (1 if account.listed else UNWATCHED)
    return Place(account=account, busy=busy, wanted=wanted)
