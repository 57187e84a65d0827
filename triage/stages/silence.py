"""When does a silence mean something? Measured against a source's own past, and nothing else.

The rule: a lookout is silent when nothing has arrived for longer than three times its longest gap
of the last fourteen days, and for at least the floor; before it was heard of for three days it is
never silent. A gap that ends counts for the day it ends on. Who falls silent was told about once;
the next arrival starts anew.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.hearing import Heard, Hearing

DAYS_KEPT = 14
TIMES = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Patience:
    """How long a source may be quiet: at least `floor`, and known for `history`."""

    floor: timedelta = timedelta(hours=24)
    history: timedelta = timedelta(days=3)


def listened(known: Hearing | None, note: Heard, patience: Patience) -> Hearing:
    """Return what is known of a lookout now that something arrived."""
    before = known or Hearing(lookout=note.lookout, first=note.first, last=note.first)
    last = max(before.last, note.last)
    gaps = _with_gap(before, note, last)
    return Hearing(
        lookout=note.lookout,
        first=before.first,
        last=last,
        gaps=gaps,
        deadline=_deadline(before.first, last, gaps, patience),
        told=before.told if last == before.last else None,
    )


def _with_gap(before: Hearing, note: Heard, last: datetime) -> Mapping[str, float]:
    gap = max((note.first - before.last).total_seconds(), 0.0)
    today = note.first.date().isoformat()
    oldest = (last - timedelta(days=DAYS_KEPT)).date().isoformat()
    kept = {day: one for day, one in before.gaps.items() if day >= oldest}
    return {**kept, today: max(gap, kept.get(today, 0.0))}


def _deadline(
    first: datetime, last: datetime, gaps: Mapping[str, float], patience: Patience
) -> datetime | None:
    if last - first < patience.history:
        return None
    longest = timedelta(seconds=max(gaps.values(), default=0.0))
    return last + max(longest * TIMES, patience.floor)
