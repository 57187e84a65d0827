"""From a ticket and what came back to a decision: the pure whole that live work and replay share.

ticket -> playbooks that speak -> questions -> [the engine makes the reads] -> answers
       -> rulings -> opinion -> decision
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from types import UnionType

from triage.domain.decision import Decision
from triage.domain.evidence import Evidence, RawRead, Read
from triage.domain.ticket import Ticket
from triage.judgement.score import Opinion
from triage.playbook.evaluate import Ruling
from triage.playbook.syntax import CloseAs, Playbook, ResolveWith
from triage.stages.attest import CHANGE
from triage.stages.classify import classify
from triage.stages.context import Context
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE, Inquiry, answer, inquire
from triage.stages.match import rule, speaking
from triage.stages.matter import Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A decision with everything that led to it, for the record and for explaining.

    `matter` is all of it in the form that the decision was made from.
    """

    ticket: Ticket
    evidence: Evidence
    rulings: tuple[Ruling, ...]
    opinion: Opinion
    decision: Decision
    matter: Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Wanted:
    """What to read before anybody can decide, and how old it may be at most."""

    reads: tuple[Read, ...]
    fresh_seconds: float


@dataclass(frozen=True, slots=True, kw_only=True)
class _Asked:
    """The playbooks that speak about a ticket, and the questions they raise."""

    playbooks: tuple[Playbook, ...]
    inquiries: tuple[Inquiry, ...]


def questions_of(ticket: Ticket, context: Context) -> tuple[Inquiry, ...]:
    """What has to be asked about this ticket before anybody can decide."""
    return _asked(ticket, context).inquiries


def _asked(ticket: Ticket, context: Context) -> _Asked:
    account = context.account(ticket.account)
    playbooks = speaking(ticket, account, context)
    questions = context.vocabulary.questions
    inquiries = inquire(ticket, account, playbooks, questions, context.now)
    return _Asked(playbooks=playbooks, inquiries=inquiries)


def consider(
    ticket: Ticket,
    reads: Mapping[Read, RawRead],
    context: Context,
    implicated: str | None = None,
    rivals: tuple[str, ...] = (),
    lapsed: str | None = None,
) -> Conclusion | Wanted:
    """Decide, or say what to read first, where that can change the decision.

    First what costs little, then the scarce look-ups that a rule turned out to need, and the
    finding's source only when something is about to close, or to be repaired.
    """
    asked = _asked(ticket, context)
    unasked = [one for one in asked.inquiries if not one.asked(reads)]
    if cheap := [one for one in unasked if not one.question.scarce]:
        return _wanted(cheap, asked)
    conclusion = _conclude(asked, ticket, reads, context, (implicated, rivals, lapsed))
    ends = CloseAs | ResolveWith if context.policy.repairs else CloseAs
    names = {name for ruling in conclusion.rulings for name in _wants(ruling, ends)}
    needed = [one for one in unasked if one.name in names]
    return _wanted(needed, asked) if needed else conclusion


def _wanted(inquiries: Iterable[Inquiry], asked: _Asked) -> Wanted:
    return Wanted(
        reads=tuple(dict.fromkeys(read for inquiry in inquiries for read in inquiry.reads)),
        fresh_seconds=min(one.question.fresh_seconds for one in asked.inquiries),
    )


def _wants(ruling: Ruling, ends: type | UnionType) -> Iterable[str]:
    yield from (ruling.playbook.evidence[name].name for name in ruling.wanting)
    if ruling.signature or (ruling.rule and isinstance(ruling.rule.outcome, ends)):
        yield SOURCE.name
    if ruling.signature and ruling.signature.acted:
        asks = ruling.playbook.evidence.values()
        yield from (ask.name for ask in asks if ask.question == CHANGE)


def conclude(
    ticket: Ticket,
    reads: Mapping[Read, RawRead],
    context: Context,
    implicated: str | None = None,
    rivals: tuple[str, ...] = (),
    lapsed: str | None = None,
) -> Conclusion:
    """Decide, given the raw reads that were made.

    `implicated` names the confirmed trouble that the case was opened again for, if any, `rivals`
    what else it may be about, `lapsed` why no signature holds it closed any more.
    """
    asked = _asked(ticket, context)
    return _conclude(asked, ticket, reads, context, (implicated, rivals, lapsed))


def _conclude(
    asked: _Asked,
    ticket: Ticket,
    reads: Mapping[Read, RawRead],
    context: Context,
    of_it: tuple[str | None, tuple[str, ...], str | None],
) -> Conclusion:
    implicated, rivals, lapsed = of_it
    evidence = answer(asked.inquiries, reads, context.now)
    rulings = rule(ticket, asked.playbooks, evidence, context)
    account = context.account(ticket.account)
    opinion = classify(ticket, account, context.model, context.history)
    matter = Matter(
        ticket=ticket,
        evidence=evidence,
        opinion=opinion,
        context=context,
        implicated=implicated,
        rivals=rivals,
        lapsed=lapsed,
    )
    return Conclusion(
        ticket=ticket,
        evidence=evidence,
        rulings=rulings,
        opinion=opinion,
        decision=decide(matter, rulings),
        matter=matter,
    )
