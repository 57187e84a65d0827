"""Every message of some files, once, each with what became of it."""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import groupby, islice

from triage.domain.case import Case
from triage.domain.json import Record
from triage.domain.message import Message, Receipt, Reception
from triage.domain.ticket import Ticket
from triage.engine.pipeline import decide_due, record
from triage.engine.world import World
from triage.stages.record import concern

STATUSES = {
    Reception.NEW: "decided",
    Reception.UPDATED: "updated",
    Reception.DUPLICATE: "duplicate",
    Reception.OWN_WRITE: "own_write",
    Reception.QUARANTINED: "quarantined",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Numbered:
    """A message and its place in the input, counted from 1."""

    n: int
    message: Message


def run_once(
    world: World, messages: Iterable[Numbered], *, owner: str, batch: int
) -> Iterator[Record]:
    """Record and decide batch by batch; yield one row a record, in the order of the input.

    A row names its message by `n`; a message that holds several records gives several rows with
    the same `n`, told apart by `part`.
    """
    pending = iter(messages)
    while numbered := list(islice(pending, batch)):
        receipts = record(world, [one.message for one in numbered])
        while decide_due(world, owner=owner, at_most=batch):
            pass
        yield from _rows(world, numbered, receipts)


def _rows(
    world: World, numbered: Sequence[Numbered], receipts: Sequence[Receipt]
) -> Iterator[Record]:
    places = {one.message.id: one.n for one in numbered}
    for name, group in groupby(receipts, key=lambda receipt: receipt.message):
        parts = list(group)
        for part, receipt in enumerate(parts, start=1):
            place = {"part": part} if len(parts) > 1 else {}
            yield {"n": places[name], **place, **_row(world, receipt)}


def _row(world: World, receipt: Receipt) -> Record:
    status = STATUSES[receipt.reception]
    if receipt.case is None or receipt.ticket is None:
        return {"status": status, "reason": receipt.reason}
    case = world.cases.case(receipt.case.id)
    return {"status": status, **_ticket(case, receipt.ticket), **_decision(case)}


def _ticket(case: Case, ticket: Ticket) -> Record:
    named = {"case": case.id, "canonical_key": ticket.key, "source": ticket.source}
    return {**named, **concern(ticket)}


def _decision(case: Case) -> Mapping[str, object]:
    decided = case.decided or {}
    return {
        "decision": decided.get("decision"),
        "verdict": decided.get("verdict"),
        "ground": decided.get("ground"),
        "rule": decided.get("rule"),
        "reasons": decided.get("reasons", []),
    }
