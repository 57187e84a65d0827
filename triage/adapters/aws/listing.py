"""Reading a list of one account and Region, whatever happens to it."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.budget import Budget
from triage.adapters.aws.changed.cursor import SwitchedOff
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.failing import failed
from triage.domain.evidence import Failed, Failure
from triage.domain.lookout import Lookout
from triage.ports.clock import Clock

Listed = TypeVar("Listed")


@dataclass(frozen=True, slots=True)
class Listing:
    """Shares clients and budget with whoever else asks AWS in this process."""

    clients: Clients
    budget: Budget
    clock: Clock

    def read(
        self, listed: Callable[[Asker], Listed], lookout: Lookout, deadline: datetime
    ) -> Listed | Failed:
        """Read it. Never raises: what went wrong is the answer."""
        try:
            return listed(self._asker(lookout, deadline))
        except SwitchedOff as off:
            return Failed(failure=Failure.UNSUPPORTED, detail=str(off))
        except Exception as error:  # noqa: BLE001 - whatever happens to a list, it is an answer
            return _told(lookout.source, error, self.clock.now())

    def _asker(self, lookout: Lookout, deadline: datetime) -> Asker:
        return Asker(
            clients=self.clients,
            budget=self.budget,
            clock=self.clock,
            account=lookout.account,
            region=lookout.region,
            deadline=deadline,
        )


def _told(kind: str, error: Exception, at: datetime) -> Failed:
    """Say why it tells nothing; a service that knows no such thing has told nothing either."""
    found = failed(kind, error, at)
    broken = Failed(failure=Failure.BROKEN, detail=f"{kind}: {type(error).__name__}")
    return found if isinstance(found, Failed) else broken
