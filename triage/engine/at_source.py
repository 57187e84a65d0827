"""Closing a finding where it came from: intended with the close, confirmed there, then written.

    a case is closed -> one effect a desk          intending.py
    read the finding there, under the reading role: is it the one, and active?
    intent of the exact calls -> calls -> outcome  close_at_source

The intents and outcomes in a case are the write ledger: by them our own update is known when it
comes back as an event (stages/echo.py) or as a call in CloudTrail (stages/own_write.py).
"""

from datetime import timedelta

from triage.closing.catalogue import DESKS
from triage.closing.shape import Desk, Left, Open, Writing, word_from
from triage.domain.case import Case, CaseEvent, EventKind, Status, event_id
from triage.domain.effect import Effect
from triage.domain.errors import TriageError
from triage.domain.evidence import Got, Known
from triage.domain.json import Record
from triage.domain.ticket import Format, Ticket
from triage.engine.appending import write_down
from triage.engine.repairing.recording import NotNow, hold, last_look
from triage.engine.retelling import retell
from triage.engine.world import World
from triage.ports.cloud import AccessDenied, CloudError, Clouds
from triage.questions.question import Asking, CannotAsk
from triage.questions.source_finding import heard

READ = timedelta(seconds=30)
OVERTAKEN = "overtaken: the case is open again"


class NotLet(TriageError):
    """We may not: trying again changes nothing until somebody lets us."""


def close_at_source(world: World, effect: Effect) -> str:
    """Close one finding at one desk. Doing it again changes nothing.

    Raises NotNow, NotLet, and Held while the kill switch is thrown.
    """
    hold(world)
    case = world.cases.case(effect.case)
    name = effect.data["desk"]
    if case.status is not Status.CLOSED:
        return OVERTAKEN
    if world.at_source is None or name not in world.at_source.desks:
        return f"left open: writing to {name} is switched off"
    try:
        left = _close(world, world.at_source.clouds, case, effect)
    except AccessDenied as error:
        raise NotLet(str(error)) from error
    except CloudError as error:
        raise NotNow(str(error)) from error
    world.metrics.closed_at_source(name, "left" if left else "closed")
    return f"left as it is: {left.because}" if left else "closed at its source"


def _close(world: World, clouds: Clouds, case: Case, effect: Effect) -> Left | None:
    desk, word = DESKS[effect.data["desk"]], word_from(effect.data["word"])
    told = case.told[Format(effect.data["format"])]
    ticket = retell(world.cases.body, told.body, told.received).ticket
    found = _confirmed(world, desk, ticket)
    if isinstance(found, Left):
        return found
    opens: Open = lambda account, region, scope: clouds.open(  # noqa: E731 - the port with its case filled in
        account, region, case=case.id, scope=scope
    )
    made = desk.prepare(opens, ticket, found, word)
    if isinstance(made, Left):
        return None if made.closed and _was_ours(world, effect) else made
    _write(world, effect, opens, made)
    return None


def _was_ours(world: World, effect: Effect) -> bool:
    """Whether we intended to close it there before: an answer was lost, or we crashed."""
    name = effect.data["desk"]
    intents = [
        one.data
        for one in world.cases.events(effect.case)
        if one.kind is EventKind.SOURCE_INTENDED and one.data["desk"] == name
    ]
    for one in intents[-1:]:
        about = {"desk": name, "finding": one["finding"], "says": "it was written before"}
        _keep(world, effect, EventKind.SOURCE_CLOSED, about)
    return bool(intents)


def _confirmed(world: World, desk: Desk, ticket: Ticket) -> Record | Left:
    """What the source says of the finding, read just now. Raises NotNow where it does not tell.

    What a message alone says closes nothing.
    """
    now = world.clock.now()
    account = world.rules.organisation.account(ticket.account)
    asking = Asking(ticket=ticket, account=account, now=now)
    try:
        read = desk.reading.read(asking)
    except CannotAsk as error:
        return Left(because=str(error))
    raw = world.evidence.fetch([read], deadline=now + READ, fresh=now)[read]
    said = heard(desk.reading, asking, [raw])
    if not isinstance(said, Known):
        raise NotNow(f"could not confirm it at its source: {getattr(said, 'reason', 'absent')}")
    if said.value.get("confirmed") is not True or not isinstance(raw, Got):
        return Left(because="its source does not confirm it")
    return raw.payload


def _write(world: World, effect: Effect, opens: Open, made: Writing) -> None:
    """Make the calls of one close, each known beforehand. Raises CloudError and Held."""
    desk = DESKS[effect.data["desk"]]
    about = {"desk": effect.data["desk"], "finding": made.finding}
    writes = [{"call": step.event, "parameters": dict(step.logged)} for step in made.steps]
    says = "; ".join(step.says for step in made.steps)
    intent = {**about, "account": made.account, "writes": writes, "says": says}
    _keep(world, effect, EventKind.SOURCE_INTENDED, intent, effect.attempts)
    last_look(world, effect)
    with opens(made.account, made.region, made.scope) as cloud:
        for step in made.steps:
            desk.check(step.call, cloud.call(step.call))
    _keep(world, effect, EventKind.SOURCE_CLOSED, {**about, "says": says})


def _keep(world: World, effect: Effect, kind: EventKind, data: Record, *name: object) -> None:
    event = CaseEvent(
        id=event_id(effect.case, effect.id, kind, *name),
        kind=kind,
        at=world.clock.now(),
        data={"effect": effect.id, **data},
    )
    write_down(world.cases, effect.case, lambda _case: event)
