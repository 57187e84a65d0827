"""AWS Organizations over HTTP: the whole organisation, or Failed; never fewer accounts."""

from collections.abc import Callable, Iterator
from typing import Any

import pytest

from tests.builders import NOON
from tests.stored import SteppingClock
from triage.adapters.aws.clients import Clients, Role
from triage.adapters.aws.limits import AwsLimits
from triage.adapters.aws.organisation_source import (
    RATES,
    AwsOrganisation,
    Gathered,
    Inconsistent,
)
from triage.domain.evidence import Failed, Failure
from triage.domain.snapshot import Member, Snapshot
from triage.sandbox.server import Sandbox

pytestmark = pytest.mark.slow

MANAGEMENT, SHOP, LAB = "100000000001", "111122223333", "444455556666"
ORGANISATION: dict[str, Any] = {
    "organization": {"management": MANAGEMENT},
    "accounts": {
        MANAGEMENT: {"name": "root"},
        SHOP: {"name": "shop", "ou": "Workloads/Prod", "tags": {"owner": "shop-team"}},
        LAB: {"name": "lab", "ou": "Sandboxes", "tags": {"tier": "sandbox"}},
    },
}
Ask = Callable[..., Snapshot | Failed]


@pytest.fixture
def waiting() -> SteppingClock:
    return SteppingClock()


@pytest.fixture
def ask(sandbox: Sandbox, waiting: SteppingClock, monkeypatch: pytest.MonkeyPatch) -> Iterator[Ask]:
    """Ask as an account (the management account unless told otherwise) for the one wanted."""
    made = []

    def asked(account: str = MANAGEMENT, *, wanted: str = "") -> Snapshot | Failed:
        for name, value in sandbox.environment(account, "eu-west-1").items():
            monkeypatch.setenv(name, value)
        limits = AwsLimits(attempts=1, read_seconds=5)
        clients = Clients(Role(), limits, "eu-west-1")
        source = AwsOrganisation(clients, waiting, wanted or account, "aws")
        made.append(source)
        *_, last = source.ask()
        assert last is not None
        return last

    yield asked
    for source in made:
        source.close()


def test_a_snapshot_is_every_account_with_its_place_and_tags(sandbox, ask):
    sandbox.load(ORGANISATION)
    snapshot = ask()
    assert isinstance(snapshot, Snapshot)
    assert snapshot.management == MANAGEMENT
    assert snapshot.members == {
        MANAGEMENT: Member(id=MANAGEMENT, name="master", email="master@example.com", ou=("Root",)),
        SHOP: Member(
            id=SHOP,
            name="shop",
            email=f"aws+{SHOP}@example.com",
            ou=("Root", "Workloads", "Prod"),
            tags={"owner": "shop-team"},
        ),
        LAB: Member(
            id=LAB,
            name="lab",
            email=f"aws+{LAB}@example.com",
            ou=("Root", "Sandboxes"),
            tags={"tier": "sandbox"},
        ),
    }


def test_every_page_is_read(sandbox, ask):
    many = {f"2000000000{number:02}": {"ou": "Workloads"} for number in range(45)}
    sandbox.load({**ORGANISATION, "accounts": {**ORGANISATION["accounts"], **many}})
    snapshot = ask()
    assert isinstance(snapshot, Snapshot)
    assert snapshot.members.keys() == {MANAGEMENT, SHOP, LAB, *many}


def test_a_closed_account_is_told_as_such(sandbox, ask):
    sandbox.load(ORGANISATION)
    sandbox.client("organizations", MANAGEMENT, "us-east-1").close_account(AccountId=LAB)
    snapshot = ask()
    assert isinstance(snapshot, Snapshot)
    assert snapshot.members[LAB].state in {"SUSPENDED", "PENDING_CLOSURE", "CLOSED"}


