"""Fixtures of readers, and what a ticket says in the words of the `expected.json` beside them."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from triage.domain.message import Message, Parsed, Rejected
from triage.domain.ticket import Ticket
from triage.stages.normalise import normalise

FIXTURES = Path(__file__).resolve().parent / "fixtures" / "intake"
RECEIVED = datetime(2026, 11, 20, 12, tzinfo=UTC)
UNSAID = {
    "format": "native",
    "principal": None,
    "count": 1,
    "status": "open",
    "sample": False,
    "in_attack_sequence": False,
    "threat_intelligence": False,
    "kind": "",
}
"""What `expected.json` leaves out."""


def parsed(folder: str, name: str) -> Parsed:
    return read_at_noon((FIXTURES / folder / name).read_bytes())


def read_at_noon(body: bytes) -> Parsed:
    return normalise(Message(id="1", body=body, received=RECEIVED))


def ticket_of(record: Any) -> Ticket:
    """The one ticket of a record, or a failing test."""
    (part,) = read_at_noon(json.dumps(record).encode()).parts
    assert isinstance(part, Ticket), part
    return part


def expected(folder: str) -> dict[str, list[Any]]:
    """Per file, what each of its parts says; a refusal is its reason."""
    table = json.loads((FIXTURES / folder / "expected.json").read_text())
    return {
        name: [one if isinstance(one, str) else UNSAID | one for one in parts]
        for name, parts in table.items()
    }


def told(part: Ticket | Rejected) -> Any:
    """Everything a ticket says; a reason for what is none."""
    if isinstance(part, Rejected):
        return part.reason
    return {
        "key": part.key,
        "source": str(part.source),
        "format": str(part.format),
        "type": part.type,
        "class": str(part.finding_class),
        "severity": str(part.severity.label),
        "account": part.account,
        "region": part.region,
        "subject": part.subject.id,
        "kind": part.subject.kind,
        "title": part.title,
        "occurred": part.occurred.isoformat(),
        "version": part.version.isoformat(),
        "count": part.count,
        "status": str(part.status),
        "sample": part.sample,
        "principal": part.principal,
        "native_id": part.native_id,
        "product": part.product,
        "in_attack_sequence": part.in_attack_sequence,
        "threat_intelligence": part.threat_intelligence,
    }
