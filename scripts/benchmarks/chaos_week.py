"""One seed of scripts/benchmarks/chaos.py: a week of findings, people, faults, pauses and kills."""

import heapq
import json
import random  # noqa: TID251 - seeded, and the seed is an option
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import partial
from typing import Any

import chaos_laws
import chaos_scene as scene
from botocore.exceptions import ClientError
from chaos_people import Desk
from chaos_place import Place
from chaos_processes import KILL, Clock, Process
from chaos_sandbox import SOMEBODY, Hand, Local, Write
from chaos_scene import START, Resource, Weather

from tests.repairs.example import ACCOUNT, REGION
from triage.domain.account import Tier
from triage.domain.json import Record
from triage.engine.worker import Worker
from triage.ports.switches import ALL

WEEK, AFTERWARDS = timedelta(days=7), timedelta(days=14)
WORKERS = 3
TWICE, LATE = 0.3, 0.15
"""How often a finding is told twice, and how often an older one comes after it."""
TURNS_MAX = 8_000
"""A week takes an eighth of it; more is a week that never ends."""
EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
DUE: dict[str, str] = {
    "decide": "SELECT min(max(due, coalesce(lease_until + 1, 0))) FROM cases WHERE due IS NOT NULL",
    "effects": "SELECT min(max(due, coalesce(lease_until + 1, 0))) FROM effects"
    " WHERE status = 'intended'",
    "timers": "SELECT min(max(due, coalesce(lease_until + 1, 0))) FROM timers",
}
"""When a loop of the worker next has something to do, in microseconds."""
INBOX = "SELECT min(coalesce(lease_until + 1, 0)) FROM inbox"
BEGINNING, HALTED = frozenset({"planned", "intended"}), 0.06
"""Events after which somebody throws the kill switch, before the write follows, and how often."""
PAUSES: tuple[tuple[float, Callable[[random.Random], float]], ...] = (
    (0.0012, lambda _chance: KILL),
    (0.0010, lambda chance: chance.uniform(130, 1000)),
    (0.01, lambda chance: chance.uniform(1, 20)),
    (0.15, lambda _chance: 0.0),
)
"""What may happen at a point: death, a sleep past the lease, a short one, somebody else's turn."""


def _meddled(resource: Resource, since: datetime) -> bool:
    return resource.meddled is not None and resource.meddled >= since


class Silent:
    """A log that nobody reads."""

    def info(self, event: str, **fields: Any) -> None:
        """Say nothing."""

    def exception(self, event: str, **fields: Any) -> None:
        """Say nothing."""


@dataclass(kw_only=True)
class Slot:
    """A place for a worker: whoever is killed there is followed by another."""

    name: str
    process: Process
    worker: Worker


