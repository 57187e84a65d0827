"""Which cases belong together. Incidents are joined when CaseStore.settle commits a decision."""

from collections.abc import Sequence
from datetime import datetime
from typing import Protocol

from triage.domain.case import Case, CaseId
from triage.domain.incident import Incident, IncidentId


class IncidentStore(Protocol):
    """Incidents and what cases are known by."""

    def incident(self, incident_id: str) -> Incident:
        """Find one by id or by an unambiguous beginning of it. Raises NoSuchIncident."""

    def incidents(self, *, at_most: int) -> Sequence[Incident]:
        """List incidents that are still led, most recently changed first."""

    def members(self, incident_id: IncidentId, *, at_most: int) -> Sequence[Case]:
        """List the cases of an incident, open ones first."""

    def size(self, incident_id: IncidentId) -> int:
        """How many cases are in it."""

    def waiting(self, incident_id: IncidentId) -> Sequence[CaseId]:
        """Name the cases of an incident that people were told of and have not answered."""

    def heir(self, case_id: CaseId) -> Case | None:
        """Another case of the same incident that is open and unanswered; None when there is none.

        Asked when a case ended that spoke for all; the incident is led by the heir from then on.
        """

    def related(self, case_id: CaseId, *, since: datetime, at_most: int) -> Sequence[Case]:
        """List closed cases that share a handle with this one and changed since then."""
