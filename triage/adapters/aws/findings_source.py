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
from triage.adapters.aws.clients import Clients
from triage.adapters.aws.listing import Listing
from triage.domain.evidence import Failed
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
        self._listing = Listing(clients, budget, clock)

    def page(
        self, lookout: Lookout, window: Window, cursor: str, *, deadline: datetime
    ) -> Page | Failed:
        def changed(asker: Asker) -> Page:
            return PAGES[lookout.source](asker, window, cursor)

        return self._listing.read(changed, lookout, deadline)
