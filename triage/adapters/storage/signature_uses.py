"""What signatures did so far, kept beside the events that say so, in the same transaction."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, and_, case, func, select, update

from triage.adapters.storage.codec import case_from
from triage.adapters.storage.rows import add_missing
from triage.adapters.storage.schema import cases, signature_uses
from triage.domain.case import Case, CaseEvent, EventKind
from triage.domain.moments import micros
from triage.domain.person import Use
from triage.domain.verdict import Verdict
from triage.ports.case_store import Budget

HELD_BY = "signature"


def held_name(signature: str) -> str:
    """The name under which writers wait for each other, so that a cap holds over all of them."""
    return f"signature:{signature}"


def note(connection: Connection, after: Case, event: CaseEvent) -> None:
    """Write down what an event means for signatures; most mean nothing."""
    of_this = signature_uses.c.case_id == after.id
    match event.kind:
        case EventKind.DECIDED if event.data.get(HELD_BY):
            add_missing(connection, signature_uses, [_row(after, event)])
        case EventKind.VERDICT_GIVEN if event.data["verdict"] == Verdict.TRUE_POSITIVE:
            connection.execute(update(signature_uses).where(of_this).values(missed=True))
        case EventKind.LET_GO:
            ended = and_(of_this, signature_uses.c.signature == event.data[HELD_BY])
            connection.execute(update(signature_uses).where(ended).values(ended=True))
        case _:
            return


def _row(after: Case, event: CaseEvent) -> dict[str, Any]:
    return {
        "signature": event.data[HELD_BY],
        "case_id": after.id,
        "event": event.id,
        "at": micros(event.at),
        "missed": False,
        "ended": False,
    }


def used(
    connection: Connection, names: Sequence[str], *, since: datetime, apart: str
) -> Mapping[str, Use]:
    """Read what these did since then, for other cases than `apart`, and whether one was real."""
    recent = and_(signature_uses.c.at >= micros(since), signature_uses.c.case_id != apart)
    counted = case((recent, signature_uses.c.case_id))
    missed = func.max(case((signature_uses.c.missed, 1), else_=0))
    query = select(
        signature_uses.c.signature,
        func.count(counted.distinct()).label("today"),
        missed.label("missed"),
    )
    rows = query.where(signature_uses.c.signature.in_(names)).group_by(signature_uses.c.signature)
    return {
        row.signature: Use(today=row.today, missed=bool(row.missed))
        for row in connection.execute(rows)
    }


def exhausted(connection: Connection, case_id: str, budget: Budget) -> bool:
    """Whether a signature may speak for no further case, as things stand in this transaction."""
    found = used(connection, [budget.signature], since=budget.since, apart=case_id)
    use = found.get(budget.signature, Use())
    return use.missed or use.today >= budget.per_day


def unended(connection: Connection) -> Sequence[str]:
    """Name the signatures that may still hold something closed."""
    query = select(signature_uses.c.signature).distinct().where(signature_uses.c.ended.is_(False))
    return list(connection.execute(query.order_by(signature_uses.c.signature)).scalars())


def held(connection: Connection, signature: str, at_most: int) -> Sequence[Case]:
    """List cases that a signature spoke for and that nobody has looked at since it ended."""
    query = (
        select(cases.c.id, cases.c.state)
        .distinct()
        .join(signature_uses, signature_uses.c.case_id == cases.c.id)
        .where(signature_uses.c.signature == signature, signature_uses.c.ended.is_(False))
    )
    rows = connection.execute(query.order_by(cases.c.id).limit(at_most))
    return [case_from(row.state) for row in rows]
