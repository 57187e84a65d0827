"""Sources that nobody can ask again: what they told is all there is.

The Health API answers accounts with a Business, Enterprise On-Ramp or Enterprise support plan
only (Health user guide, "Accessing the AWS Health API"); Network Firewall writes its log and
forgets it (developer guide, "Logging network traffic").
"""

from collections.abc import Callable, Mapping
from typing import Any

from triage.domain.evidence import Read
from triage.domain.ticket import Ticket
from triage.questions.question import Asking, CannotAsk
from triage.questions.source.shape import Desk, Said


def _cannot(why: str) -> Callable[[Asking], Read]:
    def read(_asking: Asking) -> Read:
        raise CannotAsk(why)

    return read


def _nothing(_ticket: Ticket, _found: Mapping[str, Any]) -> Said | None:
    return None


HEALTH = Desk(
    _cannot("the AWS Health API answers only accounts with a Business or higher support plan"),
    _nothing,
)
NETWORK_FIREWALL = Desk(
    _cannot("Network Firewall keeps no alerts that could be asked for again"), _nothing
)
OWN = Desk(_cannot("it is our own alarm, and only a person can look"), _nothing)
