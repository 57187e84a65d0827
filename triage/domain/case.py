"""A ticket's life: append-only events, a status from one table, a version.

`evolve` is the only way a case changes. Folding a case's events from the start gives the case.
"""

import base64
import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any, NewType

from triage.domain.json import Record, canonical, digest
from triage.domain.repair import Repair, Repairs
from triage.domain.severity import Label
from triage.domain.status import (
    QUIET,
    REPAIRING,
    TO_A_PERSON,
    TRANSITIONS,
    EventKind,
    ForbiddenTransition,
    Status,
)
from triage.domain.ticket import CanonicalKey, Format, SourceStatus
from triage.domain.watch import looked, seen

__all__ = ["QUIET", "TRANSITIONS", "Case", "EventKind", "ForbiddenTransition", "Status"]

CaseId = NewType("CaseId", str)
GENESIS = "0" * 64
"""What the first event of every case names as its predecessor."""
DOUBTS_MAX = 8
"""Tellings in dispute that a case keeps; more would let a flood of forgeries grow it."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CaseEvent:
    """Something that happened. `data` is JSON; `id` makes writing it twice harmless."""

    id: str
    kind: EventKind
    at: datetime
    data: Record


@dataclass(frozen=True, slots=True, kw_only=True)
class Told:
    """The newest version of the ticket in one format, and where its bytes are."""

    version: datetime
    count: int
    body: str
    received: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Case:
    """One concern from arrival to end.

    `version` counts its events, `chain` is the hash of the last one. `headline` repeats the
    ticket's fields for lists; `decided` is the `data` of the last decision; `notified` is the
    highest priority at which people were told of it, None again once it was closed. `doubts` are
    tellings that disagree with the one on file and wait for the source's word: the riskiest come
    first. `implicated` says which confirmed trouble opened the case again, `lapsed` which signature
    that held it closed has ended, and why. `incident` is the one it is told with, None once it was
    closed; a `parted` case is told by itself. `watch` is a close's probation (domain/watch.py).
    """

    id: CaseId
    key: CanonicalKey
    status: Status = Status.RECEIVED
    version: int = 0
    chain: str = GENESIS
    told: Mapping[Format, Told] = field(default_factory=dict)
    doubts: tuple[Record, ...] = ()
    implicated: str | None = None
    lapsed: Record | None = None
    incident: str | None = None
    parted: bool = False
    headline: Record = field(default_factory=dict)
    opened: datetime | None = None
    changed: datetime | None = None
    decided: Record | None = None
    decided_event: str | None = None
    notified: str | None = None
    acknowledged_by: str | None = None
    verdict: str | None = None
    repairs: Repairs = field(default_factory=Repairs)
    watch: Record | None = None

    @property
    def view(self) -> Told:
        """The version that speaks for the case: native before ASFF before OCSF."""
        return next(self.told[format_] for format_ in Format if format_ in self.told)


def case_id(key: CanonicalKey) -> CaseId:
    """Name the case of a concern: 60 bits of its key's hash, the same wherever it is computed."""
    text = base64.b32encode(hashlib.sha256(key.encode("utf-8", "backslashreplace")).digest())
    return CaseId(text.decode().lower()[:12])


def event_id(*parts: object) -> str:
    """Name an event by what it is about, so that the same event written twice is one."""
    return digest(canonical([str(part) for part in parts]))[:32]


def event_body(case: CaseId, sequence: int, event: CaseEvent) -> bytes:
    """The exact bytes that are stored and chained."""
    return canonical(
        {
            "case": case,
            "sequence": sequence,
            "id": event.id,
            "kind": event.kind,
            "at": event.at.isoformat(),
            "data": event.data,
        }
    )


def link(previous: str, body: bytes) -> str:
    """Hash of one event in its chain: SHA-256 over the hash before it and its own bytes."""
    return digest(previous.encode("ascii") + body)


def open_case(key: CanonicalKey) -> Case:
    """A case before its first event."""
    return Case(id=case_id(key), key=key)


