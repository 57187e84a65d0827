"""Every fixture is read exactly as `expected.json` beside it says, and again from its own bytes."""

import pytest

from tests.readings import FIXTURES, RECEIVED, expected, parsed, told
from triage.domain.json import digest
from triage.domain.ticket import Ticket
from triage.stages.reread import reread

FOLDERS = (
    "guardduty",
    "asff",
    "config",
    "cloudtrail",
    "report",
    "wrappers",
    "macie",
    "access-analyzer",
    "cloudwatch",
    "config-join",
    "securityhub-v2",
    "ocsf",
    "inspector",
)
TABLES = {folder: expected(folder) for folder in FOLDERS}
CASES = [(folder, name) for folder, table in TABLES.items() for name in table]


@pytest.mark.parametrize(("folder", "name"), CASES)
def test_a_fixture_is_read_as_expected(folder, name):
    assert [told(part) for part in parsed(folder, name).parts] == TABLES[folder][name]


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
