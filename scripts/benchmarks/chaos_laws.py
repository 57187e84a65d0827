"""The laws that a week of scripts/benchmarks/chaos.py is held to.

Read from the store's rows and from the sandbox's own log of writes, with SQL, JSON and a hash: none
of the engine's code takes part in its own judgement. Only whether a resource is as it should be is
asked of the fix, which knows where to look.
"""

import hashlib
import json
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Any

import chaos_scene as scene
from chaos_sandbox import SOMEBODY, Write
from chaos_scene import Resource

GENESIS = "0" * 64
LATE = timedelta(seconds=2)
"""How long after `triage halt` a write may still begin."""
UNRELATED = timedelta(minutes=30)
"""Who changed a resource longer ago than this is not why a proof fails."""
ENDS = frozenset({"unplanned", "rejected", "lapsed", "frozen", "reverted"})
OVER = frozenset({"proven", "frozen", "ended", "reverted"})


@dataclass(frozen=True, kw_only=True)
class Event:
    """An event as it is stored; `place` counts within its case from 1."""

    case: str
    place: int
    kind: str
    at: datetime
    data: Mapping[str, Any]


@dataclass(kw_only=True)
class Record:
    """Everything that the store holds after a week."""

    week: Any
    events: dict[str, list[Event]] = field(default_factory=dict)

    def __post_init__(self) -> None:
        rows = self.week.raw.execute(
            "SELECT case_id, sequence, body FROM events ORDER BY case_id, sequence"
        )
        for case, place, body in rows:
            self.events.setdefault(case, []).append(_event(case, place, json.loads(body)))
        self.effects = {
            row[0]: row
            for row in self.week.raw.execute(
                "SELECT id, case_id, kind, status, data, attempts FROM effects"
            )
        }

    def body(self, name: str) -> Any:
        """Stored bytes, as JSON; None where there are none."""
        query = "SELECT bytes FROM bodies WHERE hash = ?"
        row = self.week.raw.execute(query, (name,)).fetchone()
        return json.loads(row[0]) if row else None

    def steps(self, write: Write) -> Iterator[tuple[Event, str, int]]:
        """Every intent in the write's case that names it: the event, its repair, its step."""
        for event in self.events.get(write.session, ()):
            if event.kind != "intended":
                continue
            plan = self.plan(write.session, event.data["repair"], event.place)
            step = plan["steps"][event.data["step"]] if plan else None
            if step is not None and _call(step) == (write.call, write.parameters):
                yield event, event.data["repair"], event.data["step"]

    def plan(self, case: str, repair: str, before: int) -> Any:
        """The plan of a repair as it stood before an event."""
        planned = [
            one
            for one in self.events[case][:before]
            if one.kind == "planned" and one.data["repair"] == repair
        ]
        return self.body(planned[-1].data["plan"]) if planned else None


def _event(case: str, place: int, body: Mapping[str, Any]) -> Event:
    at = datetime.fromisoformat(body["at"])
    return Event(case=case, place=place, kind=body["kind"], at=at, data=body["data"])


def _call(step: Mapping[str, Any]) -> tuple[str, str]:
    name = f"{step['service']}.{step['operation']}"
    return name, repr(sorted(step["parameters"].items()))


# --- at the cloud ---------------------------------------------------------------------------------


def every_write_was_intended(record: Record) -> Iterator[str]:
    """Each write has an intent of its own, recorded before it, for exactly this call."""
    spent: Counter[tuple[str, int]] = Counter()
    for write in _ours(record):
        intents = [
            event.place for event, _, _ in record.steps(write) if event.place <= write.version
        ]
        free = [place for place in intents if not spent[write.session, place]]
        if free:
            spent[write.session, free[-1]] += 1
        else:
            yield f"{write.call} for {write.session} at {write.at} without an intent of its own"


