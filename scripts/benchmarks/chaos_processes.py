"""Workers that take turns, for scripts/benchmarks/chaos.py: one runs, the others stand still.

Each has a thread, and a step of the engine runs in it until it ends or until chance stops it
at a *point*: before and after whatever it asks of the store, after whatever it asks of AWS. There
it may be paused, be killed, or go on. Every interleaving is drawn from the seed, and comes again.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Semaphore, Thread
from typing import Any


class Killed(BaseException):
    """The process ended here: nothing in it runs any more, no handler of its own either."""


@dataclass
class Clock:
    """Simulated time; it moves when the week moves it."""

    time: datetime

    def now(self) -> datetime:
        return self.time

    def wait(self, seconds: float) -> None:
        self.pass_on(seconds)

    def pass_on(self, seconds: float) -> None:
        self.time += timedelta(seconds=seconds)


Fate = Callable[[str], float | None]
"""What chance has in store at a point: seconds of pause, KILL, or None."""
KILL = -1.0


@dataclass(kw_only=True)
class Process:
    """One worker. `failed` is what its supervisor caught, `asleep` how long it is paused."""

    name: str
    clock: Clock
    fate: Fate
    busy: bool = False
    dead: bool = False
    asleep: datetime | None = None
    failed: list[str] = field(default_factory=list)
    inside: int = 0

    def __post_init__(self) -> None:
        self._go, self._back = Semaphore(0), Semaphore(0)
        self._step: Callable[[], object] | None = None
        self._thread = Thread(target=self._live, name=self.name, daemon=True)
        self._thread.start()

    @property
    def ready(self) -> bool:
        """Whether it was stopped in the middle and may go on."""
        return self.busy and (self.asleep is None or self.asleep <= self.clock.time)

    def begin(self, step: Callable[[], object]) -> None:
        """Run a step until it ends, or is paused."""
        self._step, self.busy = step, True
        self.go_on()

    def go_on(self) -> None:
        """Let it run where it stands, and wait until it stands again."""
        self.asleep = None
        self._go.release()
        self._back.acquire()

    def end(self) -> None:
        """End its thread, whatever it was at."""
        if self.busy:
            self.dead = True
            self.go_on()
        self._step = None
        self._go.release()
        self._thread.join()

    def _live(self) -> None:
        while True:
            self._go.acquire()
            if self._step is None:
                return
            try:
                self._step()
            except Killed:
                pass
            except Exception as error:  # noqa: BLE001 - as the worker's own supervisor does
                self.failed.append(repr(error))
            self.busy = False
            self._back.release()

    def point(self, what: str) -> None:
        """Stand where chance may stop it. Raises Killed, also ever after."""
        if self.inside:
            return
        if self.dead:
            raise Killed
        stop = self.fate(what)
        if stop is None:
            return
        if stop == KILL:
            self.dead = True
            raise Killed
        self.asleep = self.clock.time + timedelta(seconds=stop)
        self._back.release()
        self._go.acquire()
        if self.dead:
            raise Killed

    def within(self, do: Callable[[], Any]) -> Any:
        """Do something that is not interrupted: a transaction is made whole or not at all."""
        self.inside += 1
        try:
            return do()
        finally:
            self.inside -= 1


class Port:
    """A port of the store as one process sees it: with a point before and after every call."""

    def __init__(self, inner: Any, process: Process, name: str) -> None:
        self._inner, self._process, self._name = inner, process, name

    def __getattr__(self, name: str) -> Any:
        method, process, label = getattr(self._inner, name), self._process, f"{self._name}.{name}"

        def call(*given: Any, **named: Any) -> Any:
            process.point(f"before {label}")
            made = process.within(lambda: method(*given, **named))
            process.point(f"after {label}")
            return made

        return call
