"""Where a case can stand, what can happen to it, and which way leads where: one table."""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from triage.domain.errors import TriageError


class Status(StrEnum):
    """Where a case stands."""

    RECEIVED = "received"
    ACTING = "acting"
    WAITING = "waiting"
    ESCALATED = "escalated"
    CLOSED = "closed"


class EventKind(StrEnum):
    """What can happen to a case. Past tense, as events are."""

    RECEIVED = "received"
    UPDATED = "updated"
    SIGHTED = "sighted"
    SUPERSEDED = "superseded"
    HELD = "held"
    OWN_WRITE = "own_write"
    REOPENED = "reopened"
    PARTED = "parted"
    LET_GO = "let_go"
    DECIDED = "decided"
    EFFECT_DONE = "effect_done"
    EFFECT_ABANDONED = "effect_abandoned"
    REMINDED = "reminded"
    ACKNOWLEDGED = "acknowledged"
    VERDICT_GIVEN = "verdict_given"
    PLANNED = "planned"
    UNPLANNED = "unplanned"
    APPROVED = "approved"
    REJECTED = "rejected"
    LAPSED = "lapsed"
    INTENDED = "intended"
    WRITTEN = "written"
    MADE = "made"
    PROVEN = "proven"
    UNPROVEN = "unproven"
    FROZEN = "frozen"
    REVERT_ASKED = "revert_asked"
    REVERTED = "reverted"
    SOURCE_INTENDED = "source_intended"
    SOURCE_CLOSED = "source_closed"
    ECHOED = "echoed"
    WATCHED = "watched"
    INPUTS_DELETED = "inputs_deleted"
    REVIEW_ASKED = "review_asked"


QUIET = frozenset({EventKind.INPUTS_DELETED, EventKind.REVIEW_ASKED})
"""What happens to the record of a case and is no news of it."""


TRANSITIONS: Mapping[Status, frozenset[Status]] = MappingProxyType(
    {
        Status.RECEIVED: frozenset(
            {Status.RECEIVED, Status.ACTING, Status.ESCALATED, Status.CLOSED}
        ),
        # A repair is under way, and ends proven, with a person, or overtaken by news.
        Status.ACTING: frozenset(
            {Status.ACTING, Status.WAITING, Status.ESCALATED, Status.CLOSED, Status.RECEIVED}
        ),
        # A plan waits for somebody to agree to it.
        Status.WAITING: frozenset(
            {Status.WAITING, Status.ACTING, Status.ESCALATED, Status.CLOSED, Status.RECEIVED}
        ),
        # A person's verdict closes; a newer version of the ticket starts again.
        Status.ESCALATED: frozenset(
            {Status.ESCALATED, Status.CLOSED, Status.RECEIVED, Status.ACTING}
        ),
        # What is only held leaves a case closed until the decision that weighs it.
        Status.CLOSED: frozenset({Status.CLOSED, Status.RECEIVED, Status.ESCALATED, Status.ACTING}),
    }
)


class ForbiddenTransition(TriageError):
    """The table does not allow it; the event is not written."""

    def __init__(self, case_id: str, source: Status, target: Status) -> None:
        super().__init__(f"case {case_id} cannot go from {source} to {target}")


REPAIRING = frozenset(
    {
        EventKind.PLANNED,
        EventKind.UNPLANNED,
        EventKind.APPROVED,
        EventKind.REJECTED,
        EventKind.LAPSED,
        EventKind.PROVEN,
        EventKind.FROZEN,
        EventKind.REVERTED,
    }
)
"""Events of repairs that may move their case."""
TO_A_PERSON = REPAIRING - {EventKind.PLANNED, EventKind.APPROVED, EventKind.PROVEN}
"""Those that end with somebody."""
