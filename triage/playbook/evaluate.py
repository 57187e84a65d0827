"""What a playbook rules on one ticket.

Rules are tried in order and the first that holds decides. Once one is unknown, only escalations
are tried: nothing that acts may step over a rule that might have held.
"""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, replace
from datetime import datetime
from functools import lru_cache
from typing import Any

from triage.domain.account import Account
from triage.domain.decision import Priority
from triage.domain.evidence import NOT_ASKED, Answer
from triage.domain.person import Signature
from triage.domain.ticket import Ticket
from triage.playbook.expression import compile_condition
from triage.playbook.pattern import Pattern, compile_pattern
from triage.playbook.syntax import EscalateTo, Playbook, Rule
from triage.playbook.text import compile_text, names_in
from triage.playbook.values import Loose, Scope, Signed, Touched
from triage.playbook.view import account_view, subject_view, ticket_view
from triage.questions.question import Question

PHRASES = {"ticket": "what the ticket says", "signed": "whether it is signed"}
"""What finishes "could not find out ..." where no question was asked."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """All that a playbook may know: the ticket, whose it is, its answers, who signed, the time."""

    ticket: Ticket
    account: Account
    answers: Mapping[str, Answer]
    signatures: tuple[Signature, ...]
    questions: Mapping[str, Question]
    now: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownMet:
    """Something a rule needed and nobody could say; "could not find out {phrase}: {reason}"."""

    name: str
    phrase: str
    reason: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruling:
    """The rule that decides (None when none held), and what stood in the way.

    `priority` is the most urgent of the holding escalation and the unknown ones; None leaves it
    to the ticket's severity.
    """

    playbook: Playbook
    rule: Rule | None
    because: str
    unknowns: tuple[UnknownMet, ...] = ()
    signature: Signature | None = None
    priority: Priority | None = None

    @property
    def wanting(self) -> tuple[str, ...]:
        """Names of answers that nobody asked for yet and that matter after all.

        Those a condition needed, and those the deciding rule's `because` tells of.
        """
        met = [one.name for one in self.unknowns if one.reason == NOT_ASKED.reason]
        told = names_in(self.rule.because) if self.rule else frozenset()
        return (*met, *sorted(told & self.playbook.evidence.keys()))


def scope_of(facts: Facts) -> Scope:
    """What names mean to the conditions of one ticket."""
    return Scope(names=_names(facts), signed=_signed(facts), now=facts.now)


def evaluate(playbook: Playbook, facts: Facts) -> Ruling:
    """Let a playbook rule on a ticket."""
    names = _names(facts)
    unknown: list[tuple[Rule, Touched]] = []
    for rule in playbook.rules:
        if unknown and not isinstance(rule.outcome, EscalateTo):
            continue
        scope = Scope(names=names, signed=_signed(facts), now=facts.now)
        try:
            holds = rule.when is None or compile_condition(rule.when)(scope)
        except Touched as touched:
            unknown.append((rule, touched))
            continue
        if holds:
            return _held(playbook, rule, scope, facts, unknown)
    return _ruling(playbook, None, "", facts, unknown)


def _held(
    playbook: Playbook,
    rule: Rule,
    scope: Scope,
    facts: Facts,
    unknown: list[tuple[Rule, Touched]],
) -> Ruling:
    names = {**scope.names, "signature": scope.signature.as_record() if scope.signature else {}}
    told = Scope(names=names, signed=scope.signed, now=facts.now)
    because = compile_text(rule.because)(told)
    ruling = _ruling(playbook, rule, because, facts, unknown)
    return replace(ruling, signature=scope.signature)


def _ruling(
    playbook: Playbook,
    rule: Rule | None,
    because: str,
    facts: Facts,
    unknown: list[tuple[Rule, Touched]],
) -> Ruling:
    counting = [one for one, _ in unknown] + ([rule] if rule else [])
    return Ruling(
        playbook=playbook,
        rule=rule,
        because=because,
        unknowns=tuple(_met(playbook, facts, [touched for _, touched in unknown])),
        priority=_most_urgent(counting),
    )


def _most_urgent(rules: Iterable[Rule]) -> Priority | None:
    asked = [rule.outcome.priority for rule in rules if isinstance(rule.outcome, EscalateTo)]
    return max(asked, key=lambda priority: priority.rank, default=None)


def _met(playbook: Playbook, facts: Facts, touched: list[Touched]) -> Iterable[UnknownMet]:
    first = {one.name: one for one in reversed(touched)}
    for name, one in sorted(first.items()):
        ask = playbook.evidence.get(name)
        question = facts.questions.get(ask.question) if ask else None
        phrase = question.phrase if question else PHRASES.get(name, name)
        yield UnknownMet(name=name, phrase=phrase, reason=one.reason)


def _names(facts: Facts) -> Mapping[str, Any]:
    ticket = dict(ticket_view(facts.ticket, facts.account))
    ticket["event"] = Loose(ticket["event"])
    return {
        "ticket": ticket,
        "account": account_view(facts.account),
        "subject": subject_view(facts.ticket.subject),
        "now": facts.now,
        **facts.answers,
    }


def _signed(facts: Facts) -> Signed:
    ticket = facts.ticket

    def find(kind: str, subject: str) -> Signature | None:
        covering = (
            one
            for one in facts.signatures
            if one.covers(kind, subject, ticket.account, ticket.type, facts.now)
            and _fits(one, facts)
        )
        # Which one is told of must not depend on the order they were listed in.
        return max(covering, key=lambda one: (one.expires, one.id), default=None)

    return find


def _fits(signature: Signature, facts: Facts) -> bool:
    if not signature.pattern:
        return True
    return _compiled(signature.pattern).matches(ticket_view(facts.ticket, facts.account))


@lru_cache(maxsize=1024)
def _compiled(pattern: str) -> Pattern:
    return compile_pattern(json.loads(pattern))
