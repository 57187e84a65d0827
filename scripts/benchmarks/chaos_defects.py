"""Defects that scripts/benchmarks/chaos.py can be run with, to see that its laws find them."""

from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from typing import Any
from unittest.mock import patch

from chaos_scene import Cloud

from triage.adapters.storage.outbox import SqlOutbox
from triage.domain.case import EventKind
from triage.engine.effects import RUNNERS
from triage.engine.repairing import applying, proving, recording
from triage.remediations.remediation import Proven
from triage.stages.own_write import APPLY

Undo = Callable[[ExitStack], None]


def _without_intent(stack: ExitStack) -> None:
    """Write first and say nothing before."""
    stack.enter_context(patch.object(applying.CaseJournal, "intend", lambda *_all: None))


def _twice(stack: ExitStack) -> None:
    """Make every write once more."""
    write = Cloud._write  # noqa: SLF001 - the defect sits inside it

    def again(self: Cloud, call: Any) -> Any:
        write(self, call)
        return write(self, call)

    stack.enter_context(patch.object(Cloud, "_write", again))


def _lost(stack: ExitStack) -> None:
    """Say of every third repair that it was made, and make nothing."""
    apply, count = RUNNERS[APPLY], iter(range(1_000_000))

    def forgetful(world: Any, effect: Any) -> str:
        return "made" if next(count) % 3 == 0 else apply(world, effect)

    stack.enter_context(patch.dict(RUNNERS, {APPLY: forgetful}))  # type: ignore[arg-type] # a dict


def _unproven(stack: ExitStack) -> None:
    """Believe every repair: nothing is written, and nobody looks."""

    def believed(_fix: Any, _cloud: Any, plan: Any, **_more: Any) -> Proven:
        return Proven(state=plan.before)

    stack.enter_context(patch.object(proving.fixing, "verify", believed))
    stack.enter_context(patch.object(applying.fixing, "apply", lambda *_all, **_more: None))


def _deaf(stack: ExitStack) -> None:
    """Never look at the kill switch."""
    for module in (applying, recording):
        stack.enter_context(patch.object(module, "hold", lambda _world: None))


def _undead(stack: ExitStack) -> None:
    """Write whatever became of the repair and of the lease meanwhile."""

    def intend(self: applying.CaseJournal, place: int, step: Any) -> None:
        self._keep(EventKind.INTENDED, place, {"call": step.event, "says": step.says})

    stack.enter_context(patch.object(applying.CaseJournal, "intend", intend))


def _forgetful(stack: ExitStack) -> None:
    """Delete what was to be done whenever it has to be tried again."""
    finish = SqlOutbox.finish

    def dropped(self: SqlOutbox, effect: Any, **more: Any) -> None:
        ended = {"owner": more["owner"], "status": "done", "outcome": more["outcome"]}
        finish(self, effect, **ended)

    stack.enter_context(patch.object(SqlOutbox, "postpone", dropped))


DEFECTS: Mapping[str, Undo] = {
    "write-without-intent": _without_intent,
    "write-twice": _twice,
    "lose-a-write": _lost,
    "prove-nothing": _unproven,
    "ignore-halt": _deaf,
    "outlive-the-lease": _undead,
    "drop-what-failed": _forgetful,
}


@contextmanager
def broken(name: str | None) -> Iterator[None]:
    """Plant a defect as long as the block lasts; none without a name."""
    with ExitStack() as stack:
        if name is not None:
            DEFECTS[name](stack)
        yield
