"""The daemon: `triage up` on one machine, `triage worker` as one of many."""

import os
import signal
from types import FrameType
from typing import TYPE_CHECKING

import typer

if TYPE_CHECKING:
    from triage.cli.running import Running

EXIT_UNDRAINED, EXIT_AT_ONCE = 1, 130


def up() -> None:
    """Run worker, timers and health pages.

    One process on the embedded store; it needs no server.
    """
    from triage.cli.running import start

    _serve(start(http=True))


def worker() -> None:
    """Run one worker among others.

    It has health pages only where `http.port` is set.
    """
    from triage.cli.running import start

    _serve(start(http=None))


def _serve(running: "Running") -> None:
    # The first signal drains within its bound, a second one stops at once.
    def ask(_number: int, _frame: FrameType | None) -> None:
        if running.worker.stopping.is_set():
            os._exit(EXIT_AT_ONCE)
        running.worker.stopping.set()

    signal.signal(signal.SIGTERM, ask)
    signal.signal(signal.SIGINT, ask)
    running.announce(typer.echo)
    drained = running.wait()
    if not drained:
        # A look-up that hangs would keep the interpreter alive past the bound; its case comes free
        # when its lease ends.
        os._exit(EXIT_UNDRAINED)
