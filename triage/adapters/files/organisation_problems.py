"""Everything that is wrong with an organization.toml, each with its table and the nearest word."""

import re
from collections import Counter
from collections.abc import Callable, Iterator, Mapping, Sequence
from ipaddress import ip_network
from pathlib import Path
from types import MappingProxyType
from typing import Any

from triage.adapters.files.problems import nearest, unknown_keys
from triage.domain.account import Tier
from triage.domain.network import NetworkKind
from triage.domain.person import People

ACCOUNT = re.compile(r"[0-9]{12}")
ROLE = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:role/[\w+=,.@/-]+")
USER = re.compile(r"arn:aws[a-z-]*:iam::[0-9]{12}:user/[\w+=,.@/-]+")
SESSION = ":assumed-role/"
PRINCIPALS: Mapping[str, tuple[re.Pattern[str], ...]] = MappingProxyType(
    {"engine_roles": (ROLE, USER), "break_glass": (ROLE, USER), "ci_roles": (ROLE,)}
)
"""What each list may name: https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_identifiers.html"""
PREFIX_MIN = {4: 8, 6: 16}
"""Nobody owns more: a wider range would make half the internet ours."""
Problems = Iterator[str]


def problems_of(path: Path, content: Mapping[str, Any], people: People | None) -> list[str]:
    """One sentence for every problem, in the order of the sections."""
    found = unknown_keys(path, "the file", content, [*SECTIONS, *PRINCIPALS])
    for word, (shape, check) in SECTIONS.items():
        tables = content.get(word, {})
        if not isinstance(tables, dict):
            found.append(f"{path}: {word} is a table, such as [{word}.NAME]")
            continue
        for name, one in tables.items():
            if isinstance(one, dict):
                found += unknown_keys(path, f"{word}.{name}", one, shape)
                found += [f"{path}: {said}" for said in check(name, one, content)]
            else:
                found.append(f"{path}: {word}.{name} is a table of {_listed(shape)}")
    for name in PRINCIPALS:
        found += [f"{path}: {said}" for said in _principals(name, content.get(name, []))]
    more = [*_shared_ranges(content), *_strangers(content, people), *_circles(people)]
    return found + [f"{path}: {said}" for said in more]


def _listed(words: Sequence[str]) -> str:
    shown = [word for word in words if word not in EXTRAS]
    return f"{', '.join(shown[:-1])} and {shown[-1]}"


def _account(number: str, one: Mapping[str, Any], content: Mapping[str, Any]) -> Problems:
    place = f"accounts.{number}"
    if not ACCOUNT.fullmatch(number):
        yield f"{place}: an account id has twelve digits"
    yield from _texts(place, one, ("name", "owner", "email", "ou"))
    if "tier" not in one and not content.get("ous"):
        yield f"{place} says no tier; use one of {', '.join(Tier)}"
    yield from _tier(place, one)


def _unit(name: str, one: Mapping[str, Any], _content: Mapping[str, Any]) -> Problems:
    place = f'ous."{name}"'
    if not all(name.split("/")):
        yield f'{place}: a path is names with one slash between, such as "Root/Workloads"'
    if not one.keys() & {"tier", "owner"}:
        yield f"{place} says neither tier nor owner"
    yield from _texts(place, one, ("owner",))
    yield from _tier(place, one)


def _team(name: str, one: Mapping[str, Any], _content: Mapping[str, Any]) -> Problems:
    place = f"teams.{name}"
    yield from _texts(place, one, ("contact", "manager"))
    if not _is_texts(one.get("people", [])):
        yield f"{place}.people is a list of names"


def _network(name: str, one: Mapping[str, Any], _content: Mapping[str, Any]) -> Problems:
    place = f"networks.{name}"
    kind = one.get("kind")
    if kind not in set(NetworkKind):
        yield f"{place}.kind is {kind!r}, no kind of network{nearest(str(kind), NetworkKind)}"
    cidrs = one.get("cidrs", [])
    if not _is_texts(cidrs) or not cidrs:
        yield f"{place}.cidrs is a list of ranges, at least one"
        return
    for cidr in cidrs:
        yield from _range(f"{place}.cidrs", cidr)


