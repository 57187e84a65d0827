"""Read this first: the journey of a ticket.

    queue -> normalise -> dedup -> record, ack              take_in
    due case -> questions -> reads -> conclude -> record    decide_due
    intended effect -> done, recorded                       effects.py
    nobody answered in time -> the next contact             timers.py

Nothing holds a queue message while it waits for evidence. Decisions are pure; they are committed
together with the intent of every effect, and effects run from the outbox afterwards. After a
crash at any instruction the next worker reads the last event and continues.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.case import Case, CaseEvent, EventKind, event_id
from triage.domain.decision import Decision, Escalate
from triage.domain.errors import Unstorable
from triage.domain.evidence import RawRead, Read
from triage.domain.json import canonical, digest
from triage.domain.message import Message, Parsed, Receipt, Rejected
from triage.domain.ticket import Ticket
from triage.engine.escalation import escalation
from triage.engine.rules import InputGone
from triage.engine.together import raise_all, side_by_side
from triage.engine.world import World
from triage.ports.case_store import Claim, Settlement
from triage.stages.conclude import conclude, questions_of, still_to_read
from triage.stages.context import Context
from triage.stages.dedup import admit
from triage.stages.inputs import reads_as_json
from triage.stages.matter import PRIORITIES
from triage.stages.normalise import normalise
from triage.stages.record import conclusion_as_json, decision_as_json
from triage.stages.reread import reread

ROUNDS_MAX = 5
"""Each round asks what the last one showed to matter; a playbook needs two or three."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A decision, what it rested on by hash, and the bytes behind those hashes."""

    decision: Decision
    data: Mapping[str, object]
    bodies: Mapping[str, bytes]


def take_in(world: World, *, at_most: int, wait_seconds: float) -> Sequence[Receipt]:
    """Record a batch from the queue, then acknowledge it. Nothing is decided here.

    When the store fails, the messages go back on the queue and its error is raised.
    """
    messages = world.queue.receive(at_most=at_most, wait_seconds=wait_seconds)
    try:
        receipts = record(world, messages)
    except Exception:
        world.queue.release(messages)
        raise
    world.queue.acknowledge(messages)
    return receipts


def record(world: World, messages: Sequence[Message]) -> Sequence[Receipt]:
    """Make a batch of messages durable: cases, bytes, quarantine."""
    if not messages:
        return ()
    receipts = world.cases.receive([_read(world, message) for message in messages], admit)
    for receipt in receipts:
        world.metrics.received(receipt.reception)
    return receipts


def _read(world: World, message: Message) -> Parsed:
    # Readers never raise; should one ever, its message is kept and the others go on.
    try:
        return normalise(message)
    except Exception as error:  # noqa: BLE001
        world.metrics.failed("normalise")
        reason = f"the reader failed on it ({type(error).__name__}); it is kept for replay"
        rejected = Rejected(body=message.body, reason=reason)
        return Parsed(message=message, parts=(rejected,), bodies=())


def decide_due(world: World, *, owner: str, at_most: int) -> Sequence[Case | None]:
    """Decide the cases that are due, as many as `at_most`, and commit them together."""
    claims = world.cases.claim(
        now=world.clock.now(),
        owner=owner,
        at_most=at_most,
        lease_seconds=world.limits.lease_seconds,
    )
    return settle(world, claims) if claims else ()


def settle(world: World, claims: Sequence[Claim]) -> Sequence[Case | None]:
    """Judge claimed cases side by side (the waiting is in the reads) and commit the batch.

    What cannot be judged or stored is raised after everything else was committed.
    """
    world.rules.at(world.clock.now())  # reads the playbooks once, before every thread would
    judged = side_by_side(
        lambda claim: settlement(world, claim), claims, threads=world.limits.threads
    )
    errors = list(judged.errors)
    settled = _commit(world, judged.results, errors)
    for case in settled:
        if case is not None:
            _count(world, case)
    raise_all("decide", errors)
    return settled


