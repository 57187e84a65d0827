"""What people say of a case, signed; corrections are added, and a disagreement asks one more."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from triage.closing.shape import AtSource
from triage.domain.case import Case, CaseEvent, EventKind, event_id
from triage.domain.effect import Effect
from triage.domain.errors import TriageError, Unverified
from triage.domain.json import Record
from triage.domain.person import People, Person, verdict_statement
from triage.domain.severity import Label
from triage.domain.verdict import CLOSING, Verdict
from triage.engine.escalation import Raised
from triage.engine.intending import intend
from triage.engine.related import reopening
from triage.engine.world import World
from triage.judgement.agreement import Agreement, Word, agreed
from triage.ports.case_store import CaseStore
from triage.ports.notifier import Notice, Undelivered
from triage.ports.verifier import Signer, Verifier
from triage.stages.kept_back import is_blind, is_for_two, is_shown
from triage.stages.notice import asked_again

TROUBLE = frozenset({Verdict.TRUE_POSITIVE})
"""Verdicts that open related closes again."""
ENDS = CLOSING | {Verdict.TRUE_POSITIVE}
SECOND = "second"


class Confidence(StrEnum):
    """How sure its author is."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"


@dataclass(frozen=True, slots=True, kw_only=True)
class Say:
    """A person's verdict before it is signed; `blind` when its author had not seen ours.

    None is what the case itself knows: blind where it kept that back, and not otherwise; once
    somebody has judged it nothing is kept back any more.
    `severity` is how bad it turned out to be, where that is not what its source said.
    """

    case: str
    verdict: Verdict
    reason: str
    by: str
    confidence: Confidence = Confidence.HIGH
    blind: bool | None = None
    severity: Label | None = None


class NotBlind(TriageError):
    """A verdict claims to be blind on a case whose page said what a rule would do."""

    def __init__(self, case: Case) -> None:
        super().__init__(
            f"case {case.id} shows what its rule would do, so a verdict on it is not blind;"
            " give it without --blind"
        )


def give_verdict(  # noqa: PLR0913 - what a signed word takes, and where it is told
    cases: CaseStore,
    people: People,
    say: Say,
    *,
    signer: Signer,
    verifier: Verifier,
    at: datetime,
    at_source: AtSource | None = None,
) -> Case:
    """Append a signed verdict. Raises Unverified when it is not signed by who says it, NotBlind.

    Where it closes the case, its finding is closed `at_source` too.
    """
    case = cases.case(say.case)
    person = _listed(people, say.by)
    said = _said(case, say)
    signature = signer.sign(verdict_statement(case.id, said))
    verifier.verify(person, verdict_statement(case.id, said), signature)
    before = words(cases.events(case.id))
    agreement = agreed([*before, Word(by=say.by, verdict=say.verdict)])
    data = {
        **said,
        "signature": signature,
        "closes": say.verdict in ENDS and not agreement.disputed,
        "disputed": agreement.disputed,
        **_critical(case, say),
    }
    event = CaseEvent(id=_name(case, said), kind=EventKind.VERDICT_GIVEN, at=at, data=data)
    told = {"verdict": say.verdict, "ground": "", "by": say.by}
    closing = intend(at_source, case, told, at) if data["closes"] else ()
    for_two = is_for_two(case.decided or {}) and not agreed(before).spoke
    effects = (*_effects(case, event, say, agreement, for_two=for_two), *closing)
    event = replace(event, data={**data, "effects": Raised(effects=effects).intents})
    return cases.append(case.id, event, version=case.version, effects=effects)


def _listed(people: People, by: str) -> Person:
    person = people.get(by)
    if person is None:
        message = f"{by} is not listed in people.toml; verdicts of strangers count for nothing"
        raise Unverified(message)
    return person


def _said(case: Case, say: Say) -> Record:
    return {
        "verdict": say.verdict,
        "reason": say.reason,
        "by": say.by,
        "chain": case.chain,
        "confidence": say.confidence,
        "blind": _blind(case, say),
        **({"severity": say.severity} if say.severity else {}),
    }


def _blind(case: Case, say: Say) -> bool:
    decided = case.decided or {}
    if say.blind and is_shown(decided):
        raise NotBlind(case)
    kept_back = is_blind(decided) and not case.verdict
    return kept_back if say.blind is None else say.blind


def _name(case: Case, said: Record) -> str:
    return event_id(case.id, case.chain, said["verdict"], said["reason"], said["by"])


def _critical(case: Case, say: Say) -> Record:
    """A real ticket of critical severity that the engine had closed is marked for good."""
    closed = (case.decided or {}).get("decision") == "close"
    bad = Label.CRITICAL in {say.severity, case.headline.get("severity")}
    critical = closed and bad and say.verdict in TROUBLE
    return {"critical_miss": True} if critical else {}


def _effects(
    case: Case, event: CaseEvent, say: Say, agreement: Agreement, *, for_two: bool
) -> tuple[Effect, ...]:
    opened = (reopening(case, event.id, event.at),) if say.verdict in TROUBLE else ()
    wanted = agreement.disputed or (for_two and agreement.spoke)
    again = (_second(case, event, agreement),) if wanted else ()
    return (*opened, *again)


def _second(case: Case, event: CaseEvent, agreement: Agreement) -> Effect:
    return Effect(
        id=event_id(case.id, event.id, SECOND),
        case=case.id,
        kind=SECOND,
        data={"spoke": list(agreement.spoke), "disputed": agreement.disputed},
        due=event.at,
    )


def words(events: Iterable[CaseEvent]) -> list[Word]:
    """The verdicts among a case's events, in their order."""
    given = (one.data for one in events if one.kind is EventKind.VERDICT_GIVEN)
    return [Word(by=str(one["by"]), verdict=Verdict(one["verdict"])) for one in given]


def worst(events: Iterable[CaseEvent], told: Label) -> Label:
    """The worst that people called it real at, and no milder than it was told to be."""
    given = (one.data for one in events if one.kind is EventKind.VERDICT_GIVEN)
    said = (Label(one["severity"]) for one in given if one.get("severity"))
    return max([told, *said], key=list(Label).index)


def ask_another(world: World, effect: Effect) -> str:
    """Ask the first contact who has not spoken yet for another verdict. Raises Undelivered.

    Where two disagree and everybody has spoken, the first one is told.
    """
    spoke, disputed = set(effect.data["spoke"]), effect.data.get("disputed", True)
    contact = next((one for one in world.contacts if one.name not in spoke), None)
    if contact is None and world.contacts and not disputed:
        return "nobody else is there to be asked"
    contact = contact or next(iter(world.contacts), None)
    if contact is None or contact.channel not in world.notifiers:
        raise Undelivered("nobody is configured to be asked")
    text = asked_again(world.cases.case(effect.case), disputed=disputed)
    notice = Notice(
        id=effect.id,
        case=effect.case,
        priority=text["priority"],
        title=text["title"],
        text=text["text"],
    )
    return world.notifiers[contact.channel].notify(contact.address, notice)
