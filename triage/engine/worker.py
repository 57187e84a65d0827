"""The daemon: its loops and whatever upkeep there is, one supervisor, a bounded drain."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Any, Protocol

from triage.engine.attesting import end_signatures
from triage.engine.effects import run_effects
from triage.engine.pipeline import decide_due, take_in
from triage.engine.timers import fire_timers
from triage.engine.world import World

BACKOFF_SECONDS = 1.0
BACKOFF_SECONDS_MAX = 30.0
DOUBLINGS_MAX = 10
"""Enough to reach the ceiling; a float cannot hold what a night of failures would ask for."""
SENTENCE_LENGTH_MAX = 200
SIGNATURES_EVERY = timedelta(minutes=1)


class Log(Protocol):
    """Events with fields; structlog's bound logger fits."""

    def info(self, event: str, **fields: Any) -> Any:
        """Something happened."""

    def exception(self, event: str, **fields: Any) -> Any:
        """Something nobody expected happened; the traceback is kept."""


@dataclass(kw_only=True)
class Worker:
    """Takes in, decides, acts and reminds until asked to stop.

    `owner` names this process in leases. `beats` says when each loop last made a step, `failing`
    why its last one came to nothing. Each loop does one bounded step at a time, so a drain
    ends within one step of each; what is claimed and unfinished comes free when its lease ends.
    """

    world: World
    owner: str
    log: Log
    stopping: Event = field(default_factory=Event)
    beats: dict[str, datetime] = field(default_factory=dict)
    failing: dict[str, str] = field(default_factory=dict)
    threads: list[Thread] = field(default_factory=list)
    looked: datetime | None = None

    def start(self) -> None:
        """Start every loop in a thread of its own."""
        for part, step in self.steps.items():
            thread = Thread(target=self._loop, args=(part, step), name=part, daemon=True)
            thread.start()
            self.threads.append(thread)
        self.log.info("worker.started", owner=self.owner)

    def stop(self) -> bool:
        """Ask every loop to end and wait as long as the drain allows; False when one did not."""
        self.stopping.set()
        until = monotonic() + self.world.limits.drain_seconds
        for thread in self.threads:
            thread.join(timeout=max(until - monotonic(), 0.0))
        drained = not any(thread.is_alive() for thread in self.threads)
        self.log.info("worker.stopped", owner=self.owner, drained=drained)
        return drained

    @property
    def steps(self) -> Mapping[str, Callable[[], int]]:
        """Every loop's step by its name; a step says how much it did."""
        return {
            "intake": self._take_in,
            **dict.fromkeys(_deciders(self.world.limits.deciders), self._decide),
            "effects": self._effects,
            "timers": self._timers,
            "signatures": self._signatures,
            **self.world.upkeep,
        }

    def _take_in(self) -> int:
        limits = self.world.limits
        receipts = take_in(
            self.world, at_most=limits.batch_messages, wait_seconds=limits.wait_seconds
        )
        for receipt in receipts:
            case = receipt.case.id if receipt.case else None
            self.log.info(
                "ticket.received",
                reception=receipt.reception,
                case=case,
                message=receipt.message,
                reason=receipt.reason,
            )
        return len(receipts)

    def _decide(self) -> int:
        cases = decide_due(self.world, owner=self.owner, at_most=self.world.limits.batch_cases)
        for case in cases:
            if case is not None and case.decided is not None:
                self.log.info(
                    "case.decided",
                    case=case.id,
                    decision=case.decided["decision"],
                    ground=case.decided.get("ground"),
                    rule=case.decided["rule"],
                )
        return len(cases)

    def _effects(self) -> int:
        return run_effects(self.world, owner=self.owner, at_most=self.world.limits.batch_cases)

    def _timers(self) -> int:
        return fire_timers(self.world, owner=self.owner, at_most=self.world.limits.batch_cases)

    def _signatures(self) -> int:
        """Once a minute is soon enough: what has ended speaks for nothing new meanwhile."""
        now = self.world.clock.now()
        if self.looked is not None and now - self.looked < SIGNATURES_EVERY:
            return 0
        self.looked = now
        return end_signatures(self.world)

    def _loop(self, part: str, step: Callable[[], int]) -> None:
        failures = 0
        while not self.stopping.is_set():
            done = self._supervised(part, step)
            failures = 0 if done is not None else failures + 1
            if done is None:
                self.stopping.wait(_backoff(failures))
            elif done == 0:
                self.stopping.wait(self.world.limits.poll_seconds)

    def _supervised(self, part: str, step: Callable[[], int]) -> int | None:
        # The one place that catches anything else: kept in the log, counted, tried again.
        try:
            done = step()
        except Exception as error:
            self.log.exception("worker.failed", part=part)
            self.world.metrics.failed(part)
            self.failing[part] = _sentence(error)
            return None
        self.beats[part] = self.world.clock.now()
        self.failing.pop(part, None)
        return done


def _deciders(count: int) -> list[str]:
    return ["decide", *(f"decide {number}" for number in range(2, count + 1))]


def _backoff(failures: int) -> float:
    factor = float(2 ** min(failures, DOUBLINGS_MAX))
    return min(BACKOFF_SECONDS * factor, BACKOFF_SECONDS_MAX)


def _sentence(error: Exception) -> str:
    first = next(iter(str(error).splitlines()), "")
    return f"{type(error).__name__}: {first}"[:SENTENCE_LENGTH_MAX]
