"""What the classifier may look at: a registry with where each number comes from.

A trusted feature is a fact that the person behind an alarm cannot choose; one partly influenced
can be pushed but not forged; one that an attacker controls is text. The last two can only raise a
score (see score.py). Each row also says what keeps it from looking ahead: everything is computed
from a ticket, its account and a history as of the decision, by the same code in training, live
scoring and backtests.
"""

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from types import MappingProxyType

from triage.domain.account import Account, Tier
from triage.domain.json import canonical, digest
from triage.domain.ticket import FindingClass, Source, Ticket
from triage.judgement.history import History

COUNT_MAX = 1000
TITLE_MAX = 1000
ALARMING = ("crypto", "exfiltrat", "malware", "ransom", "reverse shell", "stolen", "webshell")
INSIDE = ("Backdoor:", "CryptoCurrency:", "Exfiltration:", "Impact:", "Trojan:")
MALICIOUS_FILE = "MaliciousFile"
"""How types begin, or what they name, that speak of an attack which has come far already.

GuardDuty user guide, "GuardDuty finding format" (threat purposes) and "Malware Protection".
"""
SNAPSHOT = "the version that the decision reads; later updates are other tickets"


class Provenance(StrEnum):
    """Who can choose the value."""

    TRUSTED = "trusted"
    PARTLY = "partly"
    ATTACKER = "attacker"


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """What features are computed from, all of it as of the decision."""

    ticket: Ticket
    account: Account
    history: History = field(default_factory=History)


@dataclass(frozen=True, slots=True, kw_only=True)
class Feature:
    """One number: `compute` gives a value between 0 and 1; `words` say it to a person.

    `leakage` says what keeps the value from knowing the future. Absence is 0, the lowest risk.
    """

    words: str
    provenance: Provenance
    leakage: str
    compute: Callable[[Facts], float]


def _recurrence(facts: Facts) -> float:
    return math.log1p(min(max(facts.ticket.count, 0), COUNT_MAX)) / math.log1p(COUNT_MAX)


def _alarming(facts: Facts) -> float:
    title = facts.ticket.title[:TITLE_MAX].lower()
    return float(any(word in title for word in ALARMING))


def _inside(facts: Facts) -> float:
    ours, type_ = facts.ticket.source is Source.GUARDDUTY, facts.ticket.type
    return float(ours and (type_.startswith(INSIDE) or MALICIOUS_FILE in type_))


def _class(wanted: FindingClass) -> Callable[[Facts], float]:
    return lambda facts: float(facts.ticket.finding_class is wanted)


FEATURES: Mapping[str, Feature] = MappingProxyType(
    {
        "severity": Feature(
            words="how severe the source rates it",
            provenance=Provenance.TRUSTED,
            leakage=SNAPSHOT,
            compute=lambda facts: facts.ticket.severity.score / 100,
        ),
        "threat": Feature(
            words="it speaks of something that happened",
            provenance=Provenance.TRUSTED,
            leakage="fixed by the finding's type",
            compute=_class(FindingClass.THREAT),
        ),
        "exposure": Feature(
            words="something is open to the outside",
            provenance=Provenance.TRUSTED,
            leakage="fixed by the finding's type",
            compute=_class(FindingClass.EXPOSURE),
        ),
        "inside": Feature(
            words="its type speaks of somebody who is inside already",
            provenance=Provenance.TRUSTED,
            leakage="fixed by the finding's type",
            compute=_inside,
        ),
        "production": Feature(
            words="the account is production or unlisted",
            provenance=Provenance.TRUSTED,
            leakage="our own map as of the decision, never a live tag",
            compute=lambda facts: float(facts.account.tier is Tier.PRODUCTION),
        ),
        "unlisted": Feature(
            words="nobody listed the account",
            provenance=Provenance.TRUSTED,
            leakage="our own map as of the decision, never a live tag",
            compute=lambda facts: float(not facts.account.listed),
        ),
        "threat_intelligence": Feature(
            words="threat intelligence knows the other side",
            provenance=Provenance.TRUSTED,
            leakage=SNAPSHOT,
            compute=lambda facts: float(facts.ticket.threat_intelligence),
        ),
        "attack_sequence": Feature(
            words="it belongs to an attack sequence",
            provenance=Provenance.TRUSTED,
            leakage=SNAPSHOT,
            compute=lambda facts: float(facts.ticket.in_attack_sequence),
        ),
        "real_before": Feature(
            words="how often tickets of this type and tier were true positives here",
            provenance=Provenance.TRUSTED,
            leakage="verdicts of the 90 days before the decision, never its own, capped a person",
            compute=lambda facts: facts.history.rate(facts.ticket.type, facts.account.tier),
        ),
        "recurrence": Feature(
            words="how often it recurred",
            # Whoever causes the finding decides how often.
            provenance=Provenance.PARTLY,
            leakage="the count of the version that the decision reads",
            compute=_recurrence,
        ),
        "alarming_words": Feature(
            words="its title speaks of an attack",
            provenance=Provenance.ATTACKER,
            leakage=SNAPSHOT,
            compute=_alarming,
        ),
    }
)
RAISING = frozenset(
    name for name, one in FEATURES.items() if one.provenance is not Provenance.TRUSTED
)
"""Features that can only raise a score."""


def features(ticket: Ticket, account: Account, history: History | None = None) -> dict[str, float]:
    """Compute every feature of a ticket."""
    facts = Facts(ticket=ticket, account=account, history=history or History())
    return {name: feature.compute(facts) for name, feature in FEATURES.items()}


def features_hash() -> str:
    """Name what features mean: a certificate is bound to it."""
    rows = {name: [one.provenance, one.words, one.leakage] for name, one in FEATURES.items()}
    return digest(canonical(rows))