def _range(place: str, cidr: str) -> Problems:
    try:
        network = ip_network(cidr, strict=False)
    except ValueError:
        yield f"{place}: {cidr!r} is no range of addresses"
        return
    if str(network) != cidr:
        yield f"{place}: {cidr!r} is not how a range is written; did you mean {str(network)!r}?"
    if network.prefixlen < PREFIX_MIN[network.version]:
        yield f"{place}: {cidr!r} is wider than /{PREFIX_MIN[network.version]}"


def _tier(place: str, one: Mapping[str, Any]) -> Problems:
    tier = one.get("tier", Tier.PRODUCTION)
    if tier not in set(Tier):
        yield f"{place}.tier is {tier!r}, no tier{nearest(str(tier), Tier)}"


def _texts(place: str, one: Mapping[str, Any], names: Sequence[str]) -> Problems:
    for name in names:
        if not isinstance(one.get(name, ""), str):
            yield f"{place}.{name} is text, in quotes"


def _is_texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(one, str) for one in value)


def _principals(name: str, value: Any) -> Problems:
    kinds = PRINCIPALS[name]
    words = "role ARNs" if len(kinds) == 1 else "role or user ARNs"
    if not _is_texts(value) or not all(one.startswith("arn:") for one in value):
        yield f"{name} is a list of {words}"
        return
    for arn in value:
        if not any(kind.fullmatch(arn) for kind in kinds):
            hint = "; name the role, not a session of it" if SESSION in arn else ""
            yield f"{name}: {arn!r} is not one of {words}{hint}"


def _shared_ranges(content: Mapping[str, Any]) -> Problems:
    """The narrowest range decides whose an address is; two networks cannot share one."""
    networks = content.get("networks", {})
    tables = networks if isinstance(networks, dict) else {}
    told = [
        cidr
        for one in tables.values()
        if isinstance(one, dict) and _is_texts(one.get("cidrs"))
        for cidr in one["cidrs"]
    ]
    for cidr, count in Counter(told).items():
        if count > 1:
            names = [name for name, one in tables.items() if cidr in one.get("cidrs", ())]
            yield f"networks: {cidr!r} is in {' and '.join(dict.fromkeys(names))} at once"


def _strangers(content: Mapping[str, Any], people: People | None) -> Problems:
    teams = content.get("teams", {})
    if people is None or not isinstance(teams, dict):
        return
    for name, one in teams.items():
        for field, named in _named(one):
            if named not in people.people:
                near = nearest(named, people.people)
                yield f"teams.{name}.{field}: {named!r} is not in people.toml{near}"


def _named(one: Any) -> Iterator[tuple[str, str]]:
    if not isinstance(one, dict):
        return
    if _is_texts(one.get("people", [])):
        yield from (("people", name) for name in one.get("people", []))
    if isinstance(one.get("manager"), str) and one["manager"]:
        yield "manager", one["manager"]


def _circles(people: People | None) -> Problems:
    """Chains of managers that come round again; each circle is told once."""
    above = {name: one.manager for name, one in people.people.items()} if people else {}
    told: set[str] = set()
    for name in above:
        chain: list[str] = []
        while name and name not in chain and name not in told:
            chain.append(name)
            name = above.get(name, "")  # noqa: PLW2901 - climbing
        if name in chain:
            circle = [*chain[chain.index(name) :], name]
            yield f"people.{name}.manager goes round in a circle: {' -> '.join(circle)}"
        told |= {*chain}


Check = Callable[[str, Mapping[str, Any], Mapping[str, Any]], Problems]
EXTRAS = frozenset({"email", "ou"})
"""Keys that the sentence about a wrong table leaves out."""
SECTIONS: Mapping[str, tuple[Sequence[str], Check]] = MappingProxyType(
    {
        "accounts": (("name", "tier", "owner", "email", "ou"), _account),
        "ous": (("tier", "owner"), _unit),
        "teams": (("people", "contact", "manager"), _team),
        "networks": (("kind", "cidrs"), _network),
    }
)