def nothing_is_applied_twice(record: Record) -> Iterator[str]:
    """A step that is made again changes nothing, and none is made once its repair has ended."""
    for write in _ours(record):
        named = [one for one in record.steps(write) if one[0].place <= write.version]
        if not named:
            continue
        _, repair, _ = named[-1]
        known = record.events[write.session][: write.version]
        ended = [one for one in known if one.data.get("repair") == repair and _is_end(one)]
        if ended:
            said = f"{repair} of {write.session} was over ({ended[0].kind})"
            yield f"{write.call} at {write.at} was written although {said}"
    yield from record.week.doubled


def _is_end(event: Event) -> bool:
    return event.kind in ENDS or (event.kind == "proven" and bool(event.data["final"]))


def halted_is_halted(record: Record) -> Iterator[str]:
    """No write begins later than two seconds after the kill switch was thrown."""
    for write in _ours(record):
        since = record.week.halted_since(write.at)
        if since is not None and write.at - since > LATE:
            yield f"{write.call} for {write.session} at {write.at}, halted since {since}"


def forged_findings_move_nothing(record: Record) -> Iterator[str]:
    """A finding that its source does not know changes nothing."""
    for write in _ours(record):
        resource = record.week.subject_of(write.session)
        head = _state(record, write.session)["headline"]
        if resource is not None and head["type"] != resource.control:
            yield f"{write.call} for {write.session}, whose finding was forged"


def _ours(record: Record) -> Sequence[Write]:
    return [one for one in record.week.local.writes if one.session != SOMEBODY]


# --- in the store ---------------------------------------------------------------------------------


def nothing_is_lost(record: Record) -> Iterator[str]:
    """Every message is a case or in quarantine; every intent is there, and has come to an end."""
    week = record.week
    known = {row[0] for row in week.raw.execute("SELECT hash FROM bodies")}
    for body in week.sent:
        if hashlib.sha256(body).hexdigest() not in known and not _parts(body) & known:
            yield f"a message is nowhere: {body[:80]!r}"
    for name, case, kind, status, _, _ in record.effects.values():
        if status == "intended":
            yield f"{kind} {name} of {case} is still intended"
    for events in record.events.values():
        for event in events:
            for one in event.data.get("effects") or ():
                yield from _stored(record, event, one)
    left = week.raw.execute("SELECT count(*) FROM timers").fetchone()[0]
    if left:
        yield f"{left} timers never fired"


def _parts(body: bytes) -> set[str]:
    """The hashes of a message's findings by themselves, as they are stored."""
    try:
        told = json.loads(body)
    except ValueError:
        return set()
    parts = told.get("detail", {}).get("findings", [])
    return {hashlib.sha256(_canonical(one)).hexdigest() for one in parts}


def _canonical(value: Any) -> bytes:
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False).encode()


def _stored(record: Record, event: Event, one: Mapping[str, str]) -> Iterator[str]:
    row = record.effects.get(one["id"])
    if row is None:
        yield f"{one['kind']} {one['id']}, intended by {event.kind} of {event.case}, is not there"
    elif hashlib.sha256(_canonical(json.loads(row[4]))).hexdigest() != one["data"]:
        yield f"{one['kind']} {one['id']} of {event.case} is not as it was intended"


def every_case_ends(record: Record) -> Iterator[str]:
    """Closed on a ground, or in the hands of somebody who was told or has it already."""
    told = {row[1] for row in record.effects.values() if row[2] == "notify" and row[3] == "done"}
    spoken = {_state(record, case)["incident"] for case in told} - {None}
    for case in record.events:
        state = _state(record, case)
        status = state["status"]
        if status == "closed":
            yield from _closed(record, case)
        elif status != "escalated":
            yield f"case {case} ends {status}, with nobody"
        elif not (case in told or state["acknowledged_by"] or state["incident"] in spoken):
            yield f"case {case} is escalated, and nobody was told"
        for repair in state["repairs"]:
            if repair["stage"] not in OVER:
                yield f"repair {repair['id']} ({repair['fix']}) of {case} ends {repair['stage']}"


