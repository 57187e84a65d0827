"""The words a playbook may use, as one value that the checker and the evaluator receive."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from triage.domain.api import Apis
from triage.playbook.fixes import FIXES, Fix
from triage.questions.catalogue import QUESTIONS
from triage.questions.negates import Negation, negations
from triage.questions.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Questions, fixes, what proves which finding type gone, and AWS's API where it is at hand."""

    questions: Mapping[str, Question]
    fixes: Mapping[str, Fix] = field(default_factory=lambda: FIXES)
    negations: Callable[[str], tuple[Negation, ...]] = negations
    apis: Apis | None = None


VOCABULARY = Vocabulary(questions=QUESTIONS)
"""The vocabulary that ships."""
