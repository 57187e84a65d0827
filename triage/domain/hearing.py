"""Signs of life: when something arrived from where, and the canaries sent to hear of."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from triage.domain.lookout import Lookout


@dataclass(frozen=True, slots=True, kw_only=True)
class Heard:
    """Something arrived from there, first and last at these times, since the last such note."""

    lookout: Lookout
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Hearing:
    """When something arrived from a lookout, and its longest silence of each day, in seconds.

    `deadline` is when its silence counts as one, None while too little is known; `told` is when
    people were told of the present one.
    """

    lookout: Lookout
    first: datetime
    last: datetime
    gaps: Mapping[str, float] = field(default_factory=dict)
    deadline: datetime | None = None
    told: datetime | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Canary:
    """A marked message on the queue. `id` cannot be guessed: only who has read it can repeat it."""

    id: str
    sent: datetime
    due: datetime
    arrived: datetime | None = None
    told: datetime | None = None
