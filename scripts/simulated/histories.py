"""Tickets of a simulated organisation, what its analysts said, and what the classifier saw then.

Every message is read as a live one is (stages/normalise), every feature computed by the code that
scores live tickets (judgement/features) as of the moment of decision, every verdict counted by the
rules for real ones (judgement/labels). Verdicts are not signed: nobody gave them.
"""

import random  # noqa: TID251 - seeded by the caller
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from scripts.simulated.events import Story, Truth
from scripts.simulated.messages import message
from scripts.simulated.organisation import Firm, firm
from triage.domain.account import Organisation
from triage.domain.message import Message
from triage.domain.ticket import Source, Ticket
from triage.domain.verdict import Verdict
from triage.engine.earlier import About, counted
from triage.judgement.features import features
from triage.judgement.history import Remembered
from triage.judgement.labels import Label, Origin, usable
from triage.stages.normalise import normalise

BEGINS = datetime(2025, 1, 1, tzinfo=UTC)
DAYS = 120
DECIDED = timedelta(minutes=2)
LOOKED_AGAIN = timedelta(days=1)
"""How far behind the memory of verdicts may be; a worker's is five minutes behind at most."""
ANSWERED, ANSWERED_REAL = 0.75, 0.97
BLIND = 0.85
ANSWER_HOURS = 8.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A ticket as it was decided, what was said of it if anything, and what it really was."""

    ticket: Ticket
    decided: datetime
    truth: Truth
    label: Label | None


def rows(seed: int, days: int = DAYS) -> list[dict[str, Any]]:
    """One row a counted label, as scripts/train.py reads them, with what slices need besides."""
    chance = random.Random(seed)  # noqa: S311 - a seed is the point
    drawn = firm(chance)
    story = Story(
        firm=drawn, chance=chance, begins=BEGINS, ends=BEGINS + timedelta(days=days)
    ).told()
    judged = [_judged(truth, drawn, chance) for truth in story]
    return list(_rows(judged, drawn.map, f"organisation {seed}"))


def _judged(truth: Truth, drawn: Firm, chance: random.Random) -> Judged:
    decided = truth.seen.at + DECIDED
    read = normalise(Message(id=truth.seen.number, body=message(truth.seen), received=decided))
    (ticket,) = read.parts
    if not isinstance(ticket, Ticket):
        raise TypeError(f"a simulated {truth.seen.kind.type} is no ticket: {ticket.reason}")
    answers = chance.random() < (ANSWERED_REAL if truth.real else ANSWERED)
    label = _label(ticket, truth, decided, drawn, chance) if answers else None
    return Judged(ticket=ticket, decided=decided, truth=truth, label=label)


def _label(
    ticket: Ticket, truth: Truth, decided: datetime, drawn: Firm, chance: random.Random
) -> Label:
    analyst = chance.choice(drawn.analysts)
    wrong = chance.random() < (analyst.misses if truth.real else analyst.false_alarms)
    real = Verdict.TRUE_POSITIVE if truth.attack or not truth.real else Verdict.SECURITY_RISK
    return Label(
        case=truth.seen.number,
        cluster=f"{ticket.type} {ticket.account} {ticket.subject.id} {decided:%Y-%m-%d}",
        verdict=real if truth.real is not wrong else Verdict.BENIGN,
        analyst=analyst.name,
        origin=Origin.BLIND if chance.random() < BLIND else Origin.PROMPTED,
        signed=True,
        given=decided + timedelta(seconds=int(chance.expovariate(1 / ANSWER_HOURS) * 3600)),
        source=ticket.source,
        # People of this organisation look into reports; live ones say nothing of it.
        corroborated=ticket.source is Source.REPORT,
    )


def _rows(judged: list[Judged], known: Organisation, name: str) -> Iterator[dict[str, Any]]:
    told = [(one.label, _about(one)) for one in judged if one.label]
    teaching = {label.case for label in usable(label for label, _ in told)}
    memory, looks = Remembered(), BEGINS
    for one in judged:
        while one.decided >= looks + LOOKED_AGAIN:
            looks += LOOKED_AGAIN
            memory = Remembered(past=tuple(counted(told, known, looks)), as_of=looks)
        if one.label and one.label.case in teaching:
            yield _row(one, one.label, known, memory, name)


def _about(one: Judged) -> About:
    return (one.ticket.type, one.ticket.account)


def _row(
    one: Judged, label: Label, known: Organisation, memory: Remembered, name: str
) -> dict[str, Any]:
    account = known.account(one.ticket.account)
    return {
        "given": label.given.isoformat(),
        "cluster": f"{name} {label.cluster}",
        "real": label.real,
        "features": features(one.ticket, account, memory.without(label.case).history),
        "truth": one.truth.real,
        "source": one.ticket.source,
        "tier": account.tier if account.listed else "unlisted",
        "class": one.ticket.finding_class,
    }
