"""Values to columns and back."""

import json
from datetime import datetime
from typing import Any

import orjson

from triage.domain.case import Case, CaseEvent, CaseId, EventKind, Status, Told
from triage.domain.json import canonical
from triage.domain.moments import moment
from triage.domain.repair import Repairs, repair_as_json, repair_from_json
from triage.domain.ticket import CanonicalKey, Format


def maybe(value: int | None) -> datetime | None:
    """The same for a column that may be empty."""
    return None if value is None else moment(value)


def state(case: Case) -> str:
    """Write a case as the store caches it between events."""
    told = {
        str(format_): [one.version.isoformat(), one.count, one.body, one.received.isoformat()]
        for format_, one in case.told.items()
    }
    content = {
        "id": case.id,
        "key": case.key,
        "status": case.status,
        "version": case.version,
        "chain": case.chain,
        "told": told,
        "doubts": list(case.doubts),
        "implicated": case.implicated,
        "lapsed": case.lapsed,
        "incident": case.incident,
        "parted": case.parted,
        "headline": case.headline,
        "opened": case.opened and case.opened.isoformat(),
        "changed": case.changed and case.changed.isoformat(),
        "decided": case.decided,
        "decided_event": case.decided_event,
        "notified": case.notified,
        "acknowledged_by": case.acknowledged_by,
        "verdict": case.verdict,
        "repairs": [repair_as_json(one) for one in case.repairs.each],
        "watch": case.watch,
    }
    return canonical(content).decode()


def read(text: str | bytes) -> dict[str, Any]:
    """Read what `canonical` wrote. Raises ValueError.

    It writes half a surrogate pair as an escape, which a strict parser refuses; what somebody
    else put into a reason must not make a case unreadable.
    """
    try:
        content = orjson.loads(text)
    except orjson.JSONDecodeError:
        content = json.loads(text)
    if not isinstance(content, dict):
        raise TypeError("an object was written here, and something else is there now")
    return content


def case_from(text: str) -> Case:
    """Read a case back, equal."""
    content = read(text)
    return Case(
        id=CaseId(content["id"]),
        key=CanonicalKey(content["key"]),
        status=Status(content["status"]),
        version=content["version"],
        chain=content["chain"],
        told={Format(format_): _told(one) for format_, one in content["told"].items()},
        doubts=tuple(content["doubts"]),
        implicated=content["implicated"],
        lapsed=content.get("lapsed"),
        incident=content["incident"],
        parted=content["parted"],
        headline=content["headline"],
        opened=_moment(content["opened"]),
        changed=_moment(content["changed"]),
        decided=content["decided"],
        decided_event=content["decided_event"],
        notified=content["notified"],
        acknowledged_by=content["acknowledged_by"],
        verdict=content["verdict"],
        repairs=Repairs(tuple(repair_from_json(one) for one in content.get("repairs", ()))),
        watch=content.get("watch"),
    )


def _told(one: list[Any]) -> Told:
    version, count, body, received = one
    return Told(
        version=datetime.fromisoformat(version),
        count=count,
        body=body,
        received=datetime.fromisoformat(received),
    )


def _moment(text: str | None) -> datetime | None:
    return datetime.fromisoformat(text) if text else None


def event_from(body: bytes) -> CaseEvent:
    """Read an event from its stored bytes."""
    content = read(body)
    return CaseEvent(
        id=content["id"],
        kind=EventKind(content["kind"]),
        at=datetime.fromisoformat(content["at"]),
        data=content["data"],
    )
