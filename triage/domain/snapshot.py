"""What AWS Organizations said at one moment: every account, where it hangs, how it is tagged."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.account import UnitPath
from triage.domain.json import Record

CLOCK_SKEW = timedelta(minutes=5)
ACTIVE = "ACTIVE"
SHUT = frozenset({"SUSPENDED", "PENDING_CLOSURE", "CLOSED"})
"""States of an account that is closed or about to be.

https://docs.aws.amazon.com/organizations/latest/userguide/orgs_manage_accounts_account_state.html
"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Member:
    """One account of the organisation.

    `name` and `email` can be changed from inside the account (PutAccountName, the root user), its
    place and its tags only from the management account or a delegated administrator.
    https://docs.aws.amazon.com/accounts/latest/reference/API_PutAccountName.html
    https://docs.aws.amazon.com/organizations/latest/APIReference/API_TagResource.html
    """

    id: str
    name: str = ""
    email: str = ""
    state: str = ACTIVE
    ou: UnitPath = ()
    tags: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True, kw_only=True)
class Snapshot:
    """The whole organisation, or it is no snapshot. `as_of` is when asking began."""

    as_of: datetime
    management: str
    members: Mapping[str, Member]

    def age(self, now: datetime) -> timedelta:
        return now - self.as_of

    def holds(self, now: datetime, bound: timedelta) -> bool:
        """Whether it may still be believed; one from the future may not."""
        return -CLOCK_SKEW <= self.age(now) <= bound


def snapshot_as_json(snapshot: Snapshot) -> Record:
    """Write it down."""
    return {
        "as_of": snapshot.as_of.isoformat(),
        "management": snapshot.management,
        "members": {
            one.id: {
                "name": one.name,
                "email": one.email,
                "state": one.state,
                "ou": list(one.ou),
                "tags": dict(one.tags),
            }
            for one in snapshot.members.values()
        },
    }


def snapshot_from_json(row: Record) -> Snapshot:
    """Read it back, equal. Raises KeyError, TypeError or ValueError for anything else."""
    members = {
        key: Member(
            id=key,
            name=str(one["name"]),
            email=str(one["email"]),
            state=str(one["state"]),
            ou=tuple(str(name) for name in one["ou"]),
            tags={str(name): str(value) for name, value in dict(one["tags"]).items()},
        )
        for key, one in dict(row["members"]).items()
    }
    as_of = datetime.fromisoformat(row["as_of"])
    if as_of.tzinfo is None:
        raise ValueError("a snapshot's time has a zone")
    return Snapshot(as_of=as_of, management=str(row["management"]), members=members)