def evolve(case: Case, event: CaseEvent) -> Case:
    """Return the case after `event`. Raises ForbiddenTransition when the table forbids it."""
    status = _status_after(case, event)
    if status not in TRANSITIONS[case.status]:
        raise ForbiddenTransition(case.id, case.status, status)
    body = event_body(case.id, case.version + 1, event)
    changes: dict[str, Any] = {
        "repairs": case.repairs.after(event.kind, event.data),
        **_CHANGES.get(event.kind, _nothing)(case, event),
    }
    return replace(
        case,
        status=status,
        version=case.version + 1,
        chain=link(case.chain, body),
        opened=case.opened or event.at,
        changed=case.changed if event.kind in QUIET else event.at,
        **changes,
    )


def fold(key: CanonicalKey, events: Iterable[CaseEvent]) -> Case:
    """Rebuild a case from its events."""
    case = open_case(key)
    for event in events:
        case = evolve(case, event)
    return case


ANEW = frozenset({EventKind.RECEIVED, EventKind.UPDATED, EventKind.REOPENED})


def _begins_anew(event: CaseEvent) -> bool:
    reopens = event.kind in {EventKind.LET_GO, EventKind.WATCHED} and event.data["reopens"]
    return event.kind in ANEW or reopens


def _status_after(case: Case, event: CaseEvent) -> Status:
    match event.kind:
        case _ if _begins_anew(event):
            return Status.RECEIVED
        case EventKind.OWN_WRITE:
            return Status.CLOSED
        case EventKind.DECIDED:
            return _status_decided(event.data)
        case EventKind.VERDICT_GIVEN:
            return Status.CLOSED if event.data.get("closes") else case.status
        case _ if event.kind in REPAIRING:
            return _status_repaired(case, event)
        case _:
            return case.status


def _status_decided(data: Record) -> Status:
    if data["decision"] == "close":
        return Status.CLOSED
    alone = data["decision"] == "resolve" and not data["contains"]
    return Status.ACTING if alone else Status.ESCALATED


def _status_repaired(case: Case, event: CaseEvent) -> Status:
    """Where a repair's event leads. What somebody has already, and what is news, stays so."""
    if event.kind in TO_A_PERSON and not event.data.get("stays"):
        return Status.ESCALATED
    if case.status not in {Status.ACTING, Status.WAITING}:
        return case.status
    if event.kind is EventKind.PROVEN:
        return Status.CLOSED if event.data["closes"] else case.status
    waits = case.repairs.after(event.kind, event.data).waiting is not None
    return Status.WAITING if waits else Status.ACTING


OVER: Record = {"notified": None, "incident": None, "parted": False}
"""What a case that ends leaves behind."""


def _nothing(_case: Case, _event: CaseEvent) -> dict[str, Any]:
    return {}


def _told(case: Case, event: CaseEvent) -> dict[str, Any]:
    return {"told": {**case.told, **_telling(event.data, event.at)}}


def _telling(data: Record, received: datetime) -> Mapping[Format, Told]:
    told = Told(
        version=datetime.fromisoformat(data["version"]),
        count=data["count"],
        body=data["body"],
        received=received,
    )
    return {Format(data["format"]): told}


def _retold(case: Case, event: CaseEvent) -> dict[str, Any]:
    # Whoever has an open case keeps it through its updates; a case that had ended starts anew.
    over = case.status is Status.CLOSED
    fresh = {"acknowledged_by": None, "verdict": None} if over else {}
    news = {"headline": event.data["headline"], "watch": seen(case.watch, event, case.told)}
    return _told(case, event) | fresh | news


def _held(case: Case, event: CaseEvent) -> dict[str, Any]:
    doubt = {**event.data, "received": event.at.isoformat()}
    others = [one for one in case.doubts if one["body"] != doubt["body"]]
    riskiest = sorted([doubt, *others], key=risk, reverse=True)
    kept = tuple(riskiest[:DOUBTS_MAX])
    return {"doubts": kept, "watch": seen(case.watch, event, case.told)}


def risk(telling: Record) -> tuple[int, bool, bool]:
    """How bad a telling makes it: severity band, still open, no sample."""
    head = telling["headline"]
    label = list(Label).index(Label(head["severity"]))
    return label, head["status"] == SourceStatus.OPEN, not head["sample"]


