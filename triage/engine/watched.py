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
        return self._missed_beside(before.told if before else frozenset())

    def watch(self, one: Held) -> Watch | None:
        """What the watch over a licence has shown, if it is under one.

        Everything that was answered since it began counts, whenever it was closed.
        """
        before, since = one.watched, one.watched_from
        if before is None or since is None:
            return None
        new = [closed for closed in self.closed if closed.at >= since]
        return Watch(
            seen=max(0, len(self.judged) - before.judged),
            misses=sum(self._missed_beside(before.began)),
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
        return {
            "told": told,
            "began": sorted(before.began) if before else told,
            "judged": before.judged if before else len(self.judged),
        }

    def _missed_beside(self, counted: frozenset[str]) -> tuple[bool, ...]:
        return tuple(one.missed(self.now) and one.event not in counted for one in self.judged)

    def _is_judged(self, one: Closed) -> bool:
        return one.chosen and (one.answered or one.overdue(self.now))
