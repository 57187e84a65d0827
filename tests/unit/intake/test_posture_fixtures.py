"""Fixtures of Macie, Access Analyzer, alarms and joined checks are read as `expected.json` says."""

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
FOLDERS = ("macie", "access-analyzer", "cloudwatch", "config-join")
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
def test_reading_the_stored_bytes_again_gives_the_same_ticket(folder, name):
    whole = parsed(folder, name)
    bodies = dict(whole.bodies)
    for ticket in (part for part in whole.parts if isinstance(part, Ticket)):
        assert digest(bodies[ticket.body]) == ticket.body
        assert reread(bodies[ticket.body], RECEIVED) == ticket


@pytest.mark.parametrize("folder", FOLDERS)
def test_every_fixture_is_expected_to_be_something(folder):
    files = {path.name for path in (FIXTURES / folder).glob("*.json")} - {"expected.json"}
    assert files == set(TABLES[folder])
