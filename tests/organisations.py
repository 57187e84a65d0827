"""Organisations for tests: what a file says, what AWS Organizations says."""

from typing import Any

from tests.builders import NOON
from triage.domain.account import Account, Organisation, Origin, Tier, Unit, UnitPath
from triage.domain.snapshot import Member, Snapshot

SHOP, LAB, MANAGEMENT = "111122223333", "444455556666", "100000000001"
PROD: UnitPath = ("Root", "Workloads", "Prod")
LABS: UnitPath = ("Root", "Sandboxes")


def in_file(account_id: str = SHOP, **said: Any) -> Account:
    """An account of which the file says exactly this."""
    origins = dict.fromkeys(said, Origin.FILE)
    return Account(id=account_id, listed=True, origins=origins, **said)


def a_file(*accounts: Account, units: dict[UnitPath, Unit] | None = None, **more: Any):
    return Organisation(accounts={one.id: one for one in accounts}, units=units or {}, **more)


def a_member(account_id: str = SHOP, **changes: Any) -> Member:
    fields: dict[str, Any] = {"name": "shop", "email": "shop@example.com", "ou": PROD}
    return Member(id=account_id, **(fields | changes))


def a_snapshot(*members: Member, **changes: Any) -> Snapshot:
    held = {one.id: one for one in (a_member(MANAGEMENT, ou=("Root",)), *members)}
    fields: dict[str, Any] = {"as_of": NOON, "management": MANAGEMENT, "members": held}
    return Snapshot(**(fields | changes))


SANDBOXES = {LABS: Unit(tier=Tier.SANDBOX)}
