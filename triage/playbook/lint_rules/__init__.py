"""Every rule of lint by its id: the findings, the pages, the SARIF rules come from this table."""

from collections.abc import Mapping
from types import MappingProxyType

from triage.playbook.lint_rules import calls, conditions, grounds, matching, shape, signing, yaml
from triage.playbook.lint_rules.rule import LintRule, Of
from triage.playbook.problem import Severity

RULES: Mapping[str, LintRule] = MappingProxyType(
    {
        **yaml.RULES,
        **shape.RULES,
        **matching.RULES,
        **conditions.RULES,
        **grounds.RULES,
        **calls.RULES,
        **signing.RULES,
    }
)


def severity(rule: str) -> Severity:
    """How grave a finding of this rule is."""
    known = RULES.get(rule)
    return known.severity if known else Severity.ERROR


__all__ = ["RULES", "LintRule", "Of", "severity"]
