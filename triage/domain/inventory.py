"""Everything that can silence us: filters, lists, rules, switches, queues."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.json import Record, canonical, digest
from triage.domain.lookout import Lookout

Items = Mapping[str, Record]
"""An item's name within its list to its content, without what changes by itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inventory:
    """One list as it was last seen; `source` of its lookout is `<service>/<kind>`.

    Nobody has looked at a baseline until `accepted_by` says who did.
    """

    lookout: Lookout
    items: Items
    listed: datetime
    accepted_by: str | None = None
    accepted: datetime | None = None


class Change(StrEnum):
    """What became of an item."""

    ADDED = "added"
    CHANGED = "changed"
    REMOVED = "removed"


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One item that is not what it was. `before` or `after` is None where it was or is not."""

    lookout: Lookout
    name: str
    before: Record | None
    after: Record | None

    @property
    def item(self) -> str:
        return item_id(self.lookout, self.name)

    @property
    def change(self) -> Change:
        if self.before is None:
            return Change.ADDED
        return Change.REMOVED if self.after is None else Change.CHANGED


def item_id(lookout: Lookout, name: str) -> str:
    """Name an item: service, kind, account, Region and its own id; what a signature names."""
    return f"{lookout.source}/{lookout.account}/{lookout.region}/{name}"


def content_digest(content: Record | None) -> str:
    """Name an item's content; "" where there is none."""
    return "" if content is None else digest(canonical(content))
