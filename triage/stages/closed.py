"""Which rule closed it: by its meaning, for whoever counts closes by rule and tier."""

from dataclasses import dataclass

from triage.domain.account import Tier
from triage.domain.decision import Close, Ground
from triage.domain.severity import Label
from triage.playbook.evaluate import Ruling
from triage.playbook.meaning import meaning
from triage.playbook.syntax import CloseAs, Rule
from triage.stages.conclude import Conclusion
from triage.stages.decide import name_of


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """A rule by its meaning and its name, the tier it closed in, and what it closed."""

    rule: str
    name: str
    tier: Tier
    ground: Ground
    severity: Label


def closer(conclusion: Conclusion) -> Closer | None:
    """The rule that closed a ticket; None when nothing was closed."""
    decision = conclusion.decision
    if not isinstance(decision, Close):
        return None
    ruling, rule = _spoke(conclusion, decision.rule)
    return Closer(
        rule=meaning(ruling.playbook, rule),
        name=decision.rule,
        tier=conclusion.matter.account.tier,
        ground=decision.ground,
        severity=conclusion.ticket.severity.label,
    )


def _spoke(conclusion: Conclusion, name: str) -> tuple[Ruling, Rule]:
    return next(
        (one, one.rule)
        for one in conclusion.rulings
        if one.rule is not None
        and isinstance(one.rule.outcome, CloseAs)
        and name_of(one, one.rule) == name
    )
