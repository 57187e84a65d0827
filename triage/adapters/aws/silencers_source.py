"""The silencers port on AWS: a table of lists, in `silencers`."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from types import MappingProxyType

import orjson

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.budget import Budget
from triage.adapters.aws.changed.cursor import SwitchedOff
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.findings_source import told
from triage.adapters.aws.silencers import delivery, findings, guardduty, securityhub
from triage.domain.evidence import Failed, Failure
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
        self._clients = clients
        self._budget = budget
        self._clock = clock

    def kinds(self) -> Sequence[str]:
        return tuple(LISTS)

    def items(self, lookout: Lookout, *, deadline: datetime) -> Items | Failed:
        asker = Asker(
            clients=self._clients,
            budget=self._budget,
            clock=self._clock,
            account=lookout.account,
            region=lookout.region,
            deadline=deadline,
        )
        try:
            return _plain(LISTS[lookout.source](asker))
        except SwitchedOff as off:
            return Failed(failure=Failure.UNSUPPORTED, detail=str(off))
        except Exception as error:  # noqa: BLE001 - whatever happens to a list, it is an answer
            return told(lookout.source, error, self._clock.now())


def _plain(items: Items) -> Items:
    """JSON that comes back from the store as it went in."""
    found: Items = orjson.loads(orjson.dumps(items))
    return found
