"""The silencers port on AWS: a table of lists, in `silencers`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import orjson

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.budget import Budget
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.listing import Listing
from triage.adapters.aws.silencers import delivery, findings, guardduty, securityhub
from triage.domain.evidence import Failed
from triage.domain.inventory import Items
from triage.domain.lookout import Lookout
from triage.ports.clock import Clock

LISTS: Mapping[str, Callable[[Asker], Items]] = MappingProxyType(
    {**guardduty.LISTS, **securityhub.LISTS, **findings.LISTS, **delivery.LISTS}
)
"""`<service>/<kind>` to how that list is read."""


class AwsSilencers:
    """Shares clients and budget with whoever else asks AWS in this process."""

    def __init__(self, clients: Clients, budget: Budget, clock: Clock) -> None:
        self._listing = Listing(clients, budget, clock)

    def kinds(self) -> Sequence[str]:
        return tuple(LISTS)

    def items(self, lookout: Lookout, *, deadline: datetime) -> Items | Failed:
        def listed(asker: Asker) -> Items:
            return _plain(LISTS[lookout.source](asker))

        return self._listing.read(listed, lookout, deadline)


def _plain(items: Items) -> Items:
    """JSON that comes back from the store as it went in."""
    found: Items = orjson.loads(orjson.dumps(items))
    return found
