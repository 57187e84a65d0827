"""Asking for evidence: in rounds, and no longer than a ticket's severity allows."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta

from triage.domain.evidence import RawRead, Read
from triage.domain.person import Use
from triage.domain.ticket import Ticket
from triage.engine.tracing import traced_reads
from triage.engine.world import World
from triage.stages.conclude import Conclusion, Wanted, conclude, consider
from triage.stages.context import Context
from triage.stages.weigh import Telling, Weighed, to_confirm

ROUNDS_MAX = 5
"""Each round asks what the last one showed to matter; a playbook needs two or three."""


def confirm(world: World, tellings: Sequence[Telling], context: Context) -> Mapping[Read, RawRead]:
    """Ask the source about tellings that disagree; nothing when there is only one."""
    if not (wanted := to_confirm(tellings, context)):
        return {}
    deadline = context.now + _budget(world, tellings[0].ticket)
    newest = max(one.received for one in tellings)
    return traced_reads(world, wanted, deadline=deadline, fresh=min(newest, context.now))


def ask(
    world: World,
    weighed: Weighed,
    known: Mapping[Read, RawRead],
    of_it: tuple[str | None, str | None],
    used: Mapping[str, Use],
) -> tuple[Mapping[Read, RawRead], Context, Conclusion]:
    """Read in rounds what matters; `of_it` says in what trouble it is, and what signature ended."""
    ticket, reads = weighed.telling.ticket, dict(known)
    known_of_it = (of_it[0], weighed.rivals, of_it[1])
    deadline = world.clock.now() + _budget(world, ticket)
    for _ in range(ROUNDS_MAX):
        context = world.rules.at(world.clock.now()).having(used)
        found = consider(ticket, reads, context, *known_of_it)
        if isinstance(found, Conclusion):
            break
        fresh = _fresh(ticket, context, found)
        reads |= traced_reads(world, found.reads, deadline=deadline, fresh=fresh)
    else:
        context = world.rules.at(world.clock.now()).having(used)
        found = conclude(ticket, reads, context, *known_of_it)
    for read, raw in reads.items():
        world.metrics.read(read.kind, type(raw).__name__.lower())
    return reads, context, found


def _budget(world: World, ticket: Ticket) -> timedelta:
    return timedelta(seconds=world.limits.evidence_seconds[ticket.severity.label])


def _fresh(ticket: Ticket, context: Context, wanted: Wanted) -> datetime:
    """How old a cached read may be: within every question's bound, and newer than the finding."""
    oldest = context.now - timedelta(seconds=wanted.fresh_seconds)
    return min(max(oldest, ticket.version), context.now)
