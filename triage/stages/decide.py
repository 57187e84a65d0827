"""Close, resolve or escalate.

    never-close list -> rule (three-valued) -> ground available? -> classifier may veto -> decision

Where playbooks disagree, the most cautious one wins. Every refusal to close is an escalation that
says why. Nothing here looks at text an attacker can choose.
"""

from collections.abc import Iterable, Sequence
from dataclasses import replace
from itertools import chain
from typing import TypeVar, assert_never

from triage.domain.decision import (
    Close,
    Decision,
    Escalate,
    Ground,
    Priority,
    Resolve,
    Suggestion,
)
from triage.domain.verdict import Verdict
from triage.playbook.evaluate import Ruling
from triage.playbook.ground import ground_of
from triage.playbook.syntax import CloseAs, EscalateTo, ResolveWith, Rule
from triage.stages.closing import Closing
from triage.stages.matter import Matter
from triage.stages.never_close import never_close
from triage.stages.own_write import by_engine
from triage.stages.refuse import keeps, refusal, unexcused, unmendable

UNASKED = "the engine's own role made this change and no intent of ours asked for it"
T = TypeVar("T")


def decide(matter: Matter, rulings: Sequence[Ruling]) -> Decision:
    """Act alone only where a rule, its ground and the classifier all allow it; otherwise ask."""
    decision = _lapsed(matter, _doubted(matter, _decide(matter, rulings)))
    if by_engine(matter.ticket, matter.context.organisation):
        return Escalate(priority=Priority.CRITICAL, reasons=(UNASKED, *decision.reasons))
    return decision


def _lapsed(matter: Matter, decision: Decision) -> Decision:
    if matter.lapsed is None or not isinstance(decision, Escalate):
        return decision
    return replace(decision, reasons=(*decision.reasons, matter.lapsed))


def _doubted(matter: Matter, decision: Decision) -> Decision:
    """While nobody knows what it is about, no rule can say how little it matters."""
    if not matter.rivals:
        return decision
    told = decision.priority if isinstance(decision, Escalate) else matter.priority
    reasons = tuple(f"or it is about {rival}: its source did not say" for rival in matter.rivals)
    return Escalate(
        priority=_louder(told, matter.priority),
        reasons=(*reasons, *decision.reasons),
        rule=decision.rule,
    )


def _decide(matter: Matter, rulings: Sequence[Ruling]) -> Decision:
    if not rulings:
        return _ask(matter, "no playbook speaks about this type of finding")
    decisions = [_one(matter, ruling) for ruling in rulings if not _abstains(ruling)]
    if not decisions:
        names = ", ".join(ruling.playbook.name for ruling in rulings)
        return _ask(matter, f"no rule of {names} held")
    return _most_cautious(decisions)


def _abstains(ruling: Ruling) -> bool:
    return ruling.rule is None and not ruling.unknowns


def _one(matter: Matter, ruling: Ruling) -> Decision:
    if ruling.rule is None:
        return _could_not_find_out(matter, ruling)
    match ruling.rule.outcome:
        case EscalateTo():
            return _escalate(matter, ruling, ruling.rule)
        case ResolveWith(fixes=fixes):
            return _resolve(matter, ruling, ruling.rule, fixes)
        case CloseAs(verdict=verdict):
            return _close(matter, ruling, ruling.rule, verdict)
        case unreachable:
            assert_never(unreachable)


def _could_not_find_out(matter: Matter, ruling: Ruling) -> Escalate:
    return Escalate(priority=ruling.priority or matter.priority, reasons=_unknowns(ruling))


def _unknowns(ruling: Ruling) -> tuple[str, ...]:
    return tuple(f"could not find out {met.phrase}: {met.reason}" for met in ruling.unknowns)


def _escalate(matter: Matter, ruling: Ruling, rule: Rule) -> Escalate:
    asked = ruling.priority or matter.priority
    signature = ruling.signature
    refused = unexcused(_excuse(matter, ruling, rule)) if signature else None
    return Escalate(
        priority=_louder(asked, matter.priority) if refused else asked,
        reasons=(
            *((refused,) if refused else ()),
            ruling.because,
            *_unknowns(ruling),
            *_barred(matter),
        ),
        rule=name_of(ruling, rule),
        suggestions=rule.suggest,
        signature=signature.id if signature and not refused else None,
    )


def _barred(matter: Matter) -> tuple[str, ...]:
    barred = never_close(matter.ticket, matter.account, matter.context.organisation)
    return (barred,) if barred else ()


def _excuse(matter: Matter, ruling: Ruling, rule: Rule) -> Closing:
    """What a signature has to carry before it makes anything less urgent: as much as a close."""
    return Closing(
        matter=matter, ruling=ruling, rule=rule, verdict=Verdict.BENIGN, ground=Ground.SIGNATURE
    )


def _louder(one: Priority, other: Priority) -> Priority:
    return max(one, other, key=lambda priority: priority.rank)


