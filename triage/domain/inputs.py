"""Which stored bytes the events of a case name, and which of them were deleted on purpose."""

from collections.abc import Iterable, Iterator

from triage.domain.case import CaseEvent, EventKind

SHARED = frozenset({"playbooks", "organisation", "signatures", "licences", "model", "policy"})
"""Inputs that people wrote; many decisions rest on the same bytes."""
OWN = frozenset({"body", "evidence"})
"""Inputs that are one case's: what a ticket said, and what was looked up for it."""

TOLD = ("body", "plan", "situation", "state")
"""What events themselves name: what a ticket said; a repair's plan, its guards' view, its proof."""


def own_bytes(event: CaseEvent) -> Iterator[str]:
    """Names of the bytes that are this case's: the ticket's, and what its decision looked up."""
    yield from (event.data[name] for name in TOLD if isinstance(event.data.get(name), str))
    inputs = event.data.get("inputs") or {}
    yield from (inputs[name] for name in OWN if name in inputs)
    yield from (name for name, _ in inputs.get("tellings", ()))


def named_bytes(event: CaseEvent) -> Iterator[str]:
    """Every name of bytes in an event."""
    yield from own_bytes(event)
    inputs = event.data.get("inputs") or {}
    yield from (inputs[name] for name in SHARED if name in inputs)


def kept_bytes(history: Iterable[CaseEvent]) -> set[str]:
    """Names of the bytes that have to be there: what retention deleted since does not."""
    kept: set[str] = set()
    for event in history:
        if event.kind is EventKind.INPUTS_DELETED:
            kept.difference_update(event.data["bodies"])
        else:
            kept.update(named_bytes(event))
    return kept


def kept_own_bytes(history: Iterable[CaseEvent]) -> set[str]:
    """Names of the bytes that are this case's and have to be there."""
    history = list(history)
    own = {name for event in history for name in own_bytes(event)}
    return own & kept_bytes(history)
