"""The words a playbook may use, fixes included: what the language is given to check with."""

from collections.abc import Mapping
from dataclasses import replace

from triage.playbook.fixes import EVEN_IF_MANAGED, Fix
from triage.playbook.vocabulary import Vocabulary
from triage.questions.catalogue import QUESTIONS
from triage.questions.question import Parameter
from triage.remediations.catalogue import CATALOGUE
from triage.remediations.suggested import SUGGESTED

MANAGED = Parameter(
    type="boolean",
    meaning="apply it although a stack or Terraform owns the resource and will put it back",
)


def _fixes() -> Mapping[str, Fix]:
    applied = {name: _managed(one.fix) for name, one in CATALOGUE.items()}
    return {**SUGGESTED, **applied}


def _managed(fix: Fix) -> Fix:
    return replace(fix, parameters={**fix.parameters, EVEN_IF_MANAGED: MANAGED})


VOCABULARY = Vocabulary(questions=QUESTIONS, fixes=_fixes())
"""The vocabulary that ships."""
