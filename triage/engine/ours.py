"""What comes in and is our own doing: a call of our role as intended, an echo of our update."""

from triage.domain.case import case_id
from triage.domain.errors import NoSuchCase, Unreadable
from triage.domain.ticket import Ticket
from triage.engine.retelling import retell
from triage.engine.rules import InputGone
from triage.engine.world import World
from triage.stages.echo import desk_of, echoes, written
from triage.stages.own_write import by_engine, intended, intended_at_source, session_of


def is_own(world: World, ticket: Ticket) -> bool:
    """Whether a call of our role was intended: by a repair, or by a close at a source."""
    if not by_engine(ticket, world.rules.organisation):
        return False
    session = session_of(ticket)
    if not session:
        return False
    try:
        case = world.cases.case(session)
    except NoSuchCase:
        return False
    if case.id != session:
        return False
    events = world.cases.events(case.id)
    return intended_at_source(ticket, events) or intended(
        ticket, world.outbox.effects(case_id=case.id), events
    )


def is_echo(world: World, ticket: Ticket) -> bool:
    """Whether a telling is what we wrote at its source, and nothing besides."""
    desk = desk_of(ticket)
    if not desk:
        return False
    name = case_id(ticket.key)
    wrote = written(world.cases.events(name), desk)
    told = world.cases.case(name).told.get(ticket.format) if wrote else None
    if told is None:
        return False
    try:
        before = retell(world.cases.body, told.body, told.received).ticket
    except (InputGone, Unreadable):
        return False
    return echoes(ticket, before.record, wrote)
