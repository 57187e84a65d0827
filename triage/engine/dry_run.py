"""What would be decided, and nothing done about it: read, ask, decide, tell.

Only what a dry run may use is in its world: a queue to look at, evidence, rules and a clock.
Everything else stands there as something that cannot be touched, so that a write is not merely
left out but impossible.
"""

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any, Final, NoReturn

from triage.domain.case import case_id
from triage.domain.decision import Close, Escalate
from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.domain.message import Message, Rejected
from triage.domain.ticket import Ticket
from triage.engine.asking import ask
from triage.engine.together import side_by_side
from triage.engine.world import World
from triage.ports.queue import Queue, Unchanging
from triage.stages.conclude import Conclusion
from triage.stages.normalise import normalise
from triage.stages.record import concern, decision_as_json
from triage.stages.weigh import Telling, Weighed

BATCH: Final = 10
"""As many as the smallest queue hands out at a time."""


class Untouchable:
    """Stands where a dry run has no business; whatever is asked of it is a defect, and said so."""

    def __getattr__(self, name: str) -> NoReturn:
        raise TriageError(f"a dry run changes nothing, and this would need {name}")


NOTHING: Final[Any] = Untouchable()


class Lent:
    """A queue whose messages are only borrowed: all that it cannot take back is refused."""

    def __init__(self, queue: Queue) -> None:
        self._queue = queue

    def submit(self, bodies: Sequence[bytes]) -> int:
        raise Unchanging(f"submit {len(bodies)} messages")

    def receive(self, *, at_most: int, wait_seconds: float) -> Sequence[Message]:
        return self._queue.receive(at_most=at_most, wait_seconds=wait_seconds)

    def acknowledge(self, messages: Sequence[Message]) -> None:
        raise Unchanging(f"acknowledge {len(messages)} messages")

    def release(self, messages: Sequence[Message]) -> None:
        self._queue.release(messages)

    def depth(self) -> int:
        return self._queue.depth()

    def oldest(self) -> datetime | None:
        return self._queue.oldest()

    def close(self) -> None:
        self._queue.close()


def of_queue(world: World, *, at_most: int) -> Iterator[Record]:
    """Judge what waits on a queue. All of it goes back, whatever happens."""
    taken: list[Message] = []
    try:
        while len(taken) < at_most:
            some = _receive(world.queue, min(BATCH, at_most - len(taken)))
            if not some:
                break
            taken += some
            yield from of_messages(world, some)
    finally:
        world.queue.release(taken)


def _receive(queue: Queue, at_most: int) -> Sequence[Message]:
    return queue.receive(at_most=at_most, wait_seconds=0)


def of_messages(world: World, messages: Sequence[Message]) -> Iterator[Record]:
    """Judge messages, side by side; one row a record, in their order."""
    parts = [(message, part) for message in messages for part in normalise(message).parts]
    judged = side_by_side(lambda pair: _row(world, *pair), parts, threads=world.limits.threads)
    yield from judged.results


def _row(world: World, message: Message, part: Ticket | Rejected) -> Record:
    if isinstance(part, Rejected):
        return {"message": message.id, "status": "quarantined", "reason": part.reason}
    told = {"case": case_id(part.key), **concern(part)}
    # One ticket that cannot be judged must not hide what becomes of the others.
    try:
        telling = Telling(ticket=part, received=message.received)
        reads, _, conclusion = ask(
            world, Weighed(telling=telling, settled=True), {}, (None, None), {}
        )
    except Exception as error:  # noqa: BLE001
        reason = f"the engine could not decide: {type(error).__name__}: {str(error)[:300]}"
        return {"message": message.id, "status": "failed", **told, "reason": reason}
    return {
        "message": message.id,
        "status": _status(conclusion),
        **told,
        **decision_as_json(conclusion.decision),
        "reads": len(reads),
    }


def _status(conclusion: Conclusion) -> str:
    match conclusion.decision:
        case Close():
            return "would close"
        case Escalate():
            return "would escalate"
        case _:
            return "would resolve"
