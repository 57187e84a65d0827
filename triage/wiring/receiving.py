"""Only receiving: bootstrap's part that wires what it takes to record messages, and no more.

No playbooks, no look-ups, nobody to tell: nothing that decides. A function that is started for a
batch imports and opens as little as that.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from typing import Any, cast

from triage.adapters.cloudwatch.metrics import EmbeddedMetrics
from triage.adapters.storage import Store
from triage.adapters.system.clock import SystemClock
from triage.domain.evidence import Failed, Failure, RawRead, Read
from triage.engine.limits import Limits
from triage.engine.listening import Listener, Watch
from triage.engine.rules import Rules
from triage.engine.world import World
from triage.judgement.score import Model
from triage.playbook.vocabulary import Vocabulary
from triage.ports.clock import Clock
from triage.ports.object_store import ObjectStore
from triage.ports.queue import Queue
from triage.settings import Settings
from triage.wiring import database, queueing
from triage.wiring.directory import without_snapshot

NOBODY = Model(name="none", intercept=0.0, weights={}, veto_at=1.0)


@dataclass(frozen=True, kw_only=True)
class Receiver:
    """A world that records, and what has to be done after each batch."""

    world: World
    claims: ObjectStore | None
    listener: Listener
    metrics: EmbeddedMetrics


class _NoEvidence:
    """Nothing is looked up where nothing is decided."""

    def fetch(
        self,
        reads: Sequence[Read],
        *,
        deadline: datetime,  # noqa: ARG002 - it answers at once
        fresh: datetime,  # noqa: ARG002 - and has nothing, fresh or not
    ) -> Mapping[Read, RawRead]:
        return {read: Failed(failure=Failure.UNSUPPORTED, detail="not here") for read in reads}


class _Late:
    """A queue that is opened when it is first asked for anything, which is seldom."""

    def __init__(self, opening: Callable[[], Queue]) -> None:
        self._opening = opening

    @cached_property
    def _queue(self) -> Queue:
        return self._opening()

    def __getattr__(self, name: str) -> Any:
        return getattr(self._queue, name)

    def close(self) -> None:
        if "_queue" in vars(self):
            self._queue.close()


@contextmanager
def opened_receiver(found: Settings, say: Callable[[str], object]) -> Iterator[Receiver]:
    """Open the store and name the queue. Raises what the store and the organisation map raise."""
    with ExitStack() as stack:
        store = database.store(found)
        stack.callback(store.close)
        clock, timekeeping = database.clock(store, SystemClock())
        queue = cast("Queue", _Late(lambda: queueing.opened(found, clock)))
        stack.callback(queue.close)
        claims = queueing.claims(found)
        if claims is not None:
            stack.callback(claims.close)
        metrics = EmbeddedMetrics(say)
        listener = _listener(queue, store, clock)
        world = replace(_world(found, queue, store, metrics, listener), upkeep=timekeeping)
        yield Receiver(world=world, claims=claims, listener=listener, metrics=metrics)


def _listener(queue: Queue, store: Store, clock: Clock) -> Listener:
    """It notes who was heard of; silence is for workers to find."""
    return Listener(
        queue=queue,
        hearings=store.hearings,
        canaries=store.canaries,
        clock=clock,
        new_id=str,
        watch=Watch(),
    )


def _world(
    found: Settings, queue: Queue, store: Store, metrics: EmbeddedMetrics, listener: Listener
) -> World:
    rules = Rules(
        files={},
        vocabulary=Vocabulary(questions={}),
        organisation=without_snapshot(found),
        model=NOBODY,
    )
    return World(
        queue=queue,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=_NoEvidence(),
        notifiers={},
        contacts=(),
        clock=listener.clock,
        metrics=metrics,
        rules=rules,
        limits=Limits(),
        came_back=listener.came_back,
        heard=listener.heard,
    )
