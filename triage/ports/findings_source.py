"""Where findings live: asked for what changed, when nobody told us."""

from datetime import datetime
from typing import Protocol

from triage.domain.evidence import Failed
from triage.domain.lookout import Lookout, Page, Window


class FindingsSource(Protocol):
    """Lists a source's findings. Never raises for a listing that failed: it says so."""

    def page(
        self, lookout: Lookout, window: Window, cursor: str, *, deadline: datetime
    ) -> Page | Failed:
        """Return one page of what changed within `window`; `cursor` is "" or the last page's.

        An empty page means that the service itself said so. Whatever was denied, throttled, cut
        short, too late or asked where the service is off is Failed: it never means that nothing
        changed. A cursor the service no longer knows is Failed(BROKEN).
        """
