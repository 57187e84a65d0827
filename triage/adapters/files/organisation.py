"""organization.toml: whose account is it, who answers for it, and how much does it matter.

engine_roles = ["arn:aws:iam::111122223333:role/triage-read"]
break_glass = ["arn:aws:iam::111122223333:role/break-glass"]
ci_roles = ["arn:aws:iam::111122223333:role/deploy"]

[accounts.111122223333]
name = "shop"
tier = "production"
owner = "shop-team"

[ous."Root/Workloads/Sandboxes"]
tier = "sandbox"

[teams.shop-team]
people = ["alice", "bob"]
contact = "shop@example.com"
manager = "carol"

[networks.head-office]
kind = "office"
cidrs = ["198.51.100.0/24", "2001:db8:40::/48"]

`tier` of an account may be left out where the file has [ous]; only `tier` and `owner` of an
organisational unit are rules, and the nearest unit above an account speaks.
"""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from triage.adapters.files.organisation_problems import PRINCIPALS, SECTIONS, problems_of
from triage.adapters.files.problems import InvalidFile, read_toml
from triage.domain.account import Account, Organisation, Origin, Team, Tier, Unit, UnitPath
from triage.domain.network import Network, NetworkKind
from triage.domain.person import People

SEPARATOR = "/"


def read_organisation(path: Path, people: People | None = None) -> Organisation:
    """Read the file alone; `people` None leaves names of people unchecked. Raises InvalidFile."""
    content = read_toml(path)
    if problems := problems_of(path, content, people):
        raise InvalidFile(problems)
    tables: dict[str, Mapping[str, Any]] = {name: content.get(name, {}) for name in SECTIONS}
    return Organisation(
        accounts={number: _account(number, one) for number, one in tables["accounts"].items()},
        **{name: frozenset(content.get(name, ())) for name in PRINCIPALS},
        units={unit_path(name): _unit(one) for name, one in tables["ous"].items()},
        teams={name: _team(name, one) for name, one in tables["teams"].items()},
        networks={name: _network(name, one) for name, one in tables["networks"].items()},
        managers=_managers(people),
    )


def unit_path(text: str) -> UnitPath:
    """Read "Root/Workloads/Prod"; %2F stands for a slash within a name."""
    return tuple(name.replace("%2F", "/") for name in text.split(SEPARATOR))


def _account(number: str, one: Mapping[str, Any]) -> Account:
    return Account(
        id=number,
        name=one.get("name", ""),
        tier=Tier(one.get("tier", Tier.PRODUCTION)),
        owner=one.get("owner", ""),
        email=one.get("email", ""),
        ou=unit_path(one["ou"]) if "ou" in one else (),
        listed=True,
        origins=dict.fromkeys(one, Origin.FILE),
    )


def _unit(one: Mapping[str, Any]) -> Unit:
    return Unit(tier=Tier(one["tier"]) if "tier" in one else None, owner=one.get("owner", ""))


def _team(name: str, one: Mapping[str, Any]) -> Team:
    return Team(
        name=name,
        people=tuple(one.get("people", ())),
        contact=one.get("contact", ""),
        manager=one.get("manager", ""),
    )


def _network(name: str, one: Mapping[str, Any]) -> Network:
    return Network(name=name, kind=NetworkKind(one["kind"]), cidrs=tuple(one["cidrs"]))


def _managers(people: People | None) -> Mapping[str, str]:
    listed = people.people.values() if people else ()
    return {one.name: one.manager for one in listed if one.manager}
