"""Writing one event into a case, however many others write to it."""

from collections.abc import Callable, Sequence
from datetime import datetime

from triage.domain.case import Case, CaseEvent
from triage.domain.effect import Timer
from triage.domain.errors import StaleCase
from triage.ports.case_store import CaseStore

RACES_MAX = 20
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
    for _ in range(RACES_MAX - 1):
        try:
            return _once(cases, case_id, make, timers, due)
        except StaleCase:
            continue
    return _once(cases, case_id, make, timers, due)


def _once(
    cases: CaseStore, case_id: str, make: Make, timers: Sequence[Timer], due: datetime | None
) -> Case:
    case = cases.case(case_id)
    event = make(case)
    if event is None:
        return case
    return cases.append(case.id, event, version=case.version, timers=timers, due=due)
