"""What people say to a repair: yes, no, nothing in time, or take it back."""

from dataclasses import dataclass
from datetime import datetime

from triage.domain.case import Case, EventKind, event_id
from triage.domain.effect import Timer
from triage.domain.errors import TriageError, Unverified
from triage.domain.json import Record, canonical
from triage.domain.person import People
from triage.domain.repair import Repair, Stage
from triage.engine.repairing.planning import NAME_LENGTH, applying, begin
from triage.engine.repairing.recording import Entry, append, plan_of, record, told
from triage.engine.world import World
from triage.ports.verifier import Signer, Verifier


class NothingWaits(TriageError):
    """There is no plan to agree to."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"no plan of case {case.id} waits for anybody; it is {case.status}")


class Expired(TriageError):
    """The plan was made for a state of long ago."""

    def __init__(self, case: Case, expired: str) -> None:
        super().__init__(f"the plan of case {case.id} could be agreed to until {expired}")


class AlreadyGiven(TriageError):
    """One person's word counts once."""

    def __init__(self, case: Case, by: str) -> None:
        super().__init__(f"{by} has agreed to this plan of case {case.id} already")


class NothingToRevert(TriageError):
    """Nothing was written for this case, or it has been taken back."""

    def __init__(self, case: Case) -> None:
        super().__init__(f"no repair of case {case.id} is there to take back")


@dataclass(frozen=True, slots=True, kw_only=True)
class Saying:
    """Who says it and from where, with what they sign it and what that is checked with."""

    by: str
    origin: str
    people: People
    signer: Signer
    verifier: Verifier


def approve(world: World, case_id: str, saying: Saying) -> Case:
    """Agree to the plan that waits. Raises NothingWaits, Expired, AlreadyGiven, Unverified.

    It is applied once enough people have; should the resource have moved until then, it is not.
    """
    case, repair = _waiting(world, case_id)
    if saying.by in repair.given:
        raise AlreadyGiven(case, saying.by)
    signed = _signed(case, "approve", str(repair.digest), saying)
    given = (*repair.given, saying.by)
    enough = len(given) >= repair.needs
    data = {**signed, "digest": repair.digest, "given": len(given), "enough": enough}
    effects = []
    if enough:
        agreed = Repair(id=repair.id, fix=repair.fix, given=given)
        effects = [applying(world, case, agreed, plan_of(world, repair))]
    entry = Entry(
        kind=EventKind.APPROVED, name=(repair.digest, saying.by), data=data, effects=effects
    )
    return append(world, case, repair.id, entry)


def reject(world: World, case_id: str, saying: Saying, *, reason: str) -> Case:
    """Refuse the plan that waits; the case goes to who refused it. Raises as approve does."""
    case, repair = _waiting(world, case_id)
    signed = _signed(case, "reject", str(repair.digest), saying)
    data = {**signed, "digest": repair.digest, "reason": reason}
    entry = Entry(kind=EventKind.REJECTED, name=(repair.digest, saying.by), data=data)
    return append(world, case, repair.id, entry)


def _waiting(world: World, case_id: str) -> tuple[Case, Repair]:
    case = world.cases.case(case_id)
    repair = case.repairs.waiting
    if repair is None:
        raise NothingWaits(case)
    if repair.expires and world.clock.now() >= datetime.fromisoformat(repair.expires):
        raise Expired(case, repair.expires)
    return case, repair


def statement(case: str, word: str, digest: str, by: str) -> bytes:
    """The exact bytes a person signs; the digest names the calls and the state they are for."""
    return canonical({"case": case, "word": word, "digest": digest, "by": by})


def _signed(case: Case, word: str, digest: str, saying: Saying) -> Record:
    person = saying.people.get(saying.by)
    if person is None:
        raise Unverified(f"{saying.by} is not listed in people.toml; a stranger's word is none")
    said = statement(case.id, word, digest, saying.by)
    signature = saying.signer.sign(said)
    saying.verifier.verify(person, said, signature)
    return {"by": saying.by, "from": saying.origin, "signature": signature}


def revert(world: World, case_id: str, saying: Saying) -> tuple[Case, str]:
    """Ask for the last repair of a case to be taken back; give the case and the new repair's name.

    Raises NothingToRevert, Unverified. Whether it can be, the worker finds out.
    """
    case = world.cases.case(case_id)
    known = [one for one in case.repairs.each if one.revertible]
    asked = {one.undoes for one in case.repairs.each if one.undoes and one.under_way}
    if not known or known[-1].id in asked:
        raise NothingToRevert(case)
    repair = known[-1]
    signed = _signed(case, "revert", str(repair.digest), saying)
    name = event_id(case.id, repair.id, "revert", case.version)[:NAME_LENGTH]
    data = {**signed, "fix": repair.fix, "undoes": repair.id}
    effects = [begin(case, name, world.clock.now())]
    entry = Entry(kind=EventKind.REVERT_ASKED, name=(), data=data, effects=effects)
    return append(world, case, name, entry), name


def lapse(world: World, timer: Timer) -> None:
    """Nobody agreed in time: the plan is void, and a person gets the case."""

    def entry(case: Case, repair: Repair) -> Entry | None:
        if repair.stage is not Stage.WAITING or repair.digest != timer.data["digest"]:
            return None
        why = f"nobody agreed to {repair.fix} in time"
        raised, more = told(world, case, event_id(timer.id), [why])
        return Entry(
            kind=EventKind.LAPSED,
            name=(repair.digest,),
            data={"because": why, **more},
            effects=raised.effects,
            timers=raised.timers,
        )

    record(world, timer.case, timer.data["repair"], entry)
