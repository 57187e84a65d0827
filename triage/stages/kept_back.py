"""What a person is not shown before saying what a ticket was: what a rule on trial would do.

Whoever has seen a suggestion agrees with it too easily. At `shadow` it is always kept back, at
`suggest` in one ticket of five, drawn; verdicts on the others are prompted, and certify nothing.
"""

from triage.domain.decision import Level
from triage.domain.json import Record

BLIND_SHARE = 0.2
"""Of what a licence at `suggest` would have closed: so much is judged without its suggestion."""
INSTEAD = (
    "a rule on trial has a view of this; it is kept back until you have said what it was"
    " (`triage case explain` shows it all the same, and then your verdict is no blind one)"
)


def blind_share(level: Level) -> float:
    """How likely it is kept back (0-1). At shadow nothing is shown at all."""
    return 1.0 if level is Level.SHADOW else BLIND_SHARE


def is_blind(decided: Record) -> bool:
    """Whether this decision keeps back what a rule would have done."""
    return bool((decided.get("arm") or {}).get("blind"))


def is_shown(decided: Record) -> bool:
    """Whether this decision showed what a rule would have done."""
    arm = decided.get("arm")
    return arm is not None and not arm["blind"]


def is_for_two(decided: Record) -> bool:
    """Whether this decision was drawn for two people to judge, each for himself."""
    return bool((decided.get("twice") or {}).get("chosen"))


def as_shown(decided: Record) -> Record:
    """A decision as people are told of it: without what it keeps back."""
    if not is_blind(decided):
        return decided
    kept = set(decided["arm"]["keeps"])
    reasons = [one for one in decided["reasons"] if one not in kept]
    kept_back = dict.fromkeys(("rule", "would", "opinion"))
    return {**decided, **kept_back, "reasons": [*reasons, INSTEAD]}
