"""What a rule means, as a hash: a licence is bound to it, and not to words or tests."""

from triage.domain.json import canonical, digest
from triage.playbook.syntax import CloseAs, EscalateTo, Outcome, Playbook, ResolveWith, Rule


def meaning(playbook: Playbook, rule: Rule) -> str:
    """Hash match, questions, the conditions down to this rule, and its outcome."""
    above = playbook.rules[: playbook.rules.index(rule) + 1]
    evidence = {
        name: [ask.question, dict(ask.parameters)] for name, ask in playbook.evidence.items()
    }
    conditions = [[one.when, _outcome(one.outcome)] for one in above]
    content = {"match": playbook.match, "evidence": evidence, "rules": conditions}
    return digest(canonical(content))


def _outcome(outcome: Outcome) -> list[object]:
    match outcome:
        case CloseAs(verdict=verdict):
            return ["close", verdict]
        case ResolveWith(fixes=fixes):
            return ["resolve", [[fix.fix, list(fix.parameters)] for fix in fixes]]
        case EscalateTo(priority=priority):
            return ["escalate", priority]
