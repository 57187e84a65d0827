"""Which questions does this ticket raise, and what do the raw reads answer?"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta

from triage.domain.account import Account
from triage.domain.evidence import (
    NOT_ASKED,
    Answer,
    Evidence,
    RawRead,
    Read,
    Unknown,
)
from triage.domain.ticket import Ticket
from triage.playbook.ground import conjuncts
from triage.playbook.syntax import Ask, CloseAs, Playbook, ResolveWith, Rule
from triage.questions.question import Asking, CannotAsk, Question

SOURCE = Ask(question="source.finding", parameters={})
"""Asked for every ticket that a rule might close or repair: is it real, says its source?"""


@dataclass(frozen=True, slots=True, kw_only=True)
class Inquiry:
    """One question put to one ticket, and the raw reads it needs (or why it cannot be asked)."""

    name: str
    question: Question
    asking: Asking
    reads: tuple[Read, ...]
    impossible: str = ""

    def asked(self, reads: Mapping[Read, RawRead]) -> bool:
        """Tell whether everything it needs has been read."""
        return all(read in reads for read in self.reads)


def inquire(
    ticket: Ticket,
    account: Account,
    playbooks: Iterable[Playbook],
    questions: Mapping[str, Question],
    now: datetime,
) -> tuple[Inquiry, ...]:
    """Collect the questions of all matching playbooks, each once, in a stable order."""
    asks = {ask.name: ask for playbook in playbooks for ask in _asks(playbook)}
    return tuple(
        _inquiry(
            name,
            questions[ask.question],
            Asking(ticket=ticket, account=account, now=now, parameters=ask.parameters),
        )
        for name, ask in sorted(asks.items())
    )


def source_inquiry(
    ticket: Ticket, account: Account, questions: Mapping[str, Question], now: datetime
) -> Inquiry:
    """Put the question to the finding's own source."""
    asking = Asking(ticket=ticket, account=account, now=now, parameters=SOURCE.parameters)
    return _inquiry(SOURCE.name, questions[SOURCE.question], asking)


def _asks(playbook: Playbook) -> Iterable[Ask]:
    yield from playbook.evidence.values()
    if any(_confirmed(rule) for rule in playbook.rules):
        yield SOURCE


def _confirmed(rule: Rule) -> bool:
    """Whether the source has a say: in closes, repairs, and where a signature lowers a page."""
    signed = rule.when is not None and conjuncts(rule.when)[1]
    return signed or isinstance(rule.outcome, CloseAs | ResolveWith)


def _inquiry(name: str, question: Question, asking: Asking) -> Inquiry:
    try:
        reads = tuple(question.plan(asking))
    except CannotAsk as error:
        return Inquiry(name=name, question=question, asking=asking, reads=(), impossible=str(error))
    return Inquiry(name=name, question=question, asking=asking, reads=reads)


def answer(inquiries: Iterable[Inquiry], reads: Mapping[Read, RawRead], now: datetime) -> Evidence:
    """Interpret the raw reads, as of `now`: what is too old to rest a decision on is unknown."""
    inquiries = tuple(inquiries)
    made = {read: reads[read] for inquiry in inquiries for read in inquiry.reads if read in reads}
    answers = {inquiry.name: _answer(inquiry, reads, now) for inquiry in inquiries}
    return Evidence(answers=answers, reads=made)


def _answer(inquiry: Inquiry, reads: Mapping[Read, RawRead], now: datetime) -> Answer:
    if inquiry.impossible:
        return Unknown(reason=inquiry.impossible)
    if not inquiry.asked(reads):
        return NOT_ASKED
    found = inquiry.question.interpret(inquiry.asking, [reads[read] for read in inquiry.reads])
    return _unless_stale(found, inquiry, now)


def _unless_stale(found: Answer, inquiry: Inquiry, now: datetime) -> Answer:
    if isinstance(found, Unknown):
        return found
    fresh_seconds = inquiry.question.fresh_seconds
    if now - found.as_of > timedelta(seconds=fresh_seconds):
        age = int((now - found.as_of).total_seconds())
        return Unknown(reason=f"the answer is {age} s old, more than {fresh_seconds} s")
    # A version from the future bounds nothing: it takes effect only once its source was read.
    if found.as_of < inquiry.asking.ticket.version <= now:
        return Unknown(reason="the answer is older than the finding")
    return found