def _decided(case: Case, event: CaseEvent) -> dict[str, Any]:
    data = event.data
    changes: dict[str, Any] = {"decided": data, "decided_event": event.id}
    changes |= {"lapsed": None, "watch": data.get("watch")}
    if case.status is Status.CLOSED:
        changes |= {"acknowledged_by": None, "verdict": None}
    if data["decision"] == "close":
        changes |= OVER
    elif data.get("incident"):
        changes |= {"incident": data["incident"], "notified": data["priority"]}
    if data.get("effects") and (data["decision"] == "escalate" or data.get("contains")):
        # Somebody is told (again), so somebody has to answer (again).
        changes |= {"notified": data["priority"], "acknowledged_by": None}
    changes["repairs"] = case.repairs.wanting(_wanted(data))
    return changes | _weighed(case, data.get("view"))


def _wanted(data: Record) -> Iterable[Repair]:
    return (
        Repair(
            id=name,
            fix=one["fix"],
            parameters=tuple(sorted(one["parameters"].items())),
            contains=data["contains"] is not None,
        )
        for name, one in zip(data.get("repairs") or (), data.get("suggestions") or (), strict=False)
    )


def _weighed(case: Case, view: Record | None) -> dict[str, Any]:
    if view is None:
        return {}
    told = {**case.told, **_telling(view, datetime.fromisoformat(view["received"]))}
    doubts = () if view["settled"] else case.doubts
    if view["settled"]:
        # What the source did not bear out must not speak for the case because of its format.
        ahead = list(Format)[: list(Format).index(Format(view["format"]))]
        told = {one: known for one, known in told.items() if one not in ahead}
    return {"told": told, "headline": view["headline"], "doubts": doubts}


def _acknowledged(_case: Case, event: CaseEvent) -> dict[str, Any]:
    return {"acknowledged_by": event.data["by"]}


def _verdict(_case: Case, event: CaseEvent) -> dict[str, Any]:
    # Once closed, whoever was told is done with it: should it come back, it is news again. It
    # answers for nothing else that was told with it.
    changes = OVER if event.data.get("closes") else {"acknowledged_by": event.data["by"]}
    return {"verdict": event.data["verdict"], "watch": None, **changes}


def _told_of(_case: Case, event: CaseEvent) -> dict[str, Any]:
    """A repair's end, or its question, is news to somebody."""
    priority = event.data.get("priority")
    return {"notified": priority, "acknowledged_by": None} if priority else {}


def _ended(case: Case, event: CaseEvent) -> dict[str, Any]:
    closes = event.data["closes"] and case.status in {Status.ACTING, Status.WAITING}
    return {**OVER, "watch": event.data.get("watch")} if closes else {}


def _taken_back(_case: Case, event: CaseEvent) -> dict[str, Any]:
    # Whoever took it back has the case; what has had its time was taken back by nobody.
    stays, by = event.data.get("stays"), event.data.get("by")
    return {} if stays else {"acknowledged_by": by, "watch": None}


def _parted(_case: Case, _event: CaseEvent) -> dict[str, Any]:
    return {"incident": None, "parted": True, "notified": None, "acknowledged_by": None}


def _reopened(_case: Case, event: CaseEvent) -> dict[str, Any]:
    return {"implicated": event.data["by"], "acknowledged_by": None, "verdict": None}


def _let_go(_case: Case, event: CaseEvent) -> dict[str, Any]:
    return {"lapsed": event.data} if event.data["reopens"] else {}


_CHANGES: Mapping[EventKind, Callable[[Case, CaseEvent], dict[str, Any]]] = {
    EventKind.RECEIVED: _retold,
    EventKind.UPDATED: _retold,
    EventKind.OWN_WRITE: _retold,
    EventKind.SIGHTED: _told,
    EventKind.HELD: _held,
    EventKind.DECIDED: _decided,
    EventKind.ACKNOWLEDGED: _acknowledged,
    EventKind.VERDICT_GIVEN: _verdict,
    EventKind.REOPENED: _reopened,
    EventKind.PARTED: _parted,
    EventKind.LET_GO: _let_go,
    EventKind.PLANNED: _told_of,
    EventKind.UNPLANNED: _told_of,
    EventKind.LAPSED: _told_of,
    EventKind.FROZEN: _told_of,
    EventKind.PROVEN: _ended,
    EventKind.REVERTED: _taken_back,
    EventKind.WATCHED: lambda case, event: {"watch": looked(case.watch, event)},
}
