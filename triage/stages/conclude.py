"""From a ticket and what came back to a decision: the pure whole that live work and replay share.

ticket -> playbooks that speak -> questions -> [the engine makes the reads] -> answers
       -> rulings -> opinion -> decision
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from triage.domain.decision import Decision
from triage.domain.evidence import Evidence, RawRead, Read
from triage.domain.ticket import Ticket
from triage.judgement.score import Opinion
from triage.playbook.evaluate import Ruling
from triage.playbook.syntax import CloseAs
from triage.stages.attest import CHANGE
from triage.stages.classify import classify
from triage.stages.context import Context
from triage.stages.decide import decide
from triage.stages.enrich import SOURCE, Inquiry, answer, ask_name, inquire
from triage.stages.match import rule, speaking
from triage.stages.matter import Matter


@dataclass(frozen=True, slots=True, kw_only=True)
class Conclusion:
    """A decision with everything that led to it, for the record and for explaining."""

    ticket: Ticket
    evidence: Evidence
    rulings: tuple[Ruling, ...]
    opinion: Opinion
    decision: Decision


def questions_of(ticket: Ticket, context: Context) -> tuple[Inquiry, ...]:
    """What has to be asked about this ticket before anybody can decide."""
    account = context.account(ticket.account)
    playbooks = speaking(ticket, account, context)
    return inquire(ticket, account, playbooks, context.vocabulary.questions, context.now)


def still_to_read(
    ticket: Ticket, reads: Mapping[Read, RawRead], context: Context
) -> tuple[Read, ...]:
    """What to read next; empty when nothing more can change the decision.

    First what costs little, then the scarce look-ups that a rule turned out to need, and the
    finding's source only when something is about to close.
    """
    unasked = [one for one in questions_of(ticket, context) if not one.asked(reads)]
    cheap = [one for one in unasked if not one.question.scarce]
    if cheap or not unasked:
        return _reads(cheap)
    wanted = {
        name for ruling in conclude(ticket, reads, context).rulings for name in _wants(ruling)
    }
    return _reads([one for one in unasked if one.name in wanted])


def _reads(inquiries: Iterable[Inquiry]) -> tuple[Read, ...]:
    return tuple(dict.fromkeys(read for inquiry in inquiries for read in inquiry.reads))


def _wants(ruling: Ruling) -> Iterable[str]:
    yield from (ask_name(ruling.playbook.evidence[name]) for name in ruling.wanting)
    if ruling.signature or (ruling.rule and isinstance(ruling.rule.outcome, CloseAs)):
        yield ask_name(SOURCE)
    if ruling.signature and ruling.signature.acted:
        asks = ruling.playbook.evidence.values()
        yield from (ask_name(ask) for ask in asks if ask.question == CHANGE)


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
    account = context.account(ticket.account)
    playbooks = speaking(ticket, account, context)
    inquiries = inquire(ticket, account, playbooks, context.vocabulary.questions, context.now)
    evidence = answer(inquiries, reads, context.now)
    rulings = rule(ticket, playbooks, evidence, context)
    opinion = classify(ticket, account, context.model)
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
    )
