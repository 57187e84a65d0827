"""Which rule closed it, or would have but for its licence: by its meaning, for who counts."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace

from triage.domain.account import Tier
from triage.domain.decision import Close, Ground, Resolve
from triage.domain.json import Record
from triage.domain.permission import Likeness
from triage.domain.severity import Label
from triage.playbook.evaluate import Ruling
from triage.playbook.meaning import meaning
from triage.playbook.syntax import CloseAs, Rule
from triage.stages.closing import Closing
from triage.stages.conclude import Conclusion
from triage.stages.decide import closing_of, name_of, said
from triage.stages.matter import Matter
from triage.stages.refuse import checked, refusal

LICENCE = "licence"


@dataclass(frozen=True, slots=True, kw_only=True)
class Closer:
    """A rule by its meaning and its name, the tier it spoke in, and what it closes.

    `closes` is whether it did; if not, nothing but its licence stood against it, and `keeps` are
    the reasons that say so.
    """

    rule: str
    name: str
    tier: Tier
    ground: Ground
    severity: Label
    likeness: Likeness
    closes: bool
    keeps: tuple[str, ...] = ()

    def as_record(self) -> Record:
        """What is kept beside the decision, for whoever looks for evidence later."""
        return {
            "rule": self.rule,
            "name": self.name,
            "tier": self.tier,
            "ground": self.ground,
            "likeness": list(self.likeness),
        }

    @classmethod
    def from_record(cls, record: Record, severity: Label) -> "Closer":
        """Read back who closes now that its repair is proven."""
        return cls(
            rule=str(record["rule"]),
            name=str(record["name"]),
            tier=Tier(record["tier"]),
            ground=Ground(record["ground"]),
            severity=severity,
            likeness=tuple(record["likeness"]),
            closes=True,
        )


def closer(conclusion: Conclusion) -> Closer | None:
    """The rule that closed a ticket, or would have had it a licence; None when there is none."""
    decision = conclusion.decision
    closings = list(_closings(conclusion))
    closes = isinstance(decision, Close)
    for one in closings:
        if _name(one) == decision.rule and (closes or _only_unlicensed(one)):
            found = _closer(one.matter, one.ruling, one.rule, one.ground, closes=closes)
            return replace(found, keeps=_said(closings))
    return None


def _said(closings: Iterable[Closing]) -> tuple[str, ...]:
    """The reasons of a decision by which it can be told what its rules would have done."""
    refused = ((refusal(one), one) for one in closings)
    return tuple(words for why, one in refused if why for words in said(why, one.ruling))


def mender(conclusion: Conclusion) -> Closer | None:
    """The rule whose repair closes the ticket, once it is proven; None where a person keeps it."""
    decision = conclusion.decision
    if not isinstance(decision, Resolve) or decision.contains is not None:
        return None
    held = ((one, one.rule) for one in conclusion.rulings if one.rule is not None)
    for ruling, rule in held:
        if name_of(ruling, rule) == decision.rule:
            return _closer(conclusion.matter, ruling, rule, Ground.PROOF, closes=False)
    return None


def _closings(conclusion: Conclusion) -> Iterator[Closing]:
    for one in conclusion.rulings:
        if one.rule is not None and isinstance(one.rule.outcome, CloseAs):
            yield closing_of(conclusion.matter, one, one.rule, one.rule.outcome.verdict)


def _name(closing: Closing) -> str:
    return name_of(closing.ruling, closing.rule)


def _only_unlicensed(closing: Closing) -> bool:
    against = {name for name, why in checked(closing) if why is not None}
    return against == {LICENCE}


def _closer(matter: Matter, ruling: Ruling, rule: Rule, ground: Ground, *, closes: bool) -> Closer:
    return Closer(
        rule=meaning(ruling.playbook, rule),
        name=name_of(ruling, rule),
        tier=matter.account.tier,
        ground=ground,
        severity=matter.ticket.severity.label,
        likeness=matter.likeness,
        closes=closes,
    )
