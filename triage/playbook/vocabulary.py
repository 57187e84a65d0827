"""The words a playbook may use, as one value that the checker and the evaluator receive.

The one that ships is triage/remediations/vocabulary.py.
"""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field

from triage.domain.api import Apis
from triage.playbook.fixes import Fix
from triage.questions.negates import Negation, negations
from triage.questions.question import Question


@dataclass(frozen=True, slots=True, kw_only=True)
class Vocabulary:
    """Questions, fixes, what proves which finding type gone, and AWS's API where it is at hand.

    `documents` are the runbooks that the operator allows, where that is known.
    """

    questions: Mapping[str, Question]
    fixes: Mapping[str, Fix] = field(default_factory=dict)
    negations: Callable[[str], tuple[Negation, ...]] = negations
    apis: Apis | None = None
    documents: frozenset[str] | None = None
