"""What serves whoever runs it: bootstrap's part that wires anchors, spending and traces."""

from collections.abc import Callable
from contextlib import ExitStack

from triage.adapters.storage import Store
from triage.domain.errors import TriageError
from triage.engine import anchoring, spending
from triage.engine.spending import Bookkeeper
from triage.ports.clock import Clock
from triage.ports.overview import Purse
from triage.ports.tracing import Tracing, Untraced
from triage.settings import Settings
from triage.wiring.anchoring import anchorer


class Untraceable(TriageError):
    """Traces are wanted and cannot be made."""

    exit_code = 3

    def __init__(self, missing: str) -> None:
        super().__init__(
            f"tracing.enabled is set and {missing} is not installed "
            "(pip install 'triage-engine[otel]')"
        )


def background(
    found: Settings, store: Store, purse: Purse, clock: Clock, owner: str
) -> dict[str, Callable[[], int]]:
    """Steps for the worker's loops by their names."""
    books = Bookkeeper(purse=purse, ledger=store.overviews, clock=clock, owner=owner)
    return {
        anchoring.PART: anchorer(found, store.leaves, clock, owner).step,
        spending.PART: books.step,
    }


def tracing(found: Settings, stack: ExitStack) -> Tracing:
    """Traces as the settings say, flushed when the stack ends; off, nothing is even imported.

    Raises Untraceable without the extra.
    """
    if not found.tracing.enabled:
        return Untraced()
    # The SDK is an extra, and nobody without traces waits for it.
    try:
        from triage.adapters.otel.tracing import open_tracing
    except ModuleNotFoundError as error:
        raise Untraceable(str(error.name)) from error

    opened = open_tracing()
    stack.callback(opened.close)
    return opened
