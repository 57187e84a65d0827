"""What can silence us: listed at the services, and remembered."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.evidence import Failed
from triage.domain.inventory import Inventory, Items
from triage.domain.lookout import Lookout


class Silencers(Protocol):
    """Lists what can silence us. Never raises for a list that failed: it says so."""

    def kinds(self) -> Sequence[str]:
        """Every list there is, as `<service>/<kind>`."""

    def items(self, lookout: Lookout, *, deadline: datetime) -> Items | Failed:
        """The whole list, or why it could not be read; never a part of it.

        Where a service is switched off its list is Failed(UNSUPPORTED), not empty.
        """


class Inventories(Protocol):
    """Each list as it was last seen."""

    def seen(self, lookout: Lookout) -> Inventory | None:
        """The last one; None before the first."""

    def keep(self, lookout: Lookout, items: Items, at: datetime) -> None:
        """Remember a list; who accepted the baseline stays."""

    def accept(self, lookout: Lookout, *, by: str, at: datetime) -> None:
        """Note who has looked at it."""

    def all(self) -> Sequence[Inventory]:
        """Every list, in order."""
