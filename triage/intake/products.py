"""ASFF findings of the services that we also read natively: one concern in both formats."""

from collections.abc import Callable, Mapping

from triage.domain.ticket import Ticket
from triage.intake import access_analyzer, config_controls, inspector, macie
from triage.intake.fields import Fields

Retelling = Callable[[Ticket, Fields, str], Ticket]
"""The ticket as ASFF alone tells it, the finding, and the type in the product's own words."""


def _inspector(ticket: Ticket, finding: Fields, _type: str) -> Ticket:
    return inspector.from_asff(ticket, finding)


RETELLINGS: Mapping[str, Retelling] = {
    access_analyzer.PRODUCT: access_analyzer.retold,
    config_controls.PRODUCT: config_controls.retold,
    inspector.PRODUCT: _inspector,
    macie.PRODUCT: macie.retold,
}


def retold(ticket: Ticket, finding: Fields, native_type: str) -> Ticket:
    """Give the ticket its native identity, type and class; other products' stay as they are."""
    retelling = RETELLINGS.get(ticket.product)
    return retelling(ticket, finding, native_type) if retelling else ticket
