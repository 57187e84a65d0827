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
from datetime import datetime

from triage.domain.case import Case
from triage.domain.decision import Escalate
from triage.domain.errors import Unstorable
from triage.domain.evidence import Known
from triage.domain.incident import Handle
from triage.domain.json import canonical, digest
from triage.domain.message import Admission, Message, Parsed, Receipt, Rejected
from triage.domain.ticket import Ticket
from triage.engine.asking import ask, confirm
from triage.engine.attesting import budget, uses
from triage.engine.insisting import insist
from triage.engine.ours import is_echo, is_own
from triage.engine.repairing.recording import without_repairs
from triage.engine.retelling import retell
from triage.engine.together import raise_all, side_by_side
from triage.engine.tracing import tell_received, told_of
from triage.engine.unreadable import report_unreadable
from triage.engine.world import World
from triage.engine.writing import Judged, written
from triage.judgement.features import features
from triage.ports.case_store import Admit, Claim, Settlement
from triage.stages.closed import closer, mender
from triage.stages.conclude import Conclusion
from triage.stages.context import Context
from triage.stages.correlate import handles
from triage.stages.dedup import admit
from triage.stages.echo import admit_echo
from triage.stages.inputs import reads_as_json, uses_as_json
from triage.stages.matter import PRIORITIES
from triage.stages.never_close import never_close
from triage.stages.normalise import normalise
from triage.stages.own_write import admit_own
from triage.stages.record import conclusion_as_json, decision_as_json
from triage.stages.rename import renames
from triage.stages.weigh import Telling, Weighed, weigh


def take_in(world: World, *, at_most: int, wait_seconds: float) -> Sequence[Receipt]:
    """Record a batch from the queue, then acknowledge it. Nothing is decided here.

    When the store fails, the messages go back on the queue and its error is raised.
    """
    messages = world.queue.receive(at_most=at_most, wait_seconds=wait_seconds)
    began = world.clock.now()
    try:
        receipts = record(world, messages)
        report_unreadable(world, messages, receipts)
    except Exception:
        world.queue.release(messages)
        raise
    world.queue.acknowledge(messages)
    tell_received(world.tracing, receipts, began, world.clock.now())
    return receipts


def record(world: World, messages: Sequence[Message]) -> Sequence[Receipt]:
    """Make a batch of messages durable: cases, bytes, quarantine."""
    if not messages:
        return ()
    world = world.latest()
    batch = [_read(world, message) for message in messages if not world.came_back(message)]
    receipts = world.cases.receive(batch, _admitting(world, batch))
    for receipt in receipts:
        world.metrics.received(receipt.reception)
    world.heard(messages, receipts)
    return receipts


def _admitting(world: World, batch: Sequence[Parsed]) -> Admit:
    """Deduplicate, and know our own changes among what comes in."""
    tickets = [one for parsed in batch for one in parsed.parts if isinstance(one, Ticket)]
    own = {one.body for one in tickets if is_own(world, one)}
    echoes = {one.body for one in tickets if is_echo(world, one)}

    def one(case: Case | None, ticket: Ticket, received: datetime) -> Admission:
        new = case is None or case.version == 0
        if new and ticket.body in own:
            return admit_own(ticket, received)
        if not new and ticket.body in echoes:
            return admit_echo(ticket, received)
        return admit(case, ticket, received)

    return one


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
    free = without_repairs(world, claims)
    return settle(world, free) if free else ()


