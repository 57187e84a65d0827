"""What two sets of playbooks make of one ticket, and whether the difference matters."""

from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final, assert_never

from triage.domain.decision import Close, Decision, Escalate, Level, Priority, Resolve
from triage.domain.evidence import Evidence, Known, Unknown
from triage.domain.permission import Permission, licence_key
from triage.playbook.meaning import meaning
from triage.playbook.syntax import CloseAs
from triage.stages.conclude import Conclusion
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE
from triage.stages.matter import Matter


class Closing(StrEnum):
    """Whether a ticket closes; the order is the order of danger.

    A rule may hold for certain and say close, and yet the ticket was kept open: because nobody
    asked its source (which is asked only when something is about to close, so of a ticket that
    went to a person history never knows), or because the rule has no licence yet. No playbook can
    rely on either, so neither is a comfort: such a ticket closes once its source confirms it, and
    once the rule is licensed.
    """

    NO = "escalate"
    UNLICENSED = "close once licensed"
    UNCONFIRMED = "close once confirmed"
    YES = "close"

    @property
    def rank(self) -> int:
        return RANKS[self]


RANKS: Final = {closing: rank for rank, closing in enumerate(Closing)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Outcome:
    """A decision as far as a change is judged by it; `told` is the whole of it in one line."""

    action: str
    closing: Closing
    priority: Priority | None
    told: str
    rule: str
    because: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Flip:
    """What the same ticket came to, before and after; `kind` says how they differ."""

    kind: str
    before: Outcome
    after: Outcome


def outcome(conclusion: Conclusion) -> Outcome:
    """Reduce a conclusion to what a comparison is about."""
    decision = conclusion.decision
    closing = _closing(conclusion)
    return Outcome(
        action=_action(decision, closing),
        closing=closing,
        priority=decision.priority if isinstance(decision, Escalate) else None,
        told=_told(decision, closing),
        rule=decision.rule or "",
        because="; ".join(decision.reasons),
    )


def _closing(conclusion: Conclusion) -> Closing:
    match conclusion.decision:
        case Close():
            return Closing.YES
        case Escalate():
            return _kept_open(conclusion)
        case Resolve():
            return Closing.NO
        case unreachable:
            assert_never(unreachable)


def compare(before: Outcome, after: Outcome) -> Flip | None:
    """Say how two outcomes differ, or None when only their words do."""
    kind = _kind(before, after)
    return Flip(kind=kind, before=before, after=after) if kind else None


def _kind(before: Outcome, after: Outcome) -> str:
    if before.action != after.action:
        return f"{before.action} → {after.action}"
    if before.priority is not None and after.priority is not None:
        rank, was = after.priority.rank, before.priority.rank
        return "priority up" if rank > was else "priority down" if rank < was else ""
    return "" if before.told == after.told else f"{before.action}, but otherwise"


def _action(decision: Decision, closing: Closing) -> str:
    match decision:
        case Close():
            return "close"
        case Resolve():
            return "resolve"
        case Escalate(would=would):
            if closing is not Closing.NO:
                return str(closing)
            fixes = would is not None and would.startswith("resolve")
            return "would resolve" if fixes else "escalate"
        case unreachable:
            assert_never(unreachable)


def _told(decision: Decision, closing: Closing) -> str:
    match decision:
        case Close(verdict=verdict, ground=ground):
            return f"close as {verdict} by {ground}"
        case Resolve(fixes=fixes):
            return "resolve with " + ", ".join(fix.fix for fix in fixes)
        case Escalate(priority=priority) if closing is Closing.NO:
            return f"escalate {priority}"
        case Escalate(would=would):
            return f"{closing}: {would or 'close'}"
        case unreachable:
            assert_never(unreachable)


def _kept_open(conclusion: Conclusion) -> Closing:
    """Decide once more as if the source had confirmed it, and then as if licensed, too."""
    tier = conclusion.matter.account.tier
    licences = {
        licence_key(meaning(one.playbook, one.rule), tier): Permission(level=Level.AUTO)
        for one in conclusion.rulings
        if one.rule is not None and isinstance(one.rule.outcome, CloseAs)
    }
    if not licences:
        return Closing.NO
    matter, rulings = conclusion.matter, conclusion.rulings
    confirmed = replace(matter, evidence=_confirmed(matter))
    if isinstance(decide(confirmed, rulings), Close):
        return Closing.UNCONFIRMED
    licensed = replace(confirmed, context=replace(matter.context, licences=licences))
    return Closing.UNLICENSED if isinstance(decide(licensed, rulings), Close) else Closing.NO


def _confirmed(matter: Matter) -> Evidence:
    """Let the source confirm a finding, where it was not asked or did not answer."""
    if not isinstance(matter.at_source, Unknown):
        return matter.evidence
    ticket = matter.ticket
    value = {"confirmed": True, "sample": ticket.sample, "began": ticket.occurred.isoformat()}
    answer = Known(value=value, source="nobody", as_of=matter.context.now)
    answers = {**matter.evidence.answers, SOURCE.name: answer}
    return replace(matter.evidence, answers=answers)