def _commit(
    world: World, settlements: Sequence[Settlement], errors: list[Exception]
) -> Sequence[Case | None]:
    if not settlements:
        return ()
    try:
        return world.cases.settle(settlements)
    except Unstorable as error:
        if (middle := len(settlements) // 2) == 0:
            return _hand_over(world, settlements[0].claim, error, errors)
        halves = (settlements[:middle], settlements[middle:])
        return [case for half in halves for case in _commit(world, half, errors)]


def _hand_over(
    world: World, claim: Claim, error: Unstorable, errors: list[Exception]
) -> Sequence[Case | None]:
    """Store that the decision could not be stored, so that a person gets the ticket."""
    world.metrics.failed("decide")
    try:
        return world.cases.settle([_settlement(world, claim, _gave_up(claim.case, error))])
    except Unstorable as again:
        errors.append(again)
        return ()


def settlement(world: World, claim: Claim) -> Settlement:
    """Turn a claim into what is to be written: one event and the effects it intends."""
    # The supervisor of one decision: whatever goes wrong inside it, a person gets the ticket.
    try:
        return _settlement(world, claim, judge(world, claim.case))
    except Exception as error:  # noqa: BLE001
        world.metrics.failed("decide")
        return _settlement(world, claim, _gave_up(claim.case, error))


def _settlement(world: World, claim: Claim, judged: Judged) -> Settlement:
    now = world.clock.now()
    name = event_id(claim.case.id, claim.case.version, canonical(judged.data))
    raised = escalation(world, claim.case, judged.decision, name, now)
    data = {**judged.data, "effects": raised.intents}
    return Settlement(
        claim=claim,
        event=CaseEvent(id=name, kind=EventKind.DECIDED, at=now, data=data),
        effects=raised.effects,
        timers=raised.timers,
        bodies=judged.bodies,
    )


def _gave_up(case: Case, error: Exception) -> Judged:
    reason = f"the engine could not decide: {type(error).__name__}: {str(error)[:300]}"
    decision = Escalate(priority=PRIORITIES[case.headline["severity"]], reasons=(reason,))
    return Judged(decision=decision, data={**decision_as_json(decision), "inputs": None}, bodies={})


def judge(world: World, case: Case) -> Judged:
    """Read the ticket, ask, wait no longer than its severity allows, conclude."""
    ticket = _ticket(world, case)
    reads = _ask(world, ticket)
    context = world.rules.at(world.clock.now())
    conclusion = conclude(ticket, reads, context)
    evidence = canonical(reads_as_json(conclusion.evidence.reads))
    inputs = {
        **world.rules.named(),
        "now": context.now.isoformat(),
        "received": case.view.received.isoformat(),
        "body": ticket.body,
        "evidence": digest(evidence),
    }
    return Judged(
        decision=conclusion.decision,
        data={**conclusion_as_json(conclusion), "inputs": inputs},
        bodies={**world.rules.stored, digest(evidence): evidence},
    )


def _ask(world: World, ticket: Ticket) -> Mapping[Read, RawRead]:
    context = world.rules.at(world.clock.now())
    budget = timedelta(seconds=world.limits.evidence_seconds[ticket.severity.label])
    deadline, fresh = context.now + budget, _fresh(ticket, context)
    reads: dict[Read, RawRead] = {}
    for _ in range(ROUNDS_MAX):
        if not (wanted := still_to_read(ticket, reads, context)):
            break
        reads |= world.evidence.fetch(wanted, deadline=deadline, fresh=fresh)
    for read, raw in reads.items():
        world.metrics.read(read.kind, type(raw).__name__.lower())
    return reads


def _ticket(world: World, case: Case) -> Ticket:
    body = world.cases.body(case.view.body)
    if body is None:
        what = "ticket"
        raise InputGone(what, case.view.body)
    return reread(body, case.view.received)


def _fresh(ticket: Ticket, context: Context) -> datetime:
    """How old a cached read may be: within every question's bound, and newer than the finding."""
    bounds = [inquiry.question.fresh_seconds for inquiry in questions_of(ticket, context)]
    oldest = context.now - timedelta(seconds=min(bounds, default=0))
    return min(max(oldest, ticket.version), context.now)


def _count(world: World, case: Case) -> None:
    decided = case.decided or {}
    waited = world.clock.now() - case.view.received
    world.metrics.decided(
        decided["decision"], decided.get("ground") or "", max(waited.total_seconds(), 0.0)
    )
