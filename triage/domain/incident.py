"""Cases that belong together: one page for all of them, and nobody's ticket is hidden."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from triage.domain.case import CaseId
from triage.domain.decision import Priority
from triage.domain.json import Record

IncidentId = NewType("IncidentId", str)
Handle = NewType("Handle", str)
"""Something that cases can share, as `kind:value`; see stages/correlate.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Escalated cases that share a handle within a window.

    `leading` is the case that opened it, `told` the highest priority somebody was told of,
    `members` how many cases are in it. `parted` incidents hold one case that a person took out of
    another; nothing else joins them.
    """

    id: IncidentId
    leading: CaseId
    opened: datetime
    changed: datetime
    told: Priority | None = None
    members: int = 1
    acknowledged_by: str | None = None
    parted: bool = False

    def as_record(self) -> Record:
        return {
            "id": self.id,
            "leading": self.leading,
            "opened": self.opened.isoformat(),
            "changed": self.changed.isoformat(),
            "told": self.told,
            "members": self.members,
            "acknowledged_by": self.acknowledged_by,
            "parted": self.parted,
        }
