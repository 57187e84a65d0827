"""Playbooks that wait for their release judge the same tickets, beside those that decide.

They judge later, in a loop of their own and from what was read for the decision: nothing is looked
up for them, nothing is stored, and nothing they come to is ever acted on. What they would have
asked and nobody did is unknown to them. There is a bound on what is held for them and on how often
they judge; what goes beyond is skipped and counted.
"""

from collections import Counter, deque
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from typing import Final

from triage.domain.case import CaseId
from triage.playbook.loader import Loaded
from triage.ports.clock import Clock
from triage.stages.compare import Flip, compare, outcome
from triage.stages.conclude import Conclusion, conclude

HEARD_MAX: Final = 100
"""Decisions that are held at once, each with its ticket: 25 MiB at the worst."""
AT_ONCE: Final = 20
EVERY: Final = timedelta(seconds=1)
"""At most so many are judged in so long: a few hundredths of a core."""
SAME, FAILED, SKIPPED = "same", "failed", "skipped"


@dataclass(frozen=True, slots=True, kw_only=True)
class Compared:
    """What the waiting set makes of one ticket.

    `kind` says how that differs from what was decided; "same" or "failed" where there is no flip.
    """

    case: CaseId
    kind: str
    flip: Flip | None = None
    error: str = ""


@dataclass(kw_only=True)
class Shadow:
    """Hears of every decision while a set waits. Any thread may tell; one thread calls `step`."""

    clock: Clock
    waiting: Loaded | None = None
    counts: Counter[str] = field(default_factory=Counter)
    _heard: deque[tuple[CaseId, Conclusion]] = field(default_factory=deque)
    _next: datetime | None = None

    def put(self, waiting: Loaded | None) -> None:
        """Let another set wait, or none; what the last one came to is forgotten."""
        # New ones, so that a step that is under way ends with those it began with.
        self._heard, self.counts = deque(), Counter()
        self.waiting = waiting

    def hear(self, case: CaseId, conclusion: Conclusion) -> None:
        """Note a decision, in as little time as a list takes. Never raises."""
        if self.waiting is None:
            return
        if len(self._heard) >= HEARD_MAX:
            self.counts[SKIPPED] += 1
            return
        self._heard.append((case, conclusion))

    def step(self) -> tuple[Compared, ...]:
        """Judge some of what was heard, if it is time."""
        now, heard, counts, waiting = self.clock.now(), self._heard, self.counts, self.waiting
        if waiting is None or not heard or (self._next is not None and now < self._next):
            return ()
        self._next = now + EVERY
        some = [heard.popleft() for _ in range(min(AT_ONCE, len(heard)))]
        found = tuple(_compared(*one, waiting) for one in some)
        counts.update(one.kind for one in found)
        return found

    def note(self) -> str:
        """What the waiting set would have done; empty while it judged nothing."""
        judged = sum(self.counts.values()) - self.counts[SKIPPED]
        if not judged:
            return ""
        others = {kind: n for kind, n in sorted(self.counts.items()) if kind not in {SAME, SKIPPED}}
        told = ", ".join(f"{kind}: {n}" for kind, n in others.items())
        differ = f"{sum(others.values())} of {judged} tickets would have come out differently"
        return f"{differ} ({told})" if told else differ


def _compared(case: CaseId, conclusion: Conclusion, waiting: Loaded) -> Compared:
    # Whatever is wrong with playbooks that nobody released is theirs alone.
    try:
        flip = _flip(conclusion, waiting)
    except Exception as error:  # noqa: BLE001
        return Compared(case=case, kind=FAILED, error=type(error).__name__)
    return Compared(case=case, kind=flip.kind if flip else SAME, flip=flip)


def _flip(conclusion: Conclusion, waiting: Loaded) -> Flip | None:
    matter = conclusion.matter
    other = conclude(
        conclusion.ticket,
        conclusion.evidence.reads,
        replace(matter.context, playbooks=waiting),
        matter.implicated,
        matter.rivals,
        matter.lapsed,
    )
    return compare(outcome(conclusion), outcome(other))
