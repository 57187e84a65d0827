"""Where cases live: the one place of truth, transactional."""

from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

from triage.domain.case import Case, CaseEvent, CaseId, Status
from triage.domain.closed import Closed
from triage.domain.effect import Effect, Timer
from triage.domain.incident import Handle, Incident
from triage.domain.message import Admission, Parsed, Receipt
from triage.domain.person import Use
from triage.domain.ticket import CanonicalKey, FindingClass, Ticket

Admit = Callable[[Case | None, Ticket, datetime], Admission]
"""The pure deduplicating stage: the case on file, the ticket, when it was received."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Claim:
    """A due case in our hands until `until`; `fence` grows with every claim of the case."""

    case: Case
    fence: int
    until: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Written:
    """One event, the effects and timers it intends, and the incident its case belongs to.

    `closed` is the draw of a close that the engine made by itself, for the register of closes.
    """

    event: CaseEvent
    effects: tuple[Effect, ...] = ()
    timers: tuple[Timer, ...] = ()
    incident: Incident | None = None
    closed: Closed | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Budget:
    """A signature that a decision rests on: for how many other cases it may speak since `since`."""

    signature: str
    per_day: int
    since: datetime


Write = Callable[[Sequence[Incident]], Written]
"""Pure: the incidents a case could be in, its own first, to what is to be written."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Settlement:
    """What a worker made of a claim.

    `write` is called inside the transaction with the incidents that share a handle with the case,
    so that two workers cannot both open one. `bodies` are stored by hash; `due` is when the case
    wants to be looked at again, if ever. Where `budget` is spent by then, or its signature revoked,
    nothing is written and the case stays due: it was judged by what is no longer so.
    """

    claim: Claim
    write: Write
    handles: tuple[Handle, ...] = ()
    bodies: Mapping[str, bytes]
    due: datetime | None = None
    budget: Budget | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Filter:
    """Which cases to list; None means any."""

    status: Status | None = None
    type: str | None = None
    account: str | None = None
    limit: int = 50


@dataclass(frozen=True, slots=True, kw_only=True)
class Chain:
    """One case as it is stored, byte for byte and seen at one moment, for an audit.

    `links` are its events' ids, bytes, hashes and places in order, `effects` the ids and data of
    its effects, `leaves` the place and hash of every event that was anchored. Somebody may have
    written to the store by hand: nothing in it is promised to be readable, not even to have its
    type.
    """

    case: CaseId
    key: CanonicalKey
    state: Any
    links: tuple[tuple[Any, Any, Any, Any], ...]
    effects: tuple[tuple[Any, Any], ...]
    leaves: tuple[tuple[Any, Any], ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Retirement:
    """The event that says which bytes of a closed case are deleted, and the case as it was read."""

    case: Case
    event: CaseEvent
    bodies: frozenset[str]


class CaseStore(Protocol):
    """Cases, their events and the bytes they name. Every method is one transaction."""

    def receive(self, batch: Sequence[Parsed], admit: Admit) -> Sequence[Receipt]:
        """Record a batch of messages: bodies, cases by key in key order, quarantine.

        One receipt per part, in order. `admit` is called inside the transaction with the case
        as it then stands, so two workers cannot both open it. A batch that cannot be stored is
        halved until the part to blame is alone; that part is quarantined with the reason and
        never fails the others. When the store itself fails (busy, disk full) its error is raised
        and what is not durable yet comes again: nothing is acknowledged. After return everything
        is durable and the messages may be acknowledged.
        """

    def claim(
        self, *, now: datetime, owner: str, at_most: int, lease_seconds: float
    ) -> Sequence[Claim]:
        """Take due cases that nobody holds, or whose holder's lease ran out, oldest due first.

        One whose stored state cannot be read is passed over and keeps nobody waiting.
        """

    def settle(self, settlements: Sequence[Settlement]) -> Sequence[Case | None]:
        """Commit decisions with their intended effects and give the cases back.

        One transaction for all. A settlement whose fence was overtaken, whose case moved on since
        it was claimed, or whose budget is spent changes nothing and gives None: it is decided
        again. However many workers settle at once, no budget is overdrawn. Raises
        Unstorable, and writes nothing, when the content of one of them is to blame: settle each
        alone to find out which.
        """

    def release(self, claims: Sequence[Claim], *, due: datetime) -> None:
        """Give cases back undecided, due again at `due`. Overtaken fences are ignored."""

    def append(  # noqa: PLR0913 - an event, and all that is written with it
        self,
        case_id: CaseId,
        event: CaseEvent,
        *,
        version: int,
        effects: Sequence[Effect] = (),
        timers: Sequence[Timer] = (),
        due: datetime | None = None,
        closed: Closed | None = None,
    ) -> Case:
        """Add one event and return the case it produces; `due` has it decided again from then on.

        Raises StaleCase when another writer has moved the case past `version`, NoSuchCase when
        there is none. Calling again with the same event id changes nothing. A case that the
        event closes is due no more; `closed` is entered with it, where the engine closed it.
        """

    def used(self, signatures: Sequence[str], *, since: datetime, apart: str) -> Mapping[str, Use]:
        """Read what signatures did since then for cases other than `apart`; none did nothing."""

    def attesting(self) -> Sequence[str]:
        """Name the signatures that spoke for a case and have not been ended for it."""

    def attested(self, signature: str, *, at_most: int) -> Sequence[Case]:
        """List cases that a signature spoke for and has not been ended for."""

    def case(self, case_id: str) -> Case:
        """Find a case by id or by an unambiguous beginning of one. Raises NoSuchCase."""

    def cases(self, wanted: Filter) -> Sequence[Case]:
        """List cases, most recently changed first."""

    def events(self, case_id: CaseId) -> Sequence[CaseEvent]:
        """All events of a case in order."""

    def count(self) -> Mapping[str, int]:
        """How many cases there are by status, and `due` among them."""

    def body(self, digest: str) -> bytes | None:
        """The stored bytes of that SHA-256, or None when they were never kept or are gone."""

    def bodies(self, digests: Collection[str]) -> Mapping[str, bytes]:
        """The stored bytes of many by their SHA-256; what is not stored is left out."""

    def keep(self, bodies: Mapping[str, bytes]) -> None:
        """Store bytes by their hash; those already there stay as they are."""

    def chains(self, *, after: str = "", until: str | None = None) -> Iterator[Chain]:
        """Every case in the order of their ids, a bounded number in memory at a time.

        Only those whose ids sort behind `after`, up to `until`.
        """

    def retirable(
        self, finding_class: FindingClass, *, before: datetime, at_most: int
    ) -> Sequence[Case]:
        """Closed cases of a class that did not change since `before`, longest unchanged first.

        Those whose bytes are deleted already are left out until something happens to them.
        """

    def spared(self, bodies: Mapping[str, CaseId]) -> Mapping[str, int]:
        """Which of these bytes, each with its case, are there and nobody else's: with their size.

        Reads the events of every case. What another case or the quarantine names is left out.
        """

    def retire(self, retirements: Sequence[Retirement]) -> int:
        """Write each event and delete its bytes, in one transaction; return how many were written.

        A case that moved on since it was read, or is not closed, keeps everything.
        """