def _closed(record: Record, case: str) -> Iterator[str]:
    """The event that closed it has to say on what ground."""
    for event in reversed(record.events[case]):
        data = event.data
        if event.kind == "own_write":
            return
        if event.kind == "decided" and data["decision"] == "close" and data["ground"]:
            return
        if event.kind == "verdict_given" and data["closes"] and data["signature"]:
            return
        if event.kind == "proven" and data["closes"] and data["ground"] == "proof":
            return
    yield f"case {case} is closed on no ground"


def every_chain_holds(record: Record) -> Iterator[str]:
    """Every event's hash covers its own bytes and the hash before it."""
    query = "SELECT case_id, sequence, body, hash FROM events ORDER BY case_id, sequence"
    before: dict[str, tuple[int, str]] = {}
    for case, place, body, name in record.week.raw.execute(query):
        count, previous = before.get(case, (0, GENESIS))
        if place != count + 1:
            yield f"event {count + 1} of {case} is missing"
        if hashlib.sha256(previous.encode("ascii") + body).hexdigest() != name:
            yield f"event {place} of {case} is not what was written"
        before[case] = (place, name)
    for case, (_, name) in before.items():
        if _state(record, case)["chain"] != name:
            yield f"case {case} does not end with its last event"


def nobody_is_told_unintended(record: Record) -> Iterator[str]:
    """Every notice that was delivered was intended, and comes again only when a try was cut off."""
    for name, times in record.week.delivered.items():
        row = record.effects.get(name)
        if row is None:
            yield f"notice {name} was delivered, and never intended"
        elif times > row[5] and not record.week.counts["retries"]:
            yield f"notice {name} was delivered {times} times in {row[5]} tries"


def _state(record: Record, case: str) -> Any:
    query = "SELECT state, status FROM cases WHERE id = ?"
    row = record.week.raw.execute(query, (case,)).fetchone()
    return {**json.loads(row[0]), "status": row[1]}


# --- while it happens -----------------------------------------------------------------------------


def watch(week: Any, case: str, event: Mapping[str, Any]) -> Iterator[str]:
    """Look at the resource itself at the moment in which something is said about it."""
    data, kind = event["data"], event["kind"]
    resource = week.subject_of(case)
    says = kind == "reverted" or (kind == "proven" and data["final"])
    if not says or resource is None or _stirred(week, resource):
        return
    record = Record(week=week)
    repair = data["undoes"] if kind == "reverted" else data["repair"]
    plan = record.plan(case, repair, len(record.events[case]))
    state = scene.probe(week.local, resource, plan and plan["target"])
    if state is None or plan is None:
        return
    if kind == "proven":
        wanted = plan["wanted"]
        lacking = [name for name in wanted if state.facts.get(name) != wanted[name]]
    else:
        before, assigned = plan["before"]["facts"], scene.CATALOGUE[resource.fix].assigned
        lacking = [
            name
            for name in before
            if name not in assigned and state.facts.get(name) != before[name]
        ]
    if lacking:
        yield f"{kind} is said of {resource.fix} for {case}, and it is not so: {lacking}"


def _stirred(week: Any, resource: Resource) -> bool:
    """Whether somebody else had a hand in it lately."""
    return resource.meddled is not None and week.clock.now() - resource.meddled < UNRELATED


LAWS = (
    every_write_was_intended,
    nothing_is_applied_twice,
    halted_is_halted,
    forged_findings_move_nothing,
    nothing_is_lost,
    every_case_ends,
    every_chain_holds,
    nobody_is_told_unintended,
)


def violations(week: Any) -> Sequence[str]:
    """Everything that is wrong after a week, each with the name of its law."""
    record = Record(week=week)
    found = [f"{law.__name__.replace('_', ' ')}: {why}" for law in LAWS for why in law(record)]
    return [*week.wrong, *found]
