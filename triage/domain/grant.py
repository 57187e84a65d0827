"""Events of a licence: what raised it, what lowered it, who said so."""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from triage.domain.json import Record


class GrantKind(StrEnum):
    """What can happen to a licence."""

    LOOKED = "looked"
    RAISED = "raised"
    LOWERED = "lowered"
    FELL = "fell"
    WATCHED = "watched"
    CLEARED = "cleared"


@dataclass(frozen=True, slots=True, kw_only=True)
class Grant:
    """One event of the licence of a rule's meaning in a tier.

    `name` is what people call the rule, `by` who caused it (`triage` where nobody did).
    """

    rule: str
    tier: str
    number: int
    name: str
    kind: GrantKind
    at: datetime
    by: str
    data: Record
