"""At closing time: does a person look at this close all the same?

Every close that the engine makes by itself draws, whatever its ground. The draw is recorded beside
the decision and is no part of what a replay compares: the key's holder repeats it from the case,
the event's id and the recorded rate.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.case import Case
from triage.domain.closed import Closed
from triage.domain.json import Record
from triage.judgement.sampling import FLOOR_MIN, draw, rate
from triage.ports.closes import Closes
from triage.stages.closed import Closer

WEEK = timedelta(days=7)
ANSWER = timedelta(hours=72)


@dataclass(frozen=True, slots=True, kw_only=True)
class Sampling:
    """Draws with a secret `key`. `floor` is an operator's, `answer` how long people have.

    `twice` is the share that two people judge, of what is judged without our view; 0 is nothing.
    """

    key: bytes
    closes: Closes
    floor: float = FLOOR_MIN
    answer: timedelta = ANSWER
    twice: float = 0.0

    def draw(
        self, case: Case, event: str, by: Closer, now: datetime, since: datetime | None = None
    ) -> Closed:
        """Draw for one close; `since` is from when on the rule's closes count as seen.

        Closes that are under way at the same moment are not counted yet, which only raises the
        rate.
        """
        pace = self.closes.pace(by.rule, by.tier, ground=by.ground, since=since, week=now - WEEK)
        chance = rate(pace.before, pace.last_week, self.floor)
        return Closed(
            event=event,
            case=case.id,
            rule=by.rule,
            name=by.name,
            tier=by.tier,
            ground=by.ground,
            severity=by.severity,
            at=now,
            rate=chance,
            chosen=draw(self.key, case.id, event, chance).chosen,
            due=now + self.answer,
            looked=case.version + 1,
        )


def drawn(closed: Closed) -> Record:
    """The draw as the closing event keeps it."""
    return {"rate": closed.rate, "chosen": closed.chosen, "due": closed.due.isoformat()}
