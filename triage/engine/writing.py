"""A decision becomes what is to be committed: one event, and all that it intends."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

from triage.domain.case import Case, CaseEvent, EventKind, event_id
from triage.domain.decision import Priority
from triage.domain.incident import Handle, Incident
from triage.domain.json import Record, canonical
from triage.engine.afterwards import Afterwards, after_close
from triage.engine.drawing import ARM, TWICE, arm_for, draw_for, twice_for
from triage.engine.escalation import Raised, escalation
from triage.engine.probation import Return, returned
from triage.engine.related import reopening
from triage.engine.repairing.planning import begin, wanted
from triage.engine.sampling import drawn
from triage.engine.world import World
from triage.ports.case_store import Budget, Claim, Settlement, Written
from triage.stages.closed import Closer
from triage.stages.correlate import Placed, place


@dataclass(frozen=True, slots=True, kw_only=True)
class Judged:
    """A decision, what it rested on by hash, and the bytes behind those hashes.

    `denied` is whether the finding's source does not know what the ticket says.
    """

    data: Record
    bodies: Mapping[str, bytes]
    handles: tuple[Handle, ...] = ()
    in_sequence: bool = False
    renamed: bool = False
    budget: Budget | None = None
    closer: Closer | None = None
    denied: bool = False
    mender: Closer | None = None
    features: Mapping[str, float] = field(default_factory=dict)


def written(world: World, claim: Claim, judged: Judged) -> Settlement:
    """Turn a claim and what came of it into what is to be committed: event, effects, draw."""
    now = world.clock.now()
    name = event_id(claim.case.id, claim.case.version, canonical(judged.data))
    closed = draw_for(world, claim.case, judged.closer, name, now)
    arm = arm_for(world, claim.case, judged.closer, name, now)
    twice = twice_for(world, claim.case, name, closed, arm)
    said = {**judged.data, **({ARM: arm} if arm else {})}

    def write(candidates: Sequence[Incident]) -> Written:
        placed = _place(claim.case, judged, candidates, now)
        speaks = placed is not None and placed.speaks
        shown = _as_it_counts(claim.case, judged.data)
        back = None if judged.denied else returned(claim.case, judged.data["decision"], name, now)
        told = _telling(said, back)
        raised = escalation(world, shown, told, name, now) if speaks else Raised()
        raised = raised.along(reopening(claim.case, name, now)) if judged.in_sequence else raised
        incident = placed.incident if placed else None
        names = wanted(claim.case, judged.data, name)
        raised = raised.along(begin(claim.case, names[0], now)) if names else raised
        raised = raised.along(back.effect) if back else raised
        ended = _ended(world, claim.case, judged, now)
        raised = Raised(
            effects=(*raised.effects, *ended.effects), timers=(*raised.timers, *ended.timers)
        )
        known: Record = {
            **ended.kept,
            **({"returned": back.kept} if back else {}),
            **({"repairs": names} if names else {}),
            **({"sample": drawn(closed)} if closed else {}),
            **({TWICE: twice} if twice else {}),
            **({"features": dict(judged.features)} if judged.features else {}),
            **({"speaks": judged.closer.as_record()} if judged.closer else {}),
            **({"mends": judged.mender.as_record()} if judged.mender else {}),
            "effects": raised.intents,
            "incident": incident and incident.id,
        }
        data = {**said, **known}
        event = CaseEvent(id=name, kind=EventKind.DECIDED, at=now, data=data)
        return Written(
            event=event,
            effects=raised.effects,
            timers=raised.timers,
            incident=incident,
            closed=closed,
        )

    return Settlement(
        claim=claim,
        write=write,
        handles=judged.handles,
        bodies=judged.bodies,
        budget=judged.budget,
    )


def _ended(world: World, case: Case, judged: Judged, now: datetime) -> Afterwards:
    data, by = judged.data, judged.closer
    if data["decision"] != "close":
        return Afterwards()
    said = {name: data[name] for name in ("verdict", "ground", "rule")}
    known = {
        "ground": data["ground"],
        "name": data["rule"],
        "rule": by.rule if by else "",
        "tier": by.tier if by else "",
    }
    return after_close(world, case, said, known, now)


def _telling(data: Record, back: Return | None) -> Record:
    """What people are told: that it came back, before all else."""
    return {**data, "reasons": [back.told, *data["reasons"]]} if back else data


def _as_it_counts(case: Case, data: Record) -> Case:
    """The case under the headline of the telling that counts, which may be another than on file."""
    view = data.get("view")
    return replace(case, headline=view["headline"]) if view else case


def _place(
    case: Case, judged: Judged, candidates: Sequence[Incident], now: datetime
) -> Placed | None:
    alone = judged.data["decision"] == "resolve" and not judged.data["contains"]
    if judged.data["decision"] == "close" or alone:
        return None
    priority = Priority(judged.data["priority"])
    return place(case, priority, candidates, now, news=judged.renamed)
