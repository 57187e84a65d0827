"""Asking a case's source once more, when there is nothing to decide: does it still say so?"""

from datetime import datetime, timedelta

from triage.closing.catalogue import ANY_FORMAT, AT_HOME, TOLD_BY
from triage.domain.case import Case, EventKind
from triage.domain.evidence import Answer, Unknown
from triage.domain.ticket import Format, Source
from triage.engine.retelling import retell
from triage.engine.rules import InputGone
from triage.engine.world import World
from triage.stages.enrich import answer, source_inquiry

READ = timedelta(seconds=30)


def ask_source(world: World, case: Case) -> tuple[Answer, bool]:
    """What the source says now, read anew, and whether it can be asked at all."""
    now = world.clock.now()
    context = world.rules.at(now)
    try:
        ticket = retell(world.cases.body, case.view.body, case.view.received).ticket
    except InputGone as error:
        return Unknown(reason=str(error)), False
    account = context.account(ticket.account)
    asked = source_inquiry(ticket, account, context.vocabulary.questions, now)
    reads = world.evidence.fetch(asked.reads, deadline=now + READ, fresh=now)
    said = answer([asked], reads, world.clock.now()).answers[asked.name]
    return said, not asked.impossible


def closed_there(world: World, case: Case, since: datetime) -> datetime | None:
    """When, since then, we closed it at the desk that speaks for it; None when we did not.

    What its source says of it from then on is our own word.
    """
    source, format_ = Source(case.headline["source"]), Format(case.headline["format"])
    home = source in ANY_FORMAT or format_ is Format.NATIVE
    desk = AT_HOME.get(source) if home else TOLD_BY.get(format_)
    closes = (
        one.at
        for one in reversed(world.cases.events(case.id))
        if one.kind is EventKind.SOURCE_CLOSED and one.data["desk"] == desk and one.at >= since
    )
    return next(closes, None)