def _resolve(
    matter: Matter, ruling: Ruling, rule: Rule, fixes: tuple[Suggestion, ...]
) -> Resolve | Escalate:
    """Repair where the operator lets the engine repair at all and nothing stands against it."""
    if not matter.context.policy.repairs:
        return _propose(matter, ruling, rule, fixes)
    if why := _by_hand(matter, fixes) or unmendable(_mending(matter, ruling, rule)):
        return _propose(matter, ruling, rule, fixes, why)
    limits = ruling.playbook.limits
    return Resolve(
        fixes=fixes,
        rule=name_of(ruling, rule),
        reasons=(ruling.because,),
        priority=matter.priority,
        contains=keeps(matter, (one.fix for one in fixes)),
        asks=matter.account.tier in limits.ask_in,
        per_hour=limits.per_hour,
    )


def _by_hand(matter: Matter, fixes: tuple[Suggestion, ...]) -> str | None:
    known = matter.context.vocabulary.fixes
    by_hand = [one.fix for one in fixes if not known[one.fix].applied]
    return f"only people do this: {', '.join(by_hand)}" if by_hand else None


def _mending(matter: Matter, ruling: Ruling, rule: Rule) -> Closing:
    return Closing(
        matter=matter,
        ruling=ruling,
        rule=rule,
        verdict=Verdict.NO_LONGER_PRESENT,
        ground=Ground.PROOF,
    )


def _propose(
    matter: Matter, ruling: Ruling, rule: Rule, fixes: tuple[Suggestion, ...], why: str = ""
) -> Escalate:
    """Hand a repair to a person as a suggestion."""
    told = (why,) if why else ()
    return Escalate(
        priority=matter.priority,
        reasons=(ruling.because, *told, *(f"and {barred}" for barred in _barred(matter))),
        rule=name_of(ruling, rule),
        suggestions=(*fixes, *rule.suggest),
        would="resolve: " + ", ".join(fix.fix for fix in fixes),
    )


def closing_of(matter: Matter, ruling: Ruling, rule: Rule, verdict: Verdict) -> Closing:
    """A close that a rule asks for, on the ground it would have."""
    ground = _ground(matter, ruling, rule, verdict)
    return Closing(matter=matter, ruling=ruling, rule=rule, verdict=verdict, ground=ground)


def _close(matter: Matter, ruling: Ruling, rule: Rule, verdict: Verdict) -> Close | Escalate:
    closing = closing_of(matter, ruling, rule, verdict)
    if (refused := refusal(closing)) is None:
        return Close(
            verdict=verdict,
            ground=closing.ground,
            rule=name_of(ruling, rule),
            reasons=(ruling.because,),
            signature=_signature(ruling) if closing.ground is Ground.SIGNATURE else None,
        )
    return Escalate(
        priority=matter.priority,
        reasons=said(refused, ruling),
        rule=name_of(ruling, rule),
        suggestions=rule.suggest,
        would=f"close: {verdict}",
    )


def said(refused: str, ruling: Ruling) -> tuple[str, str]:
    """Why a rule did not close, and what it had to say for closing."""
    return refused, f"the rule said: {ruling.because}"


def _signature(ruling: Ruling) -> str | None:
    return ruling.signature.id if ruling.signature else None


def _ground(matter: Matter, ruling: Ruling, rule: Rule, verdict: Verdict) -> Ground:
    # A vendor's sample is proven to be one by its source saying so; see refuse.py.
    if verdict is Verdict.TEST and matter.ticket.sample:
        return Ground.PROOF
    return ground_of(ruling.playbook, rule, matter.ticket.type, matter.context.vocabulary)


def name_of(ruling: Ruling, rule: Rule) -> str:
    """What people call a rule: its playbook, and its own name."""
    return f"{ruling.playbook.name}: {rule.name}"


def _ask(matter: Matter, reason: str) -> Escalate:
    return Escalate(priority=matter.priority, reasons=(reason, *_barred(matter)))


def _most_cautious(decisions: Sequence[Decision]) -> Decision:
    """The most urgent escalation, with what the others have to say; a close only without any."""
    escalations = [decision for decision in decisions if isinstance(decision, Escalate)]
    repairs = [decision for decision in decisions if isinstance(decision, Resolve)]
    if not escalations:
        return _together(repairs) if repairs else decisions[0]
    first = max(escalations, key=lambda decision: decision.priority.rank)
    ordered = [first, *(decision for decision in escalations if decision is not first)]
    told = [*(one.reasons for one in ordered), *(one.reasons for one in repairs)]
    return replace(
        first,
        reasons=_each_once(told),
        suggestions=_each_once(
            [*(one.suggestions for one in ordered), *(one.fixes for one in repairs)]
        ),
    )


def _together(repairs: Sequence[Resolve]) -> Resolve:
    """Every fix once; whoever asks, keeps or limits does so for all."""
    hourly = [one.per_hour for one in repairs if one.per_hour is not None]
    return replace(
        repairs[0],
        fixes=_each_once(one.fixes for one in repairs),
        reasons=_each_once(one.reasons for one in repairs),
        contains=next((one.contains for one in repairs if one.contains), None),
        asks=any(one.asks for one in repairs),
        per_hour=min(hourly, default=None),
    )


def _each_once(lists: Iterable[tuple[T, ...]]) -> tuple[T, ...]:
    return tuple(dict.fromkeys(chain.from_iterable(lists)))
