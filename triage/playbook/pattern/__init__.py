"""EventBridge event patterns. `pattern` says which semantics; everything else is a part of one."""

from triage.playbook.pattern.atom import COMPARISONS
from triage.playbook.pattern.invalid import PatternInvalid
from triage.playbook.pattern.operators import OPERATORS, OR
from triage.playbook.pattern.pattern import Pattern, compile_pattern

__all__ = ["COMPARISONS", "OPERATORS", "OR", "Pattern", "PatternInvalid", "compile_pattern"]
