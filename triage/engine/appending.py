"""Writing into a case, however many others write to it."""

from collections.abc import Callable, Sequence
from contextlib import suppress
from datetime import datetime
from typing import TypeVar

from triage.domain.case import Case, CaseEvent
from triage.domain.effect import Timer
from triage.domain.errors import StaleCase
from triage.ports.case_store import CaseStore

RACES_MAX = 20
Written = TypeVar("Written")
Make = Callable[[Case], CaseEvent | None]
"""From the case as it stands to what is to be written; None when there is nothing to write."""


def write_down(
    cases: CaseStore,
    case_id: str,
    make: Make,
    *,
    timers: Sequence[Timer] = (),
    due: datetime | None = None,
) -> Case:
    """Append what `make` says, made anew whenever another writer was faster. Raises StaleCase."""
    return undeterred(lambda: _once(cases, case_id, make, timers, due))


def undeterred(write: Callable[[], Written]) -> Written:
    """Do it from the start again whenever another writer was faster. Raises StaleCase.

    `write` reads the case itself, and may be done as often as there are races.
    """
    for _ in range(RACES_MAX - 1):
        with suppress(StaleCase):
            return write()
    return write()


def _once(
    cases: CaseStore, case_id: str, make: Make, timers: Sequence[Timer], due: datetime | None
) -> Case:
    case = cases.case(case_id)
    event = make(case)
    if event is None:
        return case
    return cases.append(case.id, event, version=case.version, timers=timers, due=due)
