"""The findings source port on AWS: one file a source, in `changed`."""

from collections.abc import Callable, Mapping
from datetime import datetime
from types import MappingProxyType

from triage.adapters.aws.asker import Asker
from triage.adapters.aws.budget import Budget
from triage.adapters.aws.changed import (
    access_analyzer,
    config,
    guardduty,
    inspector,
    macie,
    securityhub,
)
from triage.adapters.aws.changed.cursor import SwitchedOff
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.failing import failed
from triage.domain.evidence import Failed, Failure
from triage.domain.lookout import Lookout, Page, Window
from triage.ports.clock import Clock

PAGES: Mapping[str, Callable[[Asker, Window, str], Page]] = MappingProxyType(
    {
        "inspector": inspector.page,
        "macie": macie.page,
        "config": config.page,
        "access-analyzer": access_analyzer.page,
        "guardduty": guardduty.page,
        "securityhub": securityhub.page,
    }
)
"""A source's name to how a page of what changed there is read."""


class AwsFindings:
    """Shares clients and budget with whoever else asks AWS in this process."""

    def __init__(self, clients: Clients, budget: Budget, clock: Clock) -> None:
        self._clients = clients
        self._budget = budget
        self._clock = clock

    def page(
        self, lookout: Lookout, window: Window, cursor: str, *, deadline: datetime
    ) -> Page | Failed:
        asker = Asker(
            clients=self._clients,
            budget=self._budget,
            clock=self._clock,
            account=lookout.account,
            region=lookout.region,
            deadline=deadline,
        )
        try:
            return PAGES[lookout.source](asker, window, cursor)
        except SwitchedOff as off:
            return Failed(failure=Failure.UNSUPPORTED, detail=str(off))
        except Exception as error:  # noqa: BLE001 - whatever happens to a listing, it is an answer
            return told(lookout.source, error, self._clock.now())


def told(kind: str, error: Exception, at: datetime) -> Failed:
    """Say why it tells nothing; a service that knows no such thing has told nothing either."""
    found = failed(kind, error, at)
    broken = Failed(failure=Failure.BROKEN, detail=f"{kind}: {type(error).__name__}")
    return found if isinstance(found, Failed) else broken
