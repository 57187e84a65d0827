"""Licences answer for their closes: what trips makes them fall at once, told and recorded.

Two misses that may be chance put one under watch instead: it keeps its level, and people see
every close (`triage/judgement/watch.py`).

The alarm is submitted before the fall is written, and what is to be looked at again is opened
again after it, for an hour, as often as it takes: whatever crashes, nothing of it is lost, and
doing it twice changes nothing.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from triage.domain.case import CaseEvent, EventKind, Status, event_id
from triage.domain.closed import Closed
from triage.domain.decision import Ground, Level
from triage.domain.errors import StaleCase
from triage.domain.grant import GrantKind
from triage.domain.severity import Label
from triage.engine.granting import cleared, fell, novel, watched
from triage.engine.labelling import Seen
from triage.engine.licences import Held, hashes_of, held
from triage.engine.rules import Rules
from triage.engine.watched import Samples
from triage.judgement.certificate import Certificate
from triage.judgement.licence import to_review
from triage.judgement.monitor import Monitor
from triage.judgement.shift import stability
from triage.judgement.trips import TRIPS, Signs, only_watched, tripped
from triage.ports.case_store import CaseStore
from triage.ports.clock import Clock
from triage.ports.closes import Closes
from triage.ports.grants import Grants
from triage.ports.queue import Queue
from triage.stages import alarm

PART = "licences watched"
EVERY = timedelta(minutes=1)
LOOK_BACK = timedelta(days=30)
AGAIN_FOR = timedelta(hours=1)
RECENT_MIN = 50
"""Decisions in the last days below which a shift, or a surge, is chance."""


@dataclass(kw_only=True)
class Demoter:
    """Watches every licence above shadow. One thread calls `step`.

    `recent` are the decisions of the last days, read only where there is a licence to watch;
    `decoyed` tells whether a recorded attack would close under these rules right now, `returns` how
    many closes of a rule and tier came back on probation since then.
    """

    grants: Grants
    closes: Closes
    cases: CaseStore
    queue: Queue
    clock: Clock
    rules: Callable[[], Rules]
    recent: Callable[[], Sequence[Seen]] = tuple
    decoyed: Callable[[str, str], bool] = lambda _rule, _tier: False
    returns: Callable[[str, str, datetime], int] = lambda _rule, _tier, _since: 0
    _next: datetime | None = field(default=None, init=False)

    def step(self) -> int:
        """Look at every licence, once a minute; return how many changed."""
        now = self.clock.now()
        if self._next is not None and now < self._next:
            return 0
        self._next = now + EVERY
        every = held(self.grants.all())
        used = [one for one in every.values() if _in_use(one, now)]
        recent = self.recent() if used else ()
        count = sum(self._look(one, recent, now) for one in used)
        for one in held(self.grants.all()).values():
            self._review(one, now)
        return count

    def _look(self, one: Held, recent: Sequence[Seen], now: datetime) -> bool:
        samples = Samples(closed=self._closed(one), now=now)
        signs = self._signs(one, recent, samples)
        trips = tripped(signs)
        if trips:
            self._trip(one, trips, samples)
        elif signs.watch is not None and signs.watch.clean:
            self.grants.add(cleared(one, signs.watch, now))
        else:
            return False
        return True

    def _trip(self, one: Held, trips: Sequence[str], samples: Samples) -> None:
        now, words = samples.now, "; ".join(TRIPS[name].words for name in trips)
        if only_watched(trips):
            event, tell = watched(one, trips, samples.begun(one), now), alarm.watch
        else:
            event, tell = fell(one, trips, now), alarm.demotion
        self.queue.submit([tell(one.name, event.tier, event.number, words, now)])
        self.grants.add(event)

    def _signs(self, one: Held, recent: Sequence[Seen], samples: Samples) -> Signs:
        certificate, rule, tier = _certificate(one), one.licence.rule, one.licence.tier
        own = [seen for seen in recent if (seen.rule, seen.tier) == (rule, tier)]
        many = len(own) >= RECENT_MIN
        return Signs(
            monitor=Monitor.over(certificate.watched_rate).saw_all(samples.misses),
            certified=certificate.watched_rate,
            recent=samples.recent(one.watched),
            watch=samples.watch(one),
            critical_miss=any(_critical(closed) for closed in samples.closed),
            canary_closed=self.decoyed(rule, tier),
            shift=stability(one.scores, [seen.score for seen in own]) if many else 0.0,
            novel=novel(own, one.known) if many else 0.0,
            novel_before=one.novel,
            returns=self.returns(rule, tier, _since(one)),
            hashes_changed=dict(certificate.hashes) != dict(self._hashes(rule)),
        )

    def _hashes(self, rule: str) -> Mapping[str, str]:
        return hashes_of(self.rules(), rule)

    def _closed(self, one: Held) -> Sequence[Closed]:
        """What it closed since its last step."""
        found = self.closes.since(_since(one), rule=one.licence.rule, tier=one.licence.tier)
        return [closed for closed in found if closed.ground is Ground.LICENCE]

    def _review(self, one: Held, now: datetime) -> None:
        """Open again what it closed in its last 30 days, where its fall calls for that."""
        last = one.history[-1]
        if last.kind is not GrantKind.FELL or now - last.at > AGAIN_FOR:
            return
        if not to_review(last.data["trips"]):
            return
        since = last.at - LOOK_BACK
        for closed in self.closes.since(since, rule=last.rule, tier=last.tier):
            if closed.ground is Ground.LICENCE and closed.real is None:
                self._open(closed, f"what {one.name} closed wrongly", last.number, now)

    def _open(self, closed: Closed, because: str, number: int, now: datetime) -> None:
        case = self.cases.case(closed.case)
        event = CaseEvent(
            id=event_id(case.id, EventKind.REOPENED, closed.rule, number),
            kind=EventKind.REOPENED,
            at=now,
            data={"by": because, "effects": []},
        )
        if case.status is not Status.CLOSED:
            return  # somebody has it, or it is judged anew already
        try:
            self.cases.append(case.id, event, version=case.version, due=now)
        except StaleCase:
            return  # somebody is at it; the next step finds it if it is closed


def _since(one: Held) -> datetime:
    """Its last step, up or down: what came before was counted then."""
    return max(moment for moment in (one.raised, one.licence.fell) if moment is not None)


def _in_use(one: Held, now: datetime) -> bool:
    certificate = one.licence.certificate
    lowered = min(one.licence.level.rank, one.licence.at_most.rank)
    return certificate is not None and now < certificate.expires and lowered > Level.SHADOW.rank


def _certificate(one: Held) -> Certificate:
    if one.licence.certificate is None:
        raise ValueError(f"the licence of {one.name} has no certificate")
    return one.licence.certificate


def _critical(closed: Closed) -> bool:
    return closed.real is True and closed.severity is Label.CRITICAL
