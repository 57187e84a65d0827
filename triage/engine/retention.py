"""What closed cases were told and what was looked up for them is deleted after a while.

The events stay, with the names of what is gone, so every chain still verifies; the deletion is an
event itself. What other cases name, what people wrote, and every open case are left alone.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.case import Case, CaseEvent, CaseId, EventKind, event_id
from triage.domain.inputs import kept_own_bytes
from triage.domain.ticket import FindingClass
from triage.ports.case_store import CaseStore, Retirement

AT_ONCE = 100
"""Cases a transaction."""

Retention = Mapping[FindingClass, int]
"""Days after its last event that a closed case keeps its bytes, by class; for ever if unlisted."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Retired:
    """What would be deleted, or was, of one class: cases, stored bodies, their bytes."""

    finding_class: FindingClass
    days: int
    cases: int = 0
    bodies: int = 0
    size: int = 0


@dataclass(frozen=True, slots=True, kw_only=True)
class Due:
    """What is due of one class: each case with its bytes, and how large those are."""

    finding_class: FindingClass
    days: int
    cases: Mapping[CaseId, tuple[Case, frozenset[str]]]
    sizes: Mapping[str, int]

    def counted(self) -> Retired:
        """Everything, as if all of it were deleted."""
        return Retired(
            finding_class=self.finding_class,
            days=self.days,
            cases=len(self.cases),
            bodies=len(self.sizes),
            size=sum(self.sizes.values()),
        )


def due(store: CaseStore, retention: Retention, *, now: datetime, at_most: int) -> Sequence[Due]:
    """What is to be deleted by now, no more than `at_most` cases; nothing is changed."""
    named = {one: _due_of(store, one, days, now, at_most) for one, days in retention.items()}
    whose = {
        name: case.id for found in named.values() for case, own in found.values() for name in own
    }
    sizes = store.spared(whose) if whose else {}
    return [_spare(one, retention[one], found, sizes) for one, found in sorted(named.items())]


def _due_of(
    store: CaseStore, wanted: FindingClass, days: int, now: datetime, at_most: int
) -> Mapping[CaseId, tuple[Case, frozenset[str]]]:
    before = now - timedelta(days=days)
    found = store.retirable(wanted, before=before, at_most=at_most)
    return {case.id: (case, frozenset(kept_own_bytes(store.events(case.id)))) for case in found}


def _spare(
    wanted: FindingClass,
    days: int,
    found: Mapping[CaseId, tuple[Case, frozenset[str]]],
    sizes: Mapping[str, int],
) -> Due:
    kept = {name: (case, own & sizes.keys()) for name, (case, own) in found.items()}
    names = {name for _, own in kept.values() for name in own}
    return Due(
        finding_class=wanted,
        days=days,
        cases=kept,
        sizes={name: sizes[name] for name in names},
    )


def delete(store: CaseStore, found: Due, *, now: datetime) -> Retired:
    """Delete it; a case to which something happened in the meantime keeps everything."""
    waiting = [_retirement(case, own, found, now) for case, own in found.cases.values()]
    written = 0
    for start in range(0, len(waiting), AT_ONCE):
        written += store.retire(waiting[start : start + AT_ONCE])
    whole = found.counted()
    return Retired(
        finding_class=whole.finding_class,
        days=whole.days,
        cases=written,
        bodies=whole.bodies,
        size=whole.size,
    )


def _retirement(case: Case, own: frozenset[str], found: Due, now: datetime) -> Retirement:
    data = {"bodies": sorted(own), "class": found.finding_class, "days": found.days, "effects": []}
    event = CaseEvent(
        id=event_id(case.id, case.version, EventKind.INPUTS_DELETED),
        kind=EventKind.INPUTS_DELETED,
        at=now,
        data=data,
    )
    return Retirement(case=case, event=event, bodies=own)
