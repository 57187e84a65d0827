"""The organisation map of a decision, as JSON: written when it is made, read at its replay."""

from collections.abc import Mapping
from typing import Any

from triage.domain.account import Account, Organisation, Origin, Team, Tier, Unit
from triage.domain.json import Record
from triage.domain.network import Network, NetworkKind


def organisation_as_json(organisation: Organisation) -> Record:
    """Write the organisation map."""
    return {
        "accounts": {key: _account(one) for key, one in organisation.accounts.items()},
        "engine_roles": sorted(organisation.engine_roles),
        "break_glass": sorted(organisation.break_glass),
        "ci_roles": sorted(organisation.ci_roles),
        "units": [
            {"path": list(path), "tier": one.tier, "owner": one.owner}
            for path, one in sorted(organisation.units.items())
        ],
        "teams": {
            key: {"people": list(one.people), "contact": one.contact, "manager": one.manager}
            for key, one in organisation.teams.items()
        },
        "networks": {
            key: {"kind": one.kind, "cidrs": list(one.cidrs)}
            for key, one in organisation.networks.items()
        },
        "managers": dict(organisation.managers),
    }


def _account(one: Account) -> Record:
    return {
        "id": one.id,
        "name": one.name,
        "tier": one.tier,
        "owner": one.owner,
        "listed": one.listed,
        "ou": list(one.ou),
        "email": one.email,
        "contact": one.contact,
        "suspended": one.suspended,
        "origins": dict(one.origins),
    }


def organisation_from_json(row: Record) -> Organisation:
    """Read it back, equal; parts that older decisions did not have are empty."""
    return Organisation(
        accounts={key: _account_from(key, one) for key, one in row["accounts"].items()},
        engine_roles=frozenset(row["engine_roles"]),
        break_glass=frozenset(row["break_glass"]),
        ci_roles=frozenset(row.get("ci_roles", ())),
        units={
            tuple(one["path"]): Unit(
                tier=Tier(one["tier"]) if one["tier"] else None, owner=one["owner"]
            )
            for one in row.get("units", ())
        },
        teams={key: _team(key, one) for key, one in row.get("teams", {}).items()},
        networks={key: _network(key, one) for key, one in row.get("networks", {}).items()},
        managers=row.get("managers", {}),
    )


def _account_from(key: str, one: Mapping[str, Any]) -> Account:
    return Account(
        id=one.get("id", key),
        name=one["name"],
        tier=Tier(one["tier"]),
        owner=one["owner"],
        listed=one.get("listed", True),
        ou=tuple(one.get("ou", ())),
        email=one.get("email", ""),
        contact=one.get("contact", ""),
        suspended=one.get("suspended", False),
        origins={name: Origin(origin) for name, origin in one.get("origins", {}).items()},
    )


def _team(key: str, one: Mapping[str, Any]) -> Team:
    return Team(
        name=key, people=tuple(one["people"]), contact=one["contact"], manager=one["manager"]
    )


def _network(key: str, one: Mapping[str, Any]) -> Network:
    return Network(name=key, kind=NetworkKind(one["kind"]), cidrs=tuple(one["cidrs"]))