@dataclass(kw_only=True)
class Week:
    """The state of one seed. `story` is everything that happened, in order."""

    seed: int
    place: Place
    local: Local
    clock: Clock = field(default_factory=lambda: Clock(START))
    story: list[str] = field(default_factory=list)
    counts: Counter[str] = field(default_factory=Counter)
    wrong: list[str] = field(default_factory=list)
    sent: list[bytes] = field(default_factory=list)
    at_source: dict[str, Record] = field(default_factory=dict)
    answers: dict[str, Record] = field(default_factory=dict)
    written: dict[str, datetime] = field(default_factory=dict)
    delivered: dict[str, int] = field(default_factory=dict)
    slots: list[Slot] = field(default_factory=list)
    applied: dict[tuple[str, str, int], datetime] = field(default_factory=dict)
    doubled: list[str] = field(default_factory=list)
    halts: list[tuple[datetime, datetime | None]] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.chance = random.Random(f"{self.seed} week")  # noqa: S311 - nothing secret
        self.fates = random.Random(f"{self.seed} fate")  # noqa: S311 - the same
        self.weather = Weather(chance=random.Random(f"{self.seed} weather"))  # noqa: S311 - the same
        self.tier = self.chance.choice((Tier.DEVELOPMENT, Tier.DEVELOPMENT, Tier.PRODUCTION))
        self.resources = scene.drawn(self.chance)
        self.rules = scene.rules(self.tier)
        self._agenda: list[tuple[datetime, int, Callable[[], None]]] = []
        self._turn, self._told = 0, 0
        self._subjects: dict[str, Resource | None] = {}
        self.place.clear()
        self.local.load(scene.scenario(self.resources, self.tier), self.clock)
        self.store = self.place.store
        self.desk = Process(name="desk", clock=self.clock, fate=lambda _what: None)
        self.people = scene.world(self)
        self.visitors = Desk(week=self, chance=self.chance)
        self.raw, self.inbox = self.place.raw, self.place.raw_inbox

    # --- what the parts of the scene ask ----------------------------------------------------------

    def tell(self, text: str) -> None:
        """Add a line to the story."""
        self.story.append(
            f"{self.clock.now():%a %H:%M:%S}.{self.clock.time.microsecond // 1000:03d} {text}"
        )

    def standing(self, case: str) -> tuple[int, bool]:
        """How many events a case has, and whether the kill switch is thrown."""
        row = self.raw.execute("SELECT version FROM cases WHERE id = ?", (case,)).fetchone()
        thrown = self.raw.execute(
            "SELECT 1 FROM switches WHERE name = ? AND stopped", (ALL,)
        ).fetchone()
        return (row[0] if row else 0), thrown is not None

    @contextmanager
    def serving(self, hand: Hand) -> Iterator[None]:
        """Serve requests of one session, and let the world see what it wrote."""
        before, known = self.local.hand, len(self.local.writes)
        self.local.hand = hand
        try:
            yield
        finally:
            self.local.hand = before
            for write in self.local.writes[known:]:
                self._follow_up(write)

    def made(self, hand: Hand, write: Callable[[], Record]) -> Record:
        """Let a write be made; a step that has been made before must change nothing any more."""
        resource, step = self.subject_of(hand.session), self._intent(hand.session)
        since = self.applied.get(step)
        again = since is not None and resource is not None and not _meddled(resource, since)
        before = scene.probe(self.local, resource) if again and resource else None
        with self.serving(hand):
            answer = write()
        self.applied[step] = self.clock.now()
        if before is not None and resource is not None:
            after = scene.probe(self.local, resource)
            if after is None or after.facts != before.facts:
                self.doubled.append(f"step {step} was made again, and changed {resource.subject}")
        return answer

    def _intent(self, case: str) -> tuple[str, str, int]:
        """The step that a case last intended: its repair and its place."""
        query = "SELECT body FROM events WHERE case_id = ? ORDER BY sequence DESC"
        for (body,) in self.raw.execute(query, (case,)):
            event = json.loads(body)
            if event["kind"] == "intended":
                return case, event["data"]["repair"], event["data"]["step"]
        return case, "", 0

    def halted_since(self, moment: datetime) -> datetime | None:
        """Since when the kill switch was thrown at a moment; None when it was not."""
        thrown = [
            start for start, end in self.halts if start <= moment and (end is None or moment < end)
        ]
        return thrown[-1] if thrown else None

    def subject_of(self, case: str) -> Resource | None:
        """Which resource a case is about."""
        if case not in self._subjects:
            row = self.raw.execute("SELECT state FROM cases WHERE id = ?", (case,)).fetchone()
            head = json.loads(row[0])["headline"] if row else {}
            about = (head.get("type"), head.get("subject"))
            of_it = [
                one
                for one in self.resources
                if about[0] in scene.controls()[one.fix] and one.subject == about[1]
            ]
            self._subjects[case] = of_it[0] if of_it else None
        return self._subjects[case]

    # --- what happens outside the engine ----------------------------------------------------------

    def at(self, moment: datetime, do: Callable[[], None]) -> None:
        """Have something done at a moment."""
        self._turn += 1
        heapq.heappush(self._agenda, (moment, self._turn, do))

    def soon(self, least: float, most: float, do: Callable[[], None]) -> None:
        """Have something done in a while, in seconds."""
        self.at(self.clock.now() + timedelta(seconds=self.chance.uniform(least, most)), do)

    def _send(self, body: bytes) -> None:
        self.sent.append(body)
        self.people.queue.submit([body])  # type: ignore[attr-defined] # it is an inbox

    def announce(self, found: Record) -> None:
        """Let Security Hub know it and tell, sometimes twice, sometimes an older one after it."""
        self.at_source[found["Id"]] = found
        body = scene.imported(found)
        self.tell(
            f"finding {found['Compliance']['SecurityControlId']} {found['Compliance']['Status']}"
        )
        self.soon(1, 60, partial(self._send, body))
        if self.chance.random() < TWICE:
            self.soon(1, 7200, partial(self._send, body))
        if self.chance.random() < LATE:
            older = {**found, "UpdatedAt": found["CreatedAt"]}
            self.soon(60, 600, partial(self._send, scene.imported(older)))

    def evaluate(self, resource: Resource, *, first: bool = False) -> None:
        """Security Hub looks at a resource again, and tells what has changed."""
        resource.looked_at = False
        broken = scene.is_broken(self.local, resource)
        if first or broken != resource.failed:
            resource.failed = broken
            self.announce(resource.found(self.clock.now()))

    def _evaluate_soon(self, resource: Resource) -> None:
        if not resource.looked_at:
            resource.looked_at = True
            self.soon(120, 1800, partial(self.evaluate, resource))

    def meddle(self, resource: Resource) -> None:
        """Somebody else changes a resource."""
        resource.meddled = self.clock.now()
        self.tell(f"somebody changes {resource.subject} ({resource.fix})")
        with self.serving(Hand(session=SOMEBODY, about=resource.subject)):
            try:
                resource.example.meddle(lambda service: self.local.client(service, ACCOUNT, REGION))
            except ClientError as error:
                self.tell(f"  in vain: {error.response['Error']['Code']}")
        self._evaluate_soon(resource)

    def _follow_up(self, write: Write) -> None:
        self.counts["writes"] += write.session != SOMEBODY
        resource = self.subject_of(write.session) if write.session != SOMEBODY else None
        if resource is None:
            return
        self._evaluate_soon(resource)
        if (event := self._as_trail(write)) is not None:
            self.soon(120, 840, partial(self._send, event))

    def _as_trail(self, write: Write) -> bytes | None:
        """CloudTrail's event of it, by the intent that stands before it; None where none does."""
        last = "SELECT body FROM events WHERE case_id = ? ORDER BY sequence DESC LIMIT 20"
        rows = self.raw.execute(last, (write.session,)).fetchall()
        told = [json.loads(row[0]) for row in rows]
        intent = next((one["data"] for one in told if one["kind"] == "intended"), None)
        if intent is None:
            return None
        every = (
            "SELECT data FROM effects WHERE case_id = ? AND kind = 'apply' ORDER BY due DESC, id"
        )
        for row in self.raw.execute(every, (write.session,)):
            data = json.loads(row[0])
            if data["repair"] == intent["repair"]:
                made = data["writes"][intent["step"]]
                number = len(self.local.writes) * 1000 + write.place
                return scene.seen(made["call"], made["parameters"], write.session, write.at, number)
        return None

    def _plan(self) -> None:
        """Draw what will happen."""
        chance, hours = self.chance, WEEK.total_seconds() / 3600
        for resource in self.resources:
            when = START + timedelta(hours=chance.uniform(0.1, hours * 0.7))
            self.at(when, partial(self.evaluate, resource, first=True))
        for place in range(4):
            when = START + timedelta(hours=chance.uniform(12, hours - 6))
            self.at(when, partial(self.meddle, chance.choice(self.resources)))
            when = START + timedelta(hours=chance.uniform(0, hours))
            subject = {"Type": "AwsS3Bucket", "Id": f"arn:aws:s3:::odd-{place}", "Region": REGION}
            odd = scene.finding(f"Odd.{place % 2}", subject, 700 + place, when)
            self.at(when, partial(self.announce, odd))
        for place in range(2):
            when = START + timedelta(hours=chance.uniform(0, hours))
            self.at(when, partial(self._send, b"\x00not json " + str(place).encode()))
            self.at(when, partial(self._forge, chance.choice(self.resources), place))
        self.visitors.plan(START, START + WEEK)

    def _forge(self, resource: Resource, place: int) -> None:
        """Somebody who can write to the queue claims something that Security Hub never said."""
        other = next(one for one in scene.controls()[resource.fix] if one != resource.control)
        subject = {"Type": resource.example.subject.kind, "Id": resource.subject}
        forged = scene.finding(other, subject, 900 + place, self.clock.now())
        self.tell(f"a forged finding {other}")
        self._send(scene.imported(forged))

    # --- the workers ------------------------------------------------------------------------------

    def _fate(self, what: str) -> float | None:
        if self.weather.calm:
            return None
        drawn = self.fates.random()
        for probability, pause in PAUSES:
            if drawn < probability:
                return self._stopped(what, pause(self.fates))
            drawn -= probability
        return None

    def _stopped(self, what: str, seconds: float) -> float:
        if seconds == KILL:
            self.counts["crashes"] += 1
            self.tell(f"a worker is killed {what}")
        elif seconds > 100:  # noqa: PLR2004 - longer than a message's lease, and soon an effect's
            self.counts["pauses"] += 1
            self.tell(f"a worker sleeps for {seconds:.0f} s {what}")
        return seconds

    def _start(self, name: str) -> None:
        self._turn += 1
        owner = f"{name}.{self._turn}"
        process = Process(name=owner, clock=self.clock, fate=self._fate)
        engine = scene.world(self, process)
        worker = Worker(world=engine, owner=owner, log=Silent())
        self.slots.append(Slot(name=name, process=process, worker=worker))

    def _bury(self, slot: Slot) -> None:
        self.slots.remove(slot)
        self._ended(slot)
        self.soon(1, 60, partial(self._start, slot.name))

    def _ended(self, slot: Slot) -> None:
        slot.process.end()
        self.counts["failed steps"] += len(slot.process.failed)

    # --- the days ---------------------------------------------------------------------------------

    def live(self) -> None:
        """Let the week pass, then a quiet while in which everything has to come to its end."""
        self._plan()
        for number in range(WORKERS):
            self._start(f"worker {number + 1}")
        self._until(START + WEEK)
        self.weather.calm = True
        self.people.switches.release(ALL, by="alice", at=self.clock.now())  # type: ignore[union-attr] # it has some
        self.tell("the week is over; nothing goes wrong from here on")
        self._until(START + WEEK + AFTERWARDS)
        for slot in self.slots:
            self._ended(slot)
        self.slots.clear()

    def _until(self, end: datetime) -> None:
        for _ in range(TURNS_MAX):
            if not self._turn_at(end):
                return
        self.wrong.append(f"it never ends: {TURNS_MAX} turns by {self.clock.now()}")

    def _turn_at(self, end: datetime) -> bool:
        """Make one move; False when there is none left before `end`."""
        while self._agenda and self._agenda[0][0] <= min(self.clock.now(), end):
            heapq.heappop(self._agenda)[2]()
        due = self._due()
        ready = [slot for slot in self.slots if slot.process.ready]
        steps = [step for step, when in due.items() if when <= self.clock.now()]
        idle = [slot for slot in self.slots if not slot.process.busy] if steps else []
        if ready or idle:
            self._move(self.fates.choice([*ready, *idle]), steps)
            return True
        return self._wait(due, end)

    def _move(self, slot: Slot, steps: list[str]) -> None:
        self.clock.pass_on(0.01)
        self.counts["turns"] += 1
        if slot.process.busy:
            slot.process.go_on()
        else:
            slot.process.begin(slot.worker.steps[self.fates.choice(steps)])
        if slot.process.dead and not slot.process.busy:
            self._bury(slot)
        self._watch()

    def _wait(self, due: dict[str, datetime], end: datetime) -> bool:
        moments = [slot.process.asleep for slot in self.slots if slot.process.asleep is not None]
        moments += self._agenda and [self._agenda[0][0]]
        if any(not slot.process.busy for slot in self.slots):
            moments += due.values()
        coming = [one for one in moments if one <= end]
        if coming:
            self.clock.time = max(min(coming), self.clock.time)
        return bool(coming)

    def _due(self) -> dict[str, datetime]:
        found = {step: self.raw.execute(query).fetchone()[0] for step, query in DUE.items()}
        found["intake"] = self.inbox.execute(INBOX).fetchone()[0]
        return {
            step: EPOCH + timedelta(microseconds=when)
            for step, when in found.items()
            if when is not None
        }

    def _watch(self) -> None:
        """Tell of every event that is new, and let whoever watches look at it at once."""
        query = "SELECT rowid, case_id, body FROM events WHERE rowid > ? ORDER BY rowid"
        for number, case, body in self.raw.execute(query, (self._told,)).fetchall():
            self._told = number
            event = json.loads(body)
            why = event["data"].get("because") or event["data"].get("outcome") or ""
            self.tell(f"  {case} {event['kind']} {why}"[:200])
            if event["kind"] in BEGINNING and self.weather.strikes("halted", HALTED):
                self.soon(0, 1.5, self.visitors.halt)
            said = chaos_laws.watch(self, case, event)
            self.wrong += [f"what is said is so: {why}" for why in said]

    def close(self) -> None:
        """Close what was opened."""
        self.desk.end()
