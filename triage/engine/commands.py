"""What people ask the engine to do with a case: judge it, acknowledge it, replay it."""

from dataclasses import dataclass
from datetime import datetime
from itertools import takewhile

from triage.domain.case import Case, CaseEvent, CaseId, EventKind, Status, event_id
from triage.domain.errors import TriageError, Unverified
from triage.domain.incident import IncidentId
from triage.domain.json import Record, canonical
from triage.domain.person import People
from triage.engine.recall import Recall
from triage.engine.rules import InputGone, thaw
from triage.playbook.vocabulary import Vocabulary
from triage.ports.case_store import CaseStore
from triage.ports.incident_store import IncidentStore
from triage.stages.conclude import Conclusion, conclude
from triage.stages.inputs import history_from_json
from triage.stages.record import conclusion_as_json


class NotDecided(TriageError):
    """There is no decision to look at yet."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"case {case_id} has no decision to replay yet")


class NotReplayable(TriageError):
    """The engine gave up on this case, so there are no inputs to replay."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"case {case_id} was handed to a person because of an error in the engine")


class InputsDeleted(TriageError):
    """Retention deleted what the decision rests on, as people wanted."""

    def __init__(self, case_id: str, event: CaseEvent) -> None:
        kept = f"{event.data['days']} days for {event.data['class']}"
        super().__init__(
            f"the inputs of case {case_id} were deleted on {event.at:%Y-%m-%d} by retention"
            f" ({kept}); what was decided stays, and cannot be replayed"
        )


class Alone(TriageError):
    """There is nothing to take the case out of."""

    def __init__(self, case_id: str) -> None:
        super().__init__(f"case {case_id} is in no incident: it is told by itself already")


class NotEscalated(TriageError):
    """There is nobody to stop telling."""

    def __init__(self, case_id: str, status: Status) -> None:
        super().__init__(f"case {case_id} is {status}, not escalated; there is nothing to take on")


@dataclass(frozen=True, slots=True, kw_only=True)
class Replay:
    """A decision made again from what was stored: the bytes then, the bytes now."""

    conclusion: Conclusion
    then: bytes
    now: bytes
    inputs: Record

    @property
    def equal(self) -> bool:
        return self.then == self.now


def acknowledge(
    cases: CaseStore,
    incidents: IncidentStore,
    case_id: str,
    *,
    by: str,
    at: datetime,
    people: People | None = None,
) -> Case:
    """Note that somebody has it, and all that is told with it: the chain of contacts stops.

    Raises Unverified for a name that is not among `people` (None: nobody keeps a list), and
    NotEscalated for a case that nobody is asked about.
    """
    if people is not None and people.get(by) is None:
        raise Unverified(f"{by} is not listed in people.toml; a stranger stops no escalation")
    case = cases.case(case_id)
    if case.status not in {Status.ESCALATED, Status.WAITING}:
        raise NotEscalated(case.id, case.status)
    waiting = incidents.waiting(IncidentId(case.incident)) if case.incident else ()
    for other in waiting:
        if other != case.id:
            _acknowledge(cases, cases.case(other), by, at)
    return _acknowledge(cases, case, by, at)


def _acknowledge(cases: CaseStore, case: Case, by: str, at: datetime) -> Case:
    event = CaseEvent(
        id=event_id(case.id, case.decided_event, EventKind.ACKNOWLEDGED, by),
        kind=EventKind.ACKNOWLEDGED,
        at=at,
        data={"by": by},
    )
    return cases.append(case.id, event, version=case.version)


def part(
    cases: CaseStore, incidents: IncidentStore, case_id: str, *, by: str, at: datetime
) -> Case:
    """Take a case out of its incident: it is decided and told by itself from now on.

    When it spoke for the others, another one speaks. Raises Alone when it is in none.
    """
    case = cases.case(case_id)
    if case.incident is None:
        raise Alone(case.id)
    event = CaseEvent(
        id=event_id(case.id, case.version, EventKind.PARTED),
        kind=EventKind.PARTED,
        at=at,
        data={"by": by, "from": case.incident},
    )
    parted = cases.append(case.id, event, version=case.version, due=at)
    _speak_instead(cases, incidents, case, at)
    return parted


def _speak_instead(cases: CaseStore, incidents: IncidentStore, case: Case, at: datetime) -> None:
    incident = incidents.incident(str(case.incident))
    others = incidents.members(incident.id, at_most=2) if incident.leading == case.id else ()
    for other in [one for one in others if one.id != case.id and one.notified][:1]:
        event = CaseEvent(
            id=event_id(other.id, other.version, EventKind.REMINDED),
            kind=EventKind.REMINDED,
            at=at,
            data={"instead of": case.id, "effects": []},
        )
        cases.append(other.id, event, version=other.version, due=at)


def replay(cases: CaseStore, case_id: str, vocabulary: Vocabulary) -> Replay:
    """Make a case's last decision again from its stored inputs alone.

    Raises NotDecided, NotReplayable, InputsDeleted, InputGone.
    """
    case = cases.case(case_id)
    if case.decided is None:
        raise NotDecided(case.id)
    if case.decided["inputs"] is None:
        raise NotReplayable(case.id)
    inputs: Record = case.decided["inputs"]
    try:
        conclusion = _again(cases, inputs, vocabulary)
    except InputGone:
        if deletion := _deletion(cases, case.id):
            raise InputsDeleted(case.id, deletion) from None
        raise
    data = conclusion_as_json(conclusion)
    return Replay(
        conclusion=conclusion,
        then=canonical({key: case.decided[key] for key in data}),
        now=canonical(data),
        inputs=inputs,
    )


def _deletion(cases: CaseStore, case_id: CaseId) -> CaseEvent | None:
    """The event that says that retention deleted the inputs of the last decision, if any."""
    since = takewhile(
        lambda event: event.kind is not EventKind.DECIDED, reversed(cases.events(case_id))
    )
    return next((event for event in since if event.kind is EventKind.INPUTS_DELETED), None)


def _again(cases: CaseStore, inputs: Record, vocabulary: Vocabulary) -> Conclusion:
    rules = thaw(inputs, cases.body, vocabulary)
    context = rules.at(datetime.fromisoformat(inputs["now"]))
    recall = Recall(stored=cases.body, vocabulary=vocabulary)
    found = recall.ticket(inputs, context.playbooks)
    context = context.having(found.uses).knowing(history_from_json(inputs))
    of_it = (found.implicated, found.rivals, found.lapsed)
    return conclude(found.ticket, found.reads, context, *of_it)
