"""Every fixture is read exactly as `expected.json` beside it says, and again from its own bytes."""

import json
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from triage.domain.json import digest
from triage.domain.message import Message, Parsed, Rejected
from triage.domain.ticket import Ticket
from triage.stages.normalise import normalise
from triage.stages.reread import reread

FIXTURES = Path(__file__).resolve().parents[2] / "fixtures" / "intake"
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
FOLDERS = ("guardduty", "asff", "config", "cloudtrail", "report", "wrappers")
TABLES = {name: json.loads((FIXTURES / name / "expected.json").read_text()) for name in FOLDERS}
CASES = [(folder, name) for folder, table in TABLES.items() for name in table]


def parsed(folder: str, name: str) -> Parsed:
    body = (FIXTURES / folder / name).read_bytes()
    return normalise(Message(id="1", body=body, received=RECEIVED))


def told(part: Ticket | Rejected) -> Any:
    """Everything a ticket says, in the words of `expected.json`; a reason for what is none."""
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


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_a_fixture_is_read_as_expected(folder, name):
    wanted = [one if isinstance(one, str) else UNSAID | one for one in TABLES[folder][name]]
    assert [told(part) for part in parsed(folder, name).parts] == wanted


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_a_ticket_read_again_from_its_bytes_is_the_same(folder, name):
    found = parsed(folder, name)
    bodies = dict(found.bodies)
    tickets = [part for part in found.parts if isinstance(part, Ticket)]
    assert [reread(bodies[ticket.body], RECEIVED) for ticket in tickets] == tickets
    assert {key: digest(body) for key, body in bodies.items()} == {key: key for key in bodies}


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_fixture_has_its_expectation_and_there_are_ten(folder):
    files = {path.name for path in (FIXTURES / folder).glob("*.json")} - {"expected.json"}
    assert files == set(TABLES[folder])
    assert len(files) >= 10
