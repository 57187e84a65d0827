"""A decision as it is written down: plain JSON, the same bytes for the same decision."""

from typing import assert_never

from triage.domain.decision import Close, Decision, Escalate, Resolve, Suggestion
from triage.domain.json import Record
from triage.domain.ticket import Ticket
from triage.stages.conclude import Conclusion


def decision_as_json(decision: Decision) -> Record:
    """Write a decision with the keys that commands, the audit and people read."""
    match decision:
        case Close():
            return _close(decision)
        case Resolve():
            return _resolve(decision)
        case Escalate():
            return _escalate(decision)
        case unreachable:
            assert_never(unreachable)


def conclusion_as_json(conclusion: Conclusion) -> Record:
    """Write a decision with the classifier's opinion beside it."""
    opinion = {
        "score": round(conclusion.opinion.score, 9),
        "veto": conclusion.opinion.veto,
        "shares": {name: round(share, 9) for name, share in conclusion.opinion.shares},
    }
    return {**decision_as_json(conclusion.decision), "opinion": opinion}


def _close(decision: Close) -> Record:
    return {
        "decision": "close",
        "verdict": decision.verdict,
        "ground": decision.ground,
        "signature": decision.signature,
        "rule": decision.rule,
        "reasons": list(decision.reasons),
    }


def _resolve(decision: Resolve) -> Record:
    return {
        "decision": "resolve",
        "priority": decision.priority,
        "rule": decision.rule,
        "reasons": list(decision.reasons),
        "suggestions": [_suggestion(fix) for fix in decision.fixes],
        "contains": decision.contains,
        "asks": decision.asks,
        "per_hour": decision.per_hour,
    }


def _escalate(decision: Escalate) -> Record:
    return {
        "decision": "escalate",
        "priority": decision.priority,
        "rule": decision.rule,
        "reasons": list(decision.reasons),
        "suggestions": [_suggestion(fix) for fix in decision.suggestions],
        "would": decision.would,
        "signature": decision.signature,
    }


def _suggestion(suggestion: Suggestion) -> Record:
    return {"fix": suggestion.fix, "parameters": dict(suggestion.parameters)}


def concern(ticket: Ticket) -> Record:
    """What a ticket is about, as rows tell it."""
    return {
        "type": ticket.type,
        "class": ticket.finding_class,
        "severity": ticket.severity.label,
        "account": ticket.account,
        "region": ticket.region,
        "subject": ticket.subject.id,
    }
