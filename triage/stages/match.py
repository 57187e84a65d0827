"""Which playbooks speak about this ticket, and what does each rule on it?"""

from collections.abc import Iterable, Mapping
from types import MappingProxyType

from triage.domain.account import Account
from triage.domain.evidence import NOT_ASKED, Answer, Evidence
from triage.domain.ticket import Ticket
from triage.playbook.evaluate import Facts, Ruling, evaluate
from triage.playbook.syntax import Playbook
from triage.playbook.view import ticket_view
from triage.stages.context import Context


def speaking(ticket: Ticket, account: Account, context: Context) -> tuple[Playbook, ...]:
    """Find the playbooks whose pattern matches, in the order of their names."""
    return context.playbooks.index.matching(ticket_view(ticket, account))


def rule(
    ticket: Ticket, playbooks: Iterable[Playbook], evidence: Evidence, context: Context
) -> tuple[Ruling, ...]:
    """Let each playbook rule on the ticket, with the answers it asked for."""
    return tuple(
        evaluate(playbook, facts(ticket, playbook, evidence, context)) for playbook in playbooks
    )


def facts(ticket: Ticket, playbook: Playbook, evidence: Evidence, context: Context) -> Facts:
    """All that one playbook may know of a ticket."""
    return Facts(
        ticket=ticket,
        account=context.account(ticket.account),
        answers=_answers(playbook, evidence),
        signatures=context.signatures,
        questions=context.vocabulary.questions,
        now=context.now,
    )


def _answers(playbook: Playbook, evidence: Evidence) -> Mapping[str, Answer]:
    return MappingProxyType(
        {name: evidence.answers.get(ask.name, NOT_ASKED) for name, ask in playbook.evidence.items()}
    )