def settle(world: World, claims: Sequence[Claim]) -> Sequence[Case | None]:
    """Judge claimed cases side by side (the waiting is in the reads) and commit the batch.

    What cannot be judged or stored is raised after everything else was committed.
    """
    world = world.latest().recalling()
    world.rules.at(world.clock.now())  # reads the playbooks once, before every thread would
    told = world.cases.bodies({claim.case.view.body for claim in claims})
    judged = side_by_side(
        lambda claim: settlement(world, claim, told), claims, threads=world.limits.threads
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
        settled = world.cases.settle(settlements)
        pairs = zip(settlements, settled, strict=True)
        return [case or insist(world, settlement) for settlement, case in pairs]
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
        return world.cases.settle([written(world, claim, _gave_up(claim.case, error))])
    except Unstorable as again:
        errors.append(again)
        return ()


def settlement(world: World, claim: Claim, told: Mapping[str, bytes]) -> Settlement:
    """Turn a claim into what is to be written: one event and the effects it intends."""
    # The supervisor of one decision: whatever goes wrong inside it, a person gets the ticket.
    try:
        with world.tracing.part(claim.case.id, "decide", {"version": claim.case.version}) as part:
            judged = judge(world, claim.case, told)
            part.note(told_of(judged.data))
        return written(world, claim, judged)
    except Exception as error:  # noqa: BLE001
        world.metrics.failed("decide")
        return written(world, claim, _gave_up(claim.case, error))


def _gave_up(case: Case, error: Exception) -> Judged:
    reason = f"the engine could not decide: {type(error).__name__}: {str(error)[:300]}"
    decision = Escalate(priority=PRIORITIES[case.headline["severity"]], reasons=(reason,))
    return Judged(data={**decision_as_json(decision), "inputs": None}, bodies={})


def judge(world: World, case: Case, told: Mapping[str, bytes]) -> Judged:
    """Read the ticket, ask, wait no longer than its severity allows, conclude.

    `told` are bytes that were fetched for the whole batch; what is not among them is looked up.
    """
    world = world.leaving_out(case.id)
    tellings = _tellings(world, case, told)
    weighing = world.rules.at(world.clock.now())
    disputed = confirm(world, tellings, weighing)
    weighed = weigh(tellings, disputed, weighing)
    lapsed = case.lapsed or {}
    used = uses(world, case, weighed.telling.ticket, weighing.now)
    reads, context, conclusion = ask(
        world, weighed, disputed, (case.implicated, lapsed.get("told")), used
    )
    world.beside(case.id, conclusion)
    values = features(conclusion.ticket, conclusion.matter.account, context.history)
    evidence = canonical(reads_as_json(reads))
    inputs = {
        **world.rules.named(),
        "now": context.now.isoformat(),
        "weighed": weighing.now.isoformat(),
        "tellings": [[one.ticket.body, one.received.isoformat()] for one in tellings],
        "implicated": case.implicated,
        "lapsed": lapsed.get("told"),
        "uses": uses_as_json(used),
        "real_before": values["real_before"],
        "evidence": digest(evidence),
    }
    view = {"view": weighed.as_record(), "rivals": list(weighed.rivals)} if case.doubts else {}
    return Judged(
        data={**conclusion_as_json(conclusion), **view, "inputs": inputs},
        bodies={**world.rules.stored, digest(evidence): evidence},
        handles=_handles(conclusion, context, lapsed.get("signature", "")),
        in_sequence=conclusion.ticket.in_attack_sequence,
        renamed=_renamed(case, weighed),
        budget=budget(world, conclusion.decision, weighing.now),
        closer=closer(conclusion),
        denied=_denied(conclusion),
        mender=mender(conclusion),
        features=values,
    )


def _denied(conclusion: Conclusion) -> bool:
    said = conclusion.matter.at_source
    return isinstance(said, Known) and said.value.get("confirmed") is False


def _handles(conclusion: Conclusion, context: Context, lapsed: str) -> tuple[Handle, ...]:
    ticket = conclusion.ticket
    barred = never_close(ticket, context.account(ticket.account), context.organisation)
    return handles(ticket, conclusion.evidence, barred, lapsed)


def _renamed(case: Case, weighed: Weighed) -> bool:
    """Whether people were told of something else than what it is, or may be, about."""
    told = set((case.decided or {}).get("rivals", ()))
    new = not told.issuperset(weighed.rivals)
    return new or renames(case.headline, weighed.telling.ticket)


def _tellings(world: World, case: Case, told: Mapping[str, bytes]) -> tuple[Telling, ...]:
    """The telling on file, and those in dispute with it."""
    view = case.view
    disputed = [(one["body"], datetime.fromisoformat(one["received"])) for one in case.doubts]
    named = [(view.body, view.received), *disputed]

    def stored(name: str) -> bytes | None:
        return told.get(name) or world.cases.body(name)

    return tuple(retell(stored, name, received) for name, received in named)


def _count(world: World, case: Case) -> None:
    decided = case.decided or {}
    waited = world.clock.now() - case.view.received
    world.metrics.decided(
        decided["decision"], decided.get("ground") or "", max(waited.total_seconds(), 0.0)
    )
