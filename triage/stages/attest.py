"""Does what two people signed hold here and now?

A signature foresees who acts, what they call and when; all of that is looked up, and what cannot be
found out is not covered. It speaks for so many cases a day, and for none once a person found one of
them to be real. Whether an owner confirms from another session cannot be asked yet.
"""

from collections.abc import Callable, Iterator, Mapping
from typing import Any

from triage.domain.evidence import Answer, Known
from triage.domain.person import Signature, Use
from triage.domain.ticket import Source
from triage.questions.records.shape import instant, text
from triage.stages.closing import Closing

CHANGE = "cloudtrail.last_change"
"""The question that says who acted on a resource, and how."""


def _uses(closing: Closing) -> tuple[Signature, Use] | None:
    signature = closing.ruling.signature
    if signature is None:
        return None
    return signature, closing.matter.context.uses.get(signature.id, Use())


def _missed(closing: Closing) -> str | None:
    match _uses(closing):
        case (signature, Use(missed=True)):
            return f"the signature {signature.id} is revoked: what it covered was real once"
        case _:
            return None


def _spent(closing: Closing) -> str | None:
    match _uses(closing):
        case (signature, Use(today=today)) if today >= signature.per_day:
            return f"the signature {signature.id} spoke for {today} cases today, all that it may"
        case _:
            return None


def _in_window(closing: Closing) -> str | None:
    signature = closing.ruling.signature
    if signature is None or signature.window is None:
        return None
    begins, ends = signature.window
    said = closing.matter.at_source
    began = instant(said.value.get("began")) if isinstance(said, Known) else None
    if began is None:
        return "its source does not say when it began, so no window is known to cover it"
    inside = all(begins <= one < ends for one in (began, closing.matter.ticket.occurred))
    return None if inside else "it happened outside the window that was signed"


def _by_whom(closing: Closing) -> str | None:
    signature = closing.ruling.signature
    if signature is None or not signature.identities:
        return None
    acted = set(_actors(closing))
    if not acted:
        return "could not find out who acted, and the signature names who may"
    strangers = sorted(acted - set(signature.identities))
    return None if not strangers else "somebody acted whom the signature does not name"


def _actors(closing: Closing) -> Iterator[str]:
    """Who acted, by the unique id where there is one, which a re-created name does not share."""
    ticket = closing.matter.ticket
    told = [one for one in _changes(closing) if isinstance(one, Known)]
    for one in told:
        yield text(one.value, "principal", "id").partition(":")[0] or text(
            one.value, "principal", "arn"
        )
    if not told and ticket.source is Source.CLOUDTRAIL:
        yield from filter(None, [_issuer(ticket.record) or ticket.principal])


def _issuer(record: Mapping[str, Any]) -> str:
    """The unique id of a user, or of the role behind a session."""
    own = text(record, "userIdentity", "principalId").partition(":")[0]
    return text(record, "userIdentity", "sessionContext", "sessionIssuer", "principalId") or own


def _permitted(closing: Closing) -> str | None:
    signature = closing.ruling.signature
    if signature is None or not signature.actions:
        return None
    called = set(_calls(closing))
    if not called:
        return "could not find out what was called, and the signature says what may be"
    permitted = {one.rpartition(":")[2] for one in signature.actions}
    return None if called <= permitted else "a call was made that the signature does not permit"


def _calls(closing: Closing) -> Iterator[str]:
    ticket = closing.matter.ticket
    told = [text(one.value, "call") for one in _changes(closing) if isinstance(one, Known)]
    yield from filter(None, told)
    if not told and ticket.source is Source.CLOUDTRAIL:
        yield ticket.type.rpartition(":")[2]


def _changes(closing: Closing) -> list[Answer]:
    answers = closing.matter.evidence.answers
    return [answer for name, answer in answers.items() if name.startswith(CHANGE)]


ATTESTED: tuple[Callable[[Closing], str | None], ...] = (
    _missed,
    _spent,
    _in_window,
    _by_whom,
    _permitted,
)
"""The first that does not hold speaks."""
