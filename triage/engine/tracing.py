"""What the engine tells of a ticket's journey: kinds, counts and outcomes, never what it says."""

from collections import Counter
from collections.abc import Mapping, Sequence
from datetime import datetime

from triage.domain.effect import Effect
from triage.domain.evidence import Failed, RawRead, Read
from triage.domain.json import Record
from triage.domain.message import Receipt
from triage.engine.world import World
from triage.ports.tracing import Fields, Tracing


def tell_received(
    tracing: Tracing, receipts: Sequence[Receipt], began: datetime, ended: datetime
) -> None:
    """Tell of every record that belongs to a case that its batch came in."""
    for receipt in receipts:
        if receipt.case is not None:
            told: Fields = {"reception": str(receipt.reception), "records": len(receipts)}
            tracing.received(receipt.case.id, began, ended, told)


def traced_reads(
    world: World, wanted: Sequence[Read], *, deadline: datetime, fresh: datetime
) -> Mapping[Read, RawRead]:
    """Make reads as a part of the decision that wants them."""
    with world.tracing.inside("reads", {"count": len(wanted)}) as part:
        found = world.evidence.fetch(wanted, deadline=deadline, fresh=fresh)
        part.note(_told(found))
    return found


def _told(found: Mapping[Read, RawRead]) -> Fields:
    """Which APIs were asked how often, and how many answers told nothing."""
    kinds = Counter(read.kind for read in found)
    failed = sum(isinstance(raw, Failed) for raw in found.values())
    return {"failed": failed, **{f"reads.{kind}": count for kind, count in kinds.items()}}


def told_before(effect: Effect) -> Fields:
    """Which kind of effect, tried for the how manieth time."""
    return {"kind": effect.kind, "attempt": effect.attempts}


def told_of(data: Record) -> Fields:
    """Which decision, on which ground, by which rule."""
    return {name: str(data[name]) for name in ("decision", "ground", "rule") if data.get(name)}
