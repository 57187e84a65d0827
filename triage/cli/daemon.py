"""The daemon: `triage up` on one machine, `triage worker` as one of many."""

import gc
import os
import signal
from collections.abc import Iterator
from contextlib import contextmanager
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
    with _unswept():
        from triage.cli.running import start

        running = start(http=True)
    _serve(running)


def worker() -> None:
    """Run one worker among others.

    It has health pages only where `http.port` is set.
    """
    with _unswept():
        from triage.cli.running import start

        running = start(http=None)
    _serve(running)


@contextmanager
def _unswept() -> Iterator[None]:
    """What a start makes is there until the end: looking through it for garbage finds nothing."""
    gc.disable()
    try:
        yield
    finally:
        gc.freeze()
        gc.enable()


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
