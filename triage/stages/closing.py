"""What a rule asks for, before anybody agreed to it."""

from dataclasses import dataclass

from triage.domain.decision import Ground
from triage.domain.verdict import Verdict
from triage.playbook.evaluate import Ruling
from triage.playbook.syntax import Rule
from triage.stages.matter import Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Closing:
    """A close that a rule asks for, before anybody agreed to it."""

    matter: Matter
    ruling: Ruling
    rule: Rule
    verdict: Verdict
    ground: Ground
