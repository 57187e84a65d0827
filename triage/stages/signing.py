"""Why a statement must not count, whoever signed it: others wrote it, or it covers too much."""

import json
from collections.abc import Iterable, Iterator, Mapping
from functools import cache
from typing import Any

from triage.domain.account import Account
from triage.domain.person import Signature
from triage.domain.ticket import Ticket
from triage.playbook.fields import MOOT, TICKET, tainted
from triage.playbook.pattern import OR, PatternInvalid, compile_pattern
from triage.playbook.samples import SAMPLES
from triage.playbook.view import ticket_view

WIDE = 0.5
"""A pattern that matches this share of all samples says hardly anything."""


def unsound(signature: Signature) -> tuple[str, ...]:
    """Everything that keeps it from counting; nothing for one with an exact subject."""
    return _of_pattern(signature.pattern) if signature.pattern else ()


def sift(held: Iterable[Signature]) -> tuple[tuple[Signature, ...], list[str]]:
    """Keep the sound ones, and say why the others count for nothing."""
    wrong = [(one, unsound(one)) for one in held]
    told = [
        f"signature {one.id}: {why}; it counts for nothing" for one, all_ in wrong for why in all_
    ]
    return tuple(one for one, all_ in wrong if not all_), told


@cache
def _of_pattern(text: str) -> tuple[str, ...]:
    try:
        content = json.loads(text)
        pattern = compile_pattern(content)
    except (ValueError, TypeError, PatternInvalid) as error:
        return (f"its pattern is none: {str(error)[:200]}",)
    problems = tuple(_untrusted(content, ()))
    views = [ticket_view(one, Account(id=one.account)) for one in SAMPLES.values()]
    share = sum(pattern.matches(view) for view in views) / len(views)
    if share >= WIDE:
        return (*problems, f"its pattern matches {share:.0%} of all samples; say what is meant")
    return problems


def _untrusted(node: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[str]:
    for key, value in node.items():
        here = (*path, key)
        if key == OR:
            for one in value:
                yield from _untrusted(one, path)
        elif isinstance(value, Mapping) and key != "event":
            yield from _untrusted(value, here)
        elif (why := _distrust(here)) is not None:
            yield f"its pattern rests on {'.'.join(here)}: {why}"


def _distrust(path: tuple[str, ...]) -> str | None:
    field = TICKET.get(path[0])
    for name in path[1:]:
        field = field.fields.get(name) if field else None
    if field is None:
        return "a ticket has no such field"
    if tainted(field):
        return "an attacker may have written it"
    return MOOT.get(("ticket", *path))


def covering(signature: Signature, tickets: Iterable[tuple[Ticket, Account]]) -> Iterator[Ticket]:
    """Which of these it speaks for, whenever they were and whatever a playbook asks."""
    pattern = compile_pattern(json.loads(signature.pattern)) if signature.pattern else None
    for ticket, account in tickets:
        named = ticket.account == signature.account and ticket.type in signature.types
        own = signature.subject in {ticket.subject.id, ticket.principal}
        if named and (pattern.matches(ticket_view(ticket, account)) if pattern else own):
            yield ticket
