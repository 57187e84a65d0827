"""What a licence's samples say: all of them to the alarm, the new ones to a watch and to pairs."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.closed import Closed
from triage.domain.json import Record
from triage.engine.licences import Held, Watched
from triage.judgement.sampling import HALF_UNTIL
from triage.judgement.watch import Watch


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Closes by one licence since its last step, oldest first, as of `now`."""

    closed: Sequence[Closed]
    now: datetime

    @property
    def judged(self) -> Sequence[Closed]:
        """Samples that were answered, or waited too long."""
        return [one for one in self.closed if self._is_judged(one)]

    @property
    def misses(self) -> tuple[bool, ...]:
        """What came of each of them, true where it counts as real."""
        return tuple(one.missed(self.now) for one in self.judged)

    def recent(self, before: Watched | None) -> tuple[bool, ...]:
        """The same, but for misses that began a watch already: they had their say."""
        told = before.told if before else frozenset[str]()
        return tuple(one.missed(self.now) and one.event not in told for one in self.judged)

    def watch(self, one: Held) -> Watch | None:
        """What the watch over a licence has shown, if it is under one.

        Everything that was answered since it began counts, whenever it was closed.
        """
        before, since = one.watched, one.licence.watched
        if before is None or since is None:
            return None
        new = [closed for closed in self.closed if closed.at >= since]
        return Watch(
            seen=max(0, len(self.judged) - before.judged),
            misses=max(0, sum(self.misses) - before.misses),
            fresh=sum(self.recent(before)),
            closes=len(new),
            waiting=sum(
                closed.chosen and not self._is_judged(closed) for closed in new[:HALF_UNTIL]
            ),
        )

    def begun(self, one: Held) -> Record:
        """What the event of a watch that begins now keeps. One after another is one evidence."""
        told = [closed.event for closed in self.judged if closed.missed(self.now)]
        before = one.watched if one.licence.watched else None
        judged, misses = len(self.judged), len(told)
        return {
            "told": told,
            "judged": before.judged if before else judged,
            "misses": before.misses if before else misses,
        }

    def _is_judged(self, one: Closed) -> bool:
        return one.chosen and (one.answered or one.overdue(self.now))
