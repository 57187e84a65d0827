"""People are told which closes wait for them: one summary a day, not a message a close.

The summary is an effect of the case that is due first: its intent is recorded before anything is
sent, and it is tried again like any. What it says is counted when it is sent. A sample that nobody
answers in time counts as a miss, and the summary says so.
"""

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.case import Case, CaseEvent, EventKind, event_id
from triage.domain.effect import Effect
from triage.domain.errors import StaleCase
from triage.engine.escalation import Raised
from triage.engine.reviewing import Reviews, Waiting
from triage.engine.world import World
from triage.ports.clock import Clock
from triage.ports.notifier import Notice, Undelivered
from triage.ports.outbox import Outbox
from triage.stages.notice import Asked, reviews_wait

PART = "reviews asked"
ASK_REVIEW = "ask_review"
DAILY = timedelta(days=1)
LOOK_EVERY = timedelta(minutes=1)
COUNTED_MAX = 1000
"""Samples that a summary counts; more than people answer in days."""


@dataclass(kw_only=True)
class ReviewCalls:
    """Intends a summary when something waits and the last one is `every` ago. One thread steps."""

    reviews: Reviews
    outbox: Outbox
    clock: Clock
    every: timedelta = DAILY
    _next: datetime | None = field(default=None, init=False)

    def step(self) -> int:
        """Intend one, where it is time; return how many (0 or 1)."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + LOOK_EVERY
        if self.outbox.recent(ASK_REVIEW, since=now - self.every, at_most=1):
            return 0
        return sum(self._ask(one.case, now) for one in self.reviews.waiting(at_most=1))

    def _ask(self, case: Case, now: datetime) -> bool:
        name = event_id(case.id, ASK_REVIEW, case.version)
        effect = Effect(id=name, case=case.id, kind=ASK_REVIEW, data={}, due=now)
        data = {"effects": Raised(effects=(effect,)).intents}
        event = CaseEvent(id=name, kind=EventKind.REVIEW_ASKED, at=now, data=data)
        try:
            self.reviews.cases.append(case.id, event, version=case.version, effects=(effect,))
        except StaleCase:
            return False  # it moved on, perhaps by the very answer; the next step looks again
        return True


def ask_review(world: World, effect: Effect) -> str:
    """Tell the first contact who can be reached what waits right now. Raises Undelivered."""
    if world.sampling is None:
        return "nothing is drawn here"
    reviews = Reviews(closes=world.sampling.closes, cases=world.cases)
    waiting = [_asked(one) for one in reviews.waiting(at_most=COUNTED_MAX)]
    if not waiting:
        return "nothing waits any more"
    text = reviews_wait(waiting, world.clock.now())
    return _tell(world, Notice(id=effect.id, case=effect.case, **text))


def _asked(one: Waiting) -> Asked:
    return Asked(case=one.case, due=one.closed.due)


def _tell(world: World, notice: Notice) -> str:
    problems = ["nobody is configured to be asked"]
    for contact in world.contacts:
        if (notifier := world.notifiers.get(contact.channel)) is None:
            problems.append(f"no channel {contact.channel} is configured")
            continue
        try:
            return f"{contact.name}: {notifier.notify(contact.address, notice)}"
        except Undelivered as error:
            problems.append(f"{contact.name}: {error}")
    raise Undelivered("; ".join(problems[1:] or problems))
