"""Signatures at work: what they did so far, and what becomes of it when one ends.

One that expired, was taken back or proved wrong holds nothing closed any more. What it held is
looked at again, unless its source says that it is over; all of it is told as one incident, and each
case keeps an event that says what happened.
"""

from collections.abc import Mapping
from datetime import datetime

from triage.domain.case import Case, CaseEvent, EventKind, Status, event_id
from triage.domain.decision import Close, Decision, Escalate
from triage.domain.errors import StaleCase
from triage.domain.evidence import Known
from triage.domain.person import Signature, Use
from triage.domain.ticket import SourceStatus, Ticket
from triage.engine.sourcing import ask_source, closed_there
from triage.engine.world import World
from triage.ports.case_store import Budget

HELD_MAX = 200
"""Cases that one step looks at; what is left has its turn in the next."""


def midnight(now: datetime) -> datetime:
    """Since when a day's cap counts."""
    return now.replace(hour=0, minute=0, second=0, microsecond=0)


def uses(world: World, case: Case, ticket: Ticket, now: datetime) -> Mapping[str, Use]:
    """What the signatures did so far that could speak for this ticket."""
    speaking = [
        one.id
        for one in world.rules.signatures
        if one.account == ticket.account and ticket.type in one.types and one.in_force(now)
    ]
    if not speaking:
        return {}
    return world.cases.used(speaking, since=midnight(now), apart=case.id)


def budget(world: World, decision: Decision, now: datetime) -> Budget | None:
    """What may not be overdrawn by the time that a decision is written; None when nothing."""
    name = decision.signature if isinstance(decision, Close | Escalate) else None
    signature = next((one for one in world.rules.signatures if one.id == name), None)
    if signature is None:
        return None
    return Budget(signature=signature.id, per_day=signature.per_day, since=midnight(now))


def end_signatures(world: World) -> int:
    """Let go of what signatures held that are no longer in force; return how many cases."""
    world = world.latest()
    attesting = world.cases.attesting()
    if not attesting:
        return 0
    now = world.clock.now()
    known = {one.id: one for one in world.rules.signatures}
    missed = world.cases.used(attesting, since=midnight(now), apart="")
    ended = {
        name: why
        for name in attesting
        if (why := _ended_because(known.get(name), missed.get(name, Use()), now))
    }
    return sum(_let_go(world, name, why) for name, why in ended.items())


def _ended_because(signature: Signature | None, use: Use, now: datetime) -> str:
    """Say why one is over; empty while it is in force."""
    if use.missed:
        return "a person found a case that it covered to be real"
    if signature is None:
        return "it was taken back"
    return "" if signature.in_force(now) else f"it ended at {signature.expires.isoformat()}"


def _let_go(world: World, name: str, why: str) -> int:
    held = world.cases.attested(name, at_most=HELD_MAX)
    resting = sum(_rests(case, name) for case in held)
    told = f"the signature {name} holds no longer ({why}): {resting} cases rested on it"
    return sum(_lapse(world, case, name, told) for case in held)


def _rests(case: Case, name: str) -> bool:
    """Whether nothing but the signature decided it: neither later news nor a person."""
    decided = case.decided or {}
    decided_by = case.status is not Status.RECEIVED and decided.get("signature") == name
    return decided_by and case.verdict is None


def _lapse(world: World, case: Case, name: str, told: str) -> bool:
    now = world.clock.now()
    reopens = _rests(case, name) and _stands(world, case)
    event = CaseEvent(
        id=event_id(case.id, EventKind.LET_GO, name, case.decided_event),
        kind=EventKind.LET_GO,
        at=now,
        data={"signature": name, "told": told, "reopens": reopens},
    )
    try:
        world.cases.append(case.id, event, version=case.version, due=now if reopens else None)
    except StaleCase:
        return False  # somebody is at it right now; the next step looks again
    return True


def _stands(world: World, case: Case) -> bool:
    """Whether its source still says so, or cannot be asked.

    That it is over is our own word where we closed it there, and nobody else's.
    """
    said, _ = ask_source(world, case)
    if not isinstance(said, Known):
        return True
    over = said.value.get("status") == SourceStatus.RESOLVED
    ours = over and closed_there(world, case, case.opened or world.clock.now()) is not None
    return said.value.get("confirmed") is True and (ours or not over)
