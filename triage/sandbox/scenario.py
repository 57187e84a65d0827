"""A scenario: accounts and what is in them, as a file a person can read.

The format is told at the top of scenarios/small.yaml. Reading resolves relative times ("-2h")
and refuses unknown words; building it is the loader's work.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from triage.domain.account import Account, Organisation, Tier
from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.sandbox.moments import absolute, iso

SECTIONS = (
    "account_settings",
    "buckets",
    "security_groups",
    "instances",
    "scaling_groups",
    "target_groups",
    "volumes",
    "waf_ip_sets",
    "rule_groups",
    "snapshots",
    "images",
    "sharing_blocks",
    "databases",
    "database_snapshots",
    "keys",
    "functions",
    "users",
    "roles",
    "trails",
    "recorders",
    "detectors",
    "guardduty_findings",
    "security_hub_findings",
    "macie_findings",
    "macie_filters",
    "analyzers",
    "analyzer_findings",
    "archive_rules",
    "guardduty_filters",
    "ip_sets",
    "threat_intel_sets",
    "guardduty_members",
    "automation_rules",
    "automation_rules_v2",
    "inspector_filters",
    "config_rules",
    "standards",
    "standards_controls",
    "allow_lists",
    "stacks",
    "response_cases",
    "security_hub_v2_findings",
    "inspector_findings",
    "inspector_coverage",
    "inspector_scans",
    "runbooks",
    "config_items",
    "config_compliance",
    "cloudtrail_events",
)
"""In the order they are built: a trail needs its bucket, an instance its security group."""

PLAIN = frozenset({"name", "tier", "owner", "ou", "tags"})
ACCOUNT_DIGITS = 12


class ScenarioInvalid(TriageError):
    """A scenario says something that cannot be built; the sentence says where and what."""

    def __init__(self, place: str, problem: str) -> None:
        super().__init__(f"{place}: {problem}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Furnished:
    """One account and everything to put into it, section by section."""

    id: str
    name: str
    tier: Tier
    owner: str
    ou: tuple[str, ...] = ()
    tags: Mapping[str, str] = field(default_factory=dict)
    sections: Mapping[str, Sequence[Record]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Scenario:
    """Accounts in the order of the file; `region` is where an item without its own goes.

    With a `management` account, one of them, they form an organisation.
    """

    region: str = "us-east-1"
    accounts: Sequence[Furnished] = field(default_factory=tuple)
    management: str = ""

    def organisation(self) -> Organisation:
        """Return the organisation map that goes with the scenario."""
        return Organisation(
            accounts={
                each.id: Account(
                    id=each.id, name=each.name, tier=each.tier, owner=each.owner, listed=True
                )
                for each in self.accounts
            }
        )


def read(source: Path | Mapping[str, Any] | None, *, now: datetime) -> Scenario:
    """Read a scenario from a YAML file or a mapping; relative times are seen from `now`.

    Raises ScenarioInvalid.
    """
    place = str(source) if isinstance(source, Path) else "scenario"
    document = _parsed(source) if isinstance(source, Path) else source
    if document is None:
        return Scenario()
    known = resolved(document, now)
    if not isinstance(known, Mapping):
        raise ScenarioInvalid(place, "a scenario is a mapping with `accounts`")
    _only(known, {"region", "accounts", "organization"}, place)
    accounts = (known.get("accounts") or {}).items()
    return Scenario(
        region=str(known.get("region", "us-east-1")),
        accounts=tuple(_account(str(key), value, place) for key, value in accounts),
        management=_management(known.get("organization") or {}, place),
    )


def _management(value: Any, place: str) -> str:
    if not isinstance(value, Mapping):
        raise ScenarioInvalid(place, "organization is a mapping with `management`")
    _only(value, {"management"}, f"{place}: organization")
    return str(value.get("management", ""))


def _parsed(path: Path) -> Any:
    try:
        return YAML(typ="safe", pure=True).load(path)
    except (YAMLError, OSError) as error:
        raise ScenarioInvalid(str(path), " ".join(str(error).split())) from error


def resolved(value: Any, now: datetime) -> Any:
    """Replace relative times by absolute ones, and YAML's dates by text, however deep."""
    if isinstance(value, str):
        return absolute(value, now) or value
    if isinstance(value, Mapping):
        return {str(key): resolved(each, now) for key, each in value.items()}
    if isinstance(value, list):
        return [resolved(each, now) for each in value]
    if isinstance(value, datetime):
        return iso(value)
    return value.isoformat() if isinstance(value, date) else value


def _account(account: str, value: Any, place: str) -> Furnished:
    place = f"{place}: account {account}"
    if len(account) != ACCOUNT_DIGITS or not account.isdigit():
        raise ScenarioInvalid(place, "an account id is twelve digits; write it in quotes")
    if not isinstance(value, Mapping):
        raise ScenarioInvalid(place, "an account is a mapping")
    _only(value, {*PLAIN, *SECTIONS}, place)
    return Furnished(
        id=account,
        name=str(value.get("name", "")),
        tier=_tier(str(value.get("tier", Tier.PRODUCTION)), place),
        owner=str(value.get("owner", "")),
        ou=tuple(str(value["ou"]).split("/")) if value.get("ou") else (),
        tags={str(name): str(tag) for name, tag in (value.get("tags") or {}).items()},
        sections={name: _items(value.get(name), f"{place}: {name}") for name in SECTIONS},
    )


def _tier(text: str, place: str) -> Tier:
    try:
        return Tier(text)
    except ValueError as error:
        known = ", ".join(tier.value for tier in Tier)
        raise ScenarioInvalid(place, f"tier {text!r} is not one of {known}") from error


def _items(value: Any, place: str) -> Sequence[Record]:
    items = value or []
    if not isinstance(items, list) or not all(isinstance(item, Mapping) for item in items):
        raise ScenarioInvalid(place, "this is a list of mappings")
    return tuple(items)


def _only(value: Mapping[str, Any], known: set[str], place: str) -> None:
    unknown = sorted(set(value) - known)
    if unknown:
        raise ScenarioInvalid(place, f"unknown word {', '.join(unknown)}")
