"""AWS Organizations: every account, its organisational unit and its tags, or Failed.

Only the management account and delegated administrators may ask, and Organizations throttles for
the organisation as a whole, so one request follows another below a rate of our own.
https://docs.aws.amazon.com/organizations/latest/APIReference/API_ListAccounts.html
https://docs.aws.amazon.com/organizations/latest/userguide/orgs_reference_limits.html
"""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from types import MappingProxyType
from typing import Any

from triage.adapters.aws.budget import Budget
from triage.adapters.aws.clients import Clients, NoCredentials, WrongAccount
from triage.adapters.aws.errors import translate
from triage.adapters.aws.limits import Rate
from triage.adapters.aws.paging import Cut, member
from triage.domain.account import UnitPath
from triage.domain.evidence import Failed, Failure
from triage.domain.snapshot import SHUT, Member, Snapshot
from triage.ports.clock import Clock

KIND = "organizations.snapshot"
RATES: Mapping[str, Rate] = MappingProxyType({KIND: Rate(5.0, burst=5)})
"""No figure is published for most of these calls; an organisation of 1,000 takes four minutes."""
REGIONS: Mapping[str, str] = MappingProxyType(
    {"aws": "us-east-1", "aws-cn": "cn-northwest-1", "aws-us-gov": "us-gov-west-1"}
)
"""Where the service's only endpoint is.

https://docs.aws.amazon.com/general/latest/gr/ao.html
"""
PAGES_MAX = 1_000
"""10,000 accounts, the most an organisation can have, at 20 a page, twice over."""
DEPTH_MAX = 8
"""Units below the root; AWS allows five."""
TEXT_MAX = 256
UNITS = "OrganizationalUnits"
TURN_SECONDS_MAX = timedelta(seconds=60)
Step = Iterator[None]


class Inconsistent(Exception):
    """The lists do not fit together: something moved meanwhile, or an answer was cut."""


@dataclass(kw_only=True)
class Gathered:
    """What was told so far."""

    management: str = ""
    accounts: dict[str, Mapping[str, Any]] = field(default_factory=dict)
    places: dict[str, UnitPath] = field(default_factory=dict)
    tags: dict[str, Mapping[str, str]] = field(default_factory=dict)

    def snapshot(self, as_of: datetime) -> Snapshot:
        """Put it together. Raises Inconsistent unless every account was found in its place."""
        # One that is closed may already hang nowhere.
        lost = [key for key in self.accounts.keys() - self.places.keys() if not self.shut(key)]
        strange = self.places.keys() - self.accounts.keys()
        if lost or strange or self.management not in self.accounts:
            raise Inconsistent
        members = {key: self._member(key, one) for key, one in self.accounts.items()}
        return Snapshot(as_of=as_of, management=self.management, members=members)

    def shut(self, key: str) -> bool:
        """Whether an account is closed or about to be."""
        return _state(self.accounts[key]) in SHUT

    def _member(self, key: str, one: Mapping[str, Any]) -> Member:
        return Member(
            id=key,
            name=_bounded(one.get("Name")),
            email=_bounded(one.get("Email")),
            state=_state(one),
            ou=self.places.get(key, ()),
            tags=self.tags.get(key, {}),
        )


class AwsOrganisation:
    """The organisation source port on AWS Organizations."""

    def __init__(self, clients: Clients, clock: Clock, account: str, partition: str) -> None:
        self._clients = clients
        self._clock = clock
        self._account = account
        self._region = REGIONS.get(partition, REGIONS["aws"])
        self._budget = Budget(RATES, clock)

    def ask(self) -> Iterator[Snapshot | Failed | None]:
        # The age of an answer is when it was asked for: it may be that old on arrival.
        asked, gathered = self._clock.now(), Gathered()
        try:
            client = self._clients.client("organizations", self._account, self._region)
            yield from Walk(client, self._turn, gathered).steps()
            found: Snapshot | Failed = gathered.snapshot(asked)
        except Exception as error:  # noqa: BLE001 - whatever happens to it, it is an answer
            found = _failed(error, asked)
        yield found

    def close(self) -> None:
        """Close every connection."""
        self._clients.close()

    def _turn(self) -> None:
        deadline = self._clock.now() + TURN_SECONDS_MAX
        self._budget.take(KIND, self._account, self._region, deadline=deadline)


@dataclass(frozen=True, slots=True)
class Walk:
    """From the root down to the last account's tags, one request a step."""

    client: Any
    turn: Callable[[], None]
    gathered: Gathered

    def steps(self) -> Step:
        """Make every request."""
        self.turn()
        organization = member(self.client.describe_organization(), "Organization")
        self.gathered.management = str(member(organization, "MasterAccountId"))
        yield
        for one in self._every("list_accounts", "Accounts"):
            if one is not None:
                self.gathered.accounts[str(member(one, "Id"))] = one
            yield
        for root in list(self._every("list_roots", "Roots")):
            if root is not None:
                yield from self._below(str(member(root, "Id")), (_bounded(root.get("Name")),))
        for account in self.gathered.accounts:
            if not self.gathered.shut(account):
                yield from self._tags(account)

    def _below(self, unit: str, path: UnitPath) -> Step:
        if len(path) > DEPTH_MAX:
            raise Cut
        for one in self._every("list_accounts_for_parent", "Accounts", ParentId=unit):
            if one is not None:
                self._place(str(member(one, "Id")), path)
            yield
        units = list(self._every("list_organizational_units_for_parent", UNITS, ParentId=unit))
        yield
        for below in units:
            if below is not None:
                name = _bounded(member(below, "Name"))
                yield from self._below(str(member(below, "Id")), (*path, name))

    def _place(self, account: str, path: UnitPath) -> None:
        if account in self.gathered.places:
            raise Inconsistent
        self.gathered.places[account] = path

    def _tags(self, account: str) -> Step:
        found: dict[str, str] = {}
        for tag in self._every("list_tags_for_resource", "Tags", ResourceId=account):
            if tag is not None:
                found[str(member(tag, "Key"))] = str(member(tag, "Value"))
        self.gathered.tags[account] = found
        yield

    def _every(self, method: str, key: str, **arguments: str) -> Iterator[Mapping[str, Any] | None]:
        """Every item of every page, with None after each page."""
        following: dict[str, str] = {}
        for _ in range(PAGES_MAX):
            self.turn()
            page = getattr(self.client, method)(**arguments, **following)
            yield from member(page, key)
            yield None
            if not page.get("NextToken"):
                return
            following = {"NextToken": page["NextToken"]}
        raise Cut


def _state(account: Mapping[str, Any]) -> str:
    # State, called Status until 9 September 2026.
    # https://docs.aws.amazon.com/organizations/latest/APIReference/API_Account.html
    return _bounded(account.get("State") or account.get("Status"))


def _bounded(text: Any) -> str:
    return str(text or "")[:TEXT_MAX]


def _failed(error: Exception, asked: datetime) -> Failed:
    match error:
        case Cut() | Inconsistent():
            return Failed(failure=Failure.PARTIAL, detail=KIND)
        case WrongAccount():
            return Failed(failure=Failure.MISPLACED, detail=str(error))
        case NoCredentials():
            return Failed(failure=Failure.UNSUPPORTED, detail=str(error))
        case _:
            told = translate(KIND, error, asked)
            return told if isinstance(told, Failed) else Failed(failure=Failure.BROKEN, detail=KIND)
