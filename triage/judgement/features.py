"""What the classifier may look at.

Only facts that the person behind an alarm cannot choose: no names, tags, user agents or free
text. Each row says where its value comes from. A registry with leakage rules follows with
training; these are read off the ticket and the organisation map alone.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from types import MappingProxyType

from triage.domain.account import Account, Tier
from triage.domain.ticket import FindingClass, Ticket

COUNT_MAX = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One number: `compute` gives a value between 0 and 1; `words` say it to a person."""

    words: str
    compute: Callable[[Ticket, Account], float]


def _recurrence(ticket: Ticket, _account: Account) -> float:
    return math.log1p(min(max(ticket.count, 0), COUNT_MAX)) / math.log1p(COUNT_MAX)


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "severity": Feature(
            words="how severe the source rates it",
            compute=lambda ticket, _: ticket.severity.score / 100,
        ),
        "threat": Feature(
            words="it speaks of something that happened",
            compute=lambda ticket, _: float(ticket.finding_class is FindingClass.THREAT),
        ),
        "exposure": Feature(
            words="something is open to the outside",
            compute=lambda ticket, _: float(ticket.finding_class is FindingClass.EXPOSURE),
        ),
        "production": Feature(
            words="the account is production or unlisted",
            compute=lambda _, account: float(account.tier is Tier.PRODUCTION),
        ),
        "unlisted": Feature(
            words="nobody listed the account",
            compute=lambda _, account: float(not account.listed),
        ),
        "threat_intelligence": Feature(
            words="threat intelligence knows the other side",
            compute=lambda ticket, _: float(ticket.threat_intelligence),
        ),
        "attack_sequence": Feature(
            words="it belongs to an attack sequence",
            compute=lambda ticket, _: float(ticket.in_attack_sequence),
        ),
        "recurrence": Feature(words="how often it recurred", compute=_recurrence),
    }
)


def features(ticket: Ticket, account: Account) -> dict[str, float]:
    """Compute every feature of a ticket."""
    return {name: feature.compute(ticket, account) for name, feature in FEATURES.items()}
