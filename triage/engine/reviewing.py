"""What people said of closes that were drawn: looked up whenever their case moved on."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import dropwhile

from triage.domain.case import Case
from triage.domain.closed import Closed
from triage.engine.verdicts import words, worst
from triage.judgement.agreement import agreed
from triage.ports.case_store import CaseStore
from triage.ports.closes import Closes

PART = "reviews"
AT_ONCE = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class Waiting:
    """A drawn close that waits for somebody, and its case. What the engine decided is not shown."""

    closed: Closed
    case: Case


@dataclass(frozen=True, slots=True, kw_only=True)
class Reviews:
    """Keeps the register of closes true to the verdicts: a correction is looked at like any."""

    closes: Closes
    cases: CaseStore

    def step(self) -> int:
        """Look at closes whose case moved on; return how many there were.

        Those that nobody drew too: what somebody came upon is no sample, and may be a critical
        miss.
        """
        unseen = self.closes.unseen(at_most=AT_ONCE)
        for closed in unseen:
            self.closes.looked(self._look(closed))
        return len(unseen)

    def _look(self, closed: Closed) -> Closed:
        # The version first: what is appended in between moves the case past it, and is seen next.
        version = self.cases.case(closed.case).version
        events = self.cases.events(closed.case)
        since = list(dropwhile(lambda event: event.id != closed.event, events))
        agreement = agreed(words(since))
        by = agreement.spoke[-1] if agreement.spoke else ""
        bad = worst(since, closed.severity) if agreement.real else closed.severity
        return replace(closed, looked=version, real=agreement.real, by=by, severity=bad)

    def waiting(self, *, at_most: int) -> Sequence[Waiting]:
        """What waits for a person right now, soonest due first."""
        looked = [self._look(one) for one in self.closes.waiting(at_most=at_most)]
        return [
            Waiting(closed=one, case=self.cases.case(one.case))
            for one in looked
            if not one.answered
        ]