OPERATIONS = [
    "DescribeOrganization",
    "ListAccounts",
    "ListRoots",
    "ListAccountsForParent",
    "ListOrganizationalUnitsForParent",
    "ListTagsForResource",
]


@pytest.mark.parametrize("operation", OPERATIONS)
@pytest.mark.parametrize(
    ("kind", "failure"),
    [
        ("throttle", Failure.THROTTLED),
        ("deny", Failure.DENIED),
        ("error", Failure.BROKEN),
        ("truncated", Failure.PARTIAL),
    ],
)
def test_one_failing_call_fails_the_snapshot(sandbox, ask, operation, kind, failure):
    sandbox.load(ORGANISATION)
    sandbox.faults.add(kind, service="organizations", operation=operation)
    answer = ask()
    assert isinstance(answer, Failed)
    assert answer.failure is failure


@pytest.mark.parametrize("operation", OPERATIONS[1:-1])
def test_an_empty_answer_is_never_no_accounts(sandbox, ask, operation):
    sandbox.load(ORGANISATION)
    sandbox.faults.add("empty", service="organizations", operation=operation)
    assert ask() == Failed(failure=Failure.PARTIAL, detail="organizations.snapshot")


def test_a_missing_later_page_fails_the_snapshot(sandbox, ask):
    many = {f"2000000000{number:02}": {"ou": "Workloads"} for number in range(25)}
    sandbox.load({**ORGANISATION, "accounts": {**ORGANISATION["accounts"], **many}})
    sandbox.faults.add("partial", service="organizations")
    assert isinstance(ask(), Failed)


def test_a_member_account_is_told_nothing(sandbox, ask):
    sandbox.load(ORGANISATION)
    answer = ask(SHOP)
    assert isinstance(answer, Failed)
    assert answer.failure is Failure.DENIED


def test_requests_stay_below_the_rate(sandbox, ask, waiting):
    sandbox.load(ORGANISATION)
    sandbox.requests.clear()
    began = waiting.now()
    ask()
    made = sum(one.service == "organizations" for one in sandbox.requests)
    rate = RATES["organizations.snapshot"]
    assert made > rate.burst
    waited = (waiting.now() - began).total_seconds()
    assert waited == pytest.approx((made - rate.burst) / rate.per_second)


def test_credentials_of_another_account_without_a_role_ask_nothing(sandbox, ask):
    sandbox.load(ORGANISATION)
    answer = ask(SHOP, wanted=MANAGEMENT)
    assert isinstance(answer, Failed)
    assert answer.failure is Failure.MISPLACED


def a_gathering(**changes: Any) -> Gathered:
    fields: dict[str, Any] = {
        "management": MANAGEMENT,
        "accounts": {MANAGEMENT: {"State": "ACTIVE"}, SHOP: {"State": "ACTIVE"}},
        "places": {MANAGEMENT: ("Root",), SHOP: ("Root",)},
    }
    return Gathered(**(fields | changes))


def test_lists_that_fit_together_are_a_snapshot():
    assert a_gathering().snapshot(NOON).members.keys() == {MANAGEMENT, SHOP}


@pytest.mark.parametrize(
    "changes",
    [
        {"management": LAB},
        {"places": {MANAGEMENT: ("Root",)}},
        {"places": {MANAGEMENT: ("Root",), SHOP: ("Root",), LAB: ("Root",)}},
        {"accounts": {}},
    ],
)
def test_lists_that_do_not_fit_together_are_none(changes):
    with pytest.raises(Inconsistent):
        a_gathering(**changes).snapshot(NOON)


def test_a_closed_account_may_hang_nowhere():
    accounts = {MANAGEMENT: {"State": "ACTIVE"}, SHOP: {"Status": "SUSPENDED"}}
    found = a_gathering(accounts=accounts, places={MANAGEMENT: ("Root",)}).snapshot(NOON)
    assert (found.members[SHOP].ou, found.members[SHOP].state) == ((), "SUSPENDED")
