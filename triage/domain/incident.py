"""Cases that belong together: one page for all of them, and nobody's ticket is hidden."""

from dataclasses import dataclass
from datetime import datetime
from typing import NewType

from triage.domain.case import CaseId
from triage.domain.decision import Priority

IncidentId = NewType("IncidentId", str)
Handle = NewType("Handle", str)
"""Something that cases can share, as `side:kind:value`; see stages/correlate.py."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Incident:
    """Escalated cases that share a handle within a window.

    `leading` is the case that people were told of on behalf of all, `told` at which priority;
    `led` is False when that case has ended meanwhile; `awaited` is False when nobody is being asked
    any more, because somebody has taken it on or all contacts were told in vain. `changed` is when
    the last case joined.
    Nothing joins a `parted` incident: it holds one case that a person took out of another.
    """

    id: IncidentId
    leading: CaseId
    told: Priority
    opened: datetime
    changed: datetime
    parted: bool = False
    led: bool = True
    awaited: bool = True
