"""A daemon at work: its worker, its health pages, and how it ends."""

from collections.abc import Callable, Mapping
from contextlib import ExitStack
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event

import structlog

from triage.adapters.logging.setup import configure
from triage.cli.soundness import reachable
from triage.domain.errors import TriageError
from triage.engine.census import PART
from triage.engine.worker import Worker
from triage.settings import InvalidSettings, Settings, read_settings
from triage.web.health import Check, Health, HealthServer
from triage.wiring.bootstrap import Opened, opened_world, owner, refuse
from triage.wiring.queueing import Look
from triage.wiring.renewing import PART as PLAYBOOKS

HALTED = "halted"
STALE_BEAT = timedelta(seconds=150)
NAN = float("nan")
NEVER = datetime(1970, 1, 1, tzinfo=UTC)


@dataclass(kw_only=True)
class Running:
    """A worker at work, with its health pages."""

    worker: Worker
    opened: Opened
    stack: ExitStack
    health: HealthServer | None = None
    checks: Mapping[str, Check] = field(default_factory=dict)

    def announce(self, say: Callable[[str], object]) -> None:
        """Say what runs and what keeps it from being ready."""
        if self.health is not None:
            say(f"triage is up; health at {self.health.address}/readyz")
        for name, check in self.checks.items():
            if name != "loops" and (problem := check()):
                say(f"not ready: {problem}")

    def wait(self) -> bool:
        """Return when asked to stop and drained; False when the drain ran out of time."""
        self.worker.stopping.wait()
        drained = self.worker.stop()
        if drained:
            if self.health is not None:
                self.health.close()
            self.stack.close()
        return drained


def start(*, http: bool | None) -> Running:
    """Start the daemon. `http` None serves health pages only where a port is set."""
    loaded = read_settings()
    found = loaded.settings
    configure(found.log.level)
    stack, stopping = ExitStack(), Event()
    opened = stack.enter_context(opened_world(found, stopping=stopping))
    refuse(opened.problems)
    log = structlog.get_logger()
    for problem in opened.problems:
        log.warning("rules.problem", problem=problem)
    worker = Worker(world=opened.world, owner=owner(), log=log, stopping=stopping)
    look = Look(found, opened.world.clock)
    stack.callback(look.close)
    checks = _checks(opened, worker, found, look)
    serve = http if http is not None else "http.port" in loaded.origins
    health = None
    if serve:
        pages = Health(
            checks=checks,
            registry=opened.metrics.registry,
            refresh=lambda: _gauges(opened, look),
            notes=_notes(opened),
        )
        health = _listen(pages, found.http.host, found.http.port)
    worker.start()
    return Running(worker=worker, opened=opened, stack=stack, health=health, checks=checks)


def _listen(pages: Health, host: str, port: int) -> HealthServer:
    try:
        return HealthServer(pages, host, port)
    except OSError as error:
        raise InvalidSettings(
            [f"http: {host}:{port} cannot be listened on: {error.strerror or error}"]
        ) from error


def _checks(opened: Opened, worker: Worker, found: Settings, look: Look) -> Mapping[str, Check]:
    census = {PART: opened.census.too_old} if opened.census else {}
    return {
        **census,
        "store": lambda: _answers(opened.store.cases.count),
        "inbox": lambda: _answers(opened.inbox.depth),
        "queue": look.unfit,
        "notifier": lambda: "; ".join(reachable(found)),
        "loops": lambda: _beating(worker),
    }


def _notes(opened: Opened) -> Mapping[str, Check]:
    census = {PART: opened.census.note} if opened.census else {}
    return {**census, PLAYBOOKS: opened.renewing.note, HALTED: lambda: _halted(opened)}


def _halted(opened: Opened) -> str:
    """Who stopped repairs; it keeps nothing from being ready: all other work goes on."""
    try:
        thrown = opened.store.switches.halted()
    except Exception:  # noqa: BLE001 - whether the store answers is a check of its own
        return ""
    return thrown.told if thrown else ""


def _answers(ask: Callable[[], object]) -> str:
    try:
        ask()
    except Exception as error:  # noqa: BLE001 - whatever it is, it is not ready
        return f"{type(error).__name__}: {error}"
    return ""


def _beating(worker: Worker) -> str:
    now = worker.world.clock.now()
    silent = [part for part in worker.steps if now - worker.beats.get(part, NEVER) > STALE_BEAT]
    stale = [f"{', '.join(silent)} made no step for {STALE_BEAT.seconds} s"] if silent else []
    failing = [f"{part} fails ({why})" for part, why in sorted(worker.failing.items())]
    return "; ".join([*failing, *stale])


def _gauges(opened: Opened, look: Look) -> None:
    if opened.census is not None:
        opened.census.report()
    _backlog(opened, look)


def _backlog(opened: Opened, look: Look) -> None:
    _queue(opened, look)
    opened.metrics.overview(opened.store.overviews.look(opened.world.clock.now()))


def _queue(opened: Opened, look: Look) -> None:
    """Measure the queue; what it does not tell is not a number."""
    now = opened.world.clock.now()
    try:
        depth = opened.inbox.depth()
    except TriageError:
        opened.metrics.queue(messages=NAN, oldest_seconds=NAN, dead=NAN)
        return
    oldest = opened.inbox.oldest() if depth else now
    age = max((now - oldest).total_seconds(), 0.0) if oldest else NAN
    opened.metrics.queue(messages=depth, oldest_seconds=age, dead=look.dead())
