"""From a ticket and what came back to a decision: the pure whole that live work and replay share.

ticket -> playbooks that speak -> questions -> [the engine makes the reads] -> answers
       -> rulings -> opinion -> decision
"""

from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.decision import Decision
from triage.domain.evidence import Evidence, RawRead, Read
from triage.domain.ticket import Ticket
from triage.judgement.score import Opinion
from triage.playbook.evaluate import Ruling
from triage.stages.classify import classify
from triage.stages.context import Context
from triage.stages.decide import decide
from triage.stages.enrich import Inquiry, answer, inquire
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


def conclude(ticket: Ticket, reads: Mapping[Read, RawRead], context: Context) -> Conclusion:
    """Decide, given every raw read that `questions_of` asked for."""
    account = context.account(ticket.account)
    playbooks = speaking(ticket, account, context)
    inquiries = inquire(ticket, account, playbooks, context.vocabulary.questions, context.now)
    evidence = answer(inquiries, reads, context.now)
    rulings = rule(ticket, playbooks, evidence, context)
    opinion = classify(ticket, account, context.model)
    matter = Matter(ticket=ticket, evidence=evidence, opinion=opinion, context=context)
    return Conclusion(
        ticket=ticket,
        evidence=evidence,
        rulings=rulings,
        opinion=opinion,
        decision=decide(matter, rulings),
    )
