"""News that comes faster than decisions must not keep people from being told."""

from dataclasses import replace

from triage.domain.case import Case
from triage.domain.errors import StaleCase
from triage.engine.world import World
from triage.ports.case_store import Claim, Settlement

VOIDS_MAX = 5
"""Every so many claims of a case, an escalation is written down although news has voided it."""
TRIES = 10
OF_ITS_MOMENT = frozenset({"view", "incident"})
"""What a decision says of the case as it was, and that news may have changed."""


def insist(world: World, settlement: Settlement) -> Case | None:
    """Escalate on top of the news, at every fifth claim that comes to nothing; else None.

    Whoever can write to the queue could otherwise keep a case from ever being decided. It is due
    again at once, so the news is decided too. A close is never insisted on.
    """
    claim = settlement.claim
    if claim.fence % VOIDS_MAX or not _news(world, claim):
        return None
    for _ in range(TRIES):
        try:
            return _escalate(world, settlement)
        except StaleCase:
            continue
    return None


def _news(world: World, claim: Claim) -> bool:
    """Whether news has voided the decision; where the lease was lost, its new holder decides."""
    case = world.cases.case(claim.case.id)
    undecided = case.decided_event == claim.case.decided_event
    return undecided and case.version != claim.case.version


def _escalate(world: World, settlement: Settlement) -> Case | None:
    case = world.cases.case(settlement.claim.case.id)
    written = settlement.write([])
    if case.notified is not None or written.event.data["decision"] == "close":
        return None
    data = {name: value for name, value in written.event.data.items() if name not in OF_ITS_MOMENT}
    world.cases.keep(settlement.bodies)
    return world.cases.append(
        case.id,
        replace(written.event, data=data),
        version=case.version,
        effects=written.effects,
        timers=written.timers,
        due=world.clock.now(),
    )
