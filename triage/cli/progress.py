"""How far something long has come, on stderr: a bar on a terminal, else a line now and then."""

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager

LINES = 4
"""How often it is said off a terminal."""


@contextmanager
def progress(what: str) -> Iterator[Callable[[int, int], object]]:
    """Give what to call with how many of how many are done."""
    if not sys.stderr.isatty():
        yield lambda done, of: _line(what, done, of)
        return
    from rich.console import Console
    from rich.progress import Progress

    with Progress(console=Console(stderr=True), transient=True) as bar:
        task = bar.add_task(what, total=None)
        yield lambda done, of: bar.update(task, completed=done, total=of)


def _line(what: str, done: int, of: int) -> None:
    if done == of or done * LINES // of > (done - 1) * LINES // of:
        sys.stderr.write(f"{what}: {done * 100 // of}%\n")
        sys.stderr.flush()
