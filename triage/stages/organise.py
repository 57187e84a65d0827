"""What people wrote and what AWS Organizations said become one map of the organisation.

The file wins. Where it is silent, a tier comes from the nearest organisational unit with a rule,
else from a tag on the account, else it is production. The management account is known as such.
Tags here are those of Organizations: nobody inside the account can write them.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Any

from triage.domain.account import Account, Organisation, Origin, Tier, Unit, UnitPath
from triage.domain.snapshot import SHUT, Member, Snapshot

Said = tuple[Any, Origin]
"""A value and who said it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """How to read a snapshot: which tags speak, and for how long it is believed."""

    tier_tag: str = "tier"
    owner_tag: str = "owner"
    age_max: timedelta = timedelta(hours=24)


def organise(
    written: Organisation, snapshot: Snapshot | None, terms: Terms, now: datetime
) -> Organisation:
    """Merge the file and the last snapshot.

    From a snapshot that is too old only the caution stays: its accounts are unlisted, that is
    production, but a management account is still one.
    """
    if snapshot is None:
        return _merged(written, None, terms)
    whole = _merged(written, snapshot, terms)
    if snapshot.holds(now, terms.age_max):
        return whole
    managing = {key: one for key, one in whole.accounts.items() if one.tier is Tier.MANAGEMENT}
    known = _merged(written, None, terms)
    return replace(known, accounts={**known.accounts, **managing})


def _merged(written: Organisation, snapshot: Snapshot | None, terms: Terms) -> Organisation:
    members = snapshot.members if snapshot else {}
    management = snapshot.management if snapshot else ""
    ids = sorted({*written.accounts, *members})
    accounts = {
        key: _account(
            Told(
                id=key,
                written=written.accounts.get(key),
                member=members.get(key),
                managing=key == management,
            ),
            written,
            terms,
        )
        for key in ids
    }
    return replace(written, accounts=accounts)


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """One account as each side tells it."""

    id: str
    written: Account | None = None
    member: Member | None = None
    managing: bool = False

    def by_file(self, name: str) -> Said | None:
        """Say what the file says of a field, or None when it is silent."""
        if self.written is None or self.written.origin(name) is Origin.DEFAULT:
            return None
        return getattr(self.written, name), self.written.origin(name)

    def by_organizations(self, name: str) -> Said | None:
        """Say what Organizations says of a field, or None when it is silent."""
        value = getattr(self.member, name, None)
        return (value, Origin.ORGANIZATIONS) if value else None

    def ou(self) -> UnitPath:
        """Where it hangs, by the file or else by Organizations."""
        said = self.by_file("ou") or self.by_organizations("ou")
        return said[0] if said else ()


def _account(told: Told, written: Organisation, terms: Terms) -> Account:
    found = {
        name: told.by_file(name) or told.by_organizations(name) for name in ("name", "email", "ou")
    }
    found["tier"] = told.by_file("tier") or tier_elsewhere(told, written.units, terms)
    found["owner"] = told.by_file("owner") or owner_elsewhere(told, written.units, terms)
    found["suspended"] = _suspended(told)
    said = {name: one for name, one in found.items() if one is not None}
    values = {name: value for name, (value, _) in said.items()}
    team = written.teams.get(values.get("owner", ""))
    return Account(
        id=told.id,
        listed=True,
        contact=team.contact if team else "",
        origins={name: origin for name, (_, origin) in said.items()},
        **values,
    )


def tier_elsewhere(told: Told, units: Mapping[UnitPath, Unit], terms: Terms) -> Said | None:
    """Say what tier it has where the file does not name the account."""
    if told.managing:
        return Tier.MANAGEMENT, Origin.ORGANIZATIONS
    by_unit = nearest_unit(told.ou(), units, lambda unit: unit.tier)
    if by_unit is not None:
        return by_unit, Origin.UNIT
    tag = tag_of(told.member, terms.tier_tag)
    return (Tier(tag), Origin.ORGANIZATIONS) if tag in set(Tier) else None


def owner_elsewhere(told: Told, units: Mapping[UnitPath, Unit], terms: Terms) -> Said | None:
    """Say who owns it where the file does not name the account."""
    by_unit = nearest_unit(told.ou(), units, lambda unit: unit.owner)
    if by_unit:
        return by_unit, Origin.UNIT
    tag = tag_of(told.member, terms.owner_tag)
    return (tag, Origin.ORGANIZATIONS) if tag else None


def nearest_unit(
    ou: UnitPath, units: Mapping[UnitPath, Unit], wanted: Callable[[Unit], Any]
) -> Any:
    """Ask the unit itself, then each one above it; None when none has anything to say."""
    above = (units.get(ou[:depth]) for depth in range(len(ou), 0, -1))
    return next((wanted(unit) for unit in above if unit and wanted(unit)), None)


def tag_of(member: Member | None, key: str) -> str:
    """Give the value of a tag; "" without one."""
    return member.tags.get(key, "") if member and key else ""


def _suspended(told: Told) -> Said | None:
    shut = told.member is not None and told.member.state in SHUT
    return (True, Origin.ORGANIZATIONS) if shut else None
