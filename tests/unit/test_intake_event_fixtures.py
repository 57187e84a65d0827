"""Every recorded message of these sources is read as the facts beside it say.

A fixture is {"about", "docs", "message" or "text", "expect": [facts or {"rejected"}]}.
"""

import json
from pathlib import Path
from typing import Any

import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from tests.builders import NOON
from tests.examples import examples
from triage.domain.message import Message, Parsed, Rejected
from triage.domain.ticket import Ticket
from triage.stages.normalise import normalise
from triage.stages.reread import reread

ROOT = Path(__file__).parent.parent / "fixtures" / "intake"
FOLDERS = ("health", "cloudformation", "network-firewall", "security-ir", "wrappers-more")
FIXTURES = sorted(path for folder in FOLDERS for path in (ROOT / folder).glob("*.json"))
STATED = {"type", "account", "region", "class", "severity", "subject", "status"}


def read(path: Path) -> tuple[dict[str, Any], Parsed]:
    fixture = json.loads(path.read_text())
    body = (
        fixture["text"].encode() if "text" in fixture else json.dumps(fixture["message"]).encode()
    )
    return fixture, normalise(Message(id="m", body=body, received=NOON))


def facts(part: Ticket | Rejected) -> dict[str, Any]:
    if isinstance(part, Rejected):
        return {"rejected": part.reason}
    return {
        "type": part.type,
        "account": part.account,
        "region": part.region,
        "class": part.finding_class,
        "severity": part.severity.label,
        "subject": part.subject.id,
        "kind": part.subject.kind,
        "status": part.status,
        "title": part.title,
        "count": part.count,
        "occurred": part.occurred.isoformat(),
        "version": part.version.isoformat(),
    }


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recorded_message_gives_the_facts_beside_it(path):
    fixture, parsed = read(path)
    found = [facts(part) for part in parsed.parts]
    assert [
        {name: one[name] for name in one if name in expected}
        for one, expected in zip(found, fixture["expect"], strict=True)
    ] == fixture["expect"]
    for expected in fixture["expect"]:
        assert "rejected" in expected or expected.keys() >= STATED
    assert fixture["docs"].startswith("https://")


@pytest.mark.parametrize("path", FIXTURES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_reading_the_stored_bytes_again_gives_the_same_ticket(path):
    _, parsed = read(path)
    bodies = dict(parsed.bodies)
    tickets = [part for part in parsed.parts if isinstance(part, Ticket)]
    assert [reread(bodies[ticket.body], NOON) for ticket in tickets] == tickets


def test_every_source_has_at_least_ten():
    counts = {folder: sum(p.parent.name == folder for p in FIXTURES) for folder in FOLDERS}
    assert min(counts.values()) >= 10, counts


def keys(*names: str) -> set[str]:
    parts = [part for name in names for part in read(ROOT / f"{name}.json")[1].parts]
    return {part.key for part in parts if isinstance(part, Ticket)}


@pytest.mark.parametrize(
    "names",
    [
        (
            "health/public-issue",
            "health/public-issue-backup-region",
            "health/public-issue-closed",
        ),
        ("health/exposed-credentials", "health/api-organization-details"),
        (
            "cloudformation/drifted",
            "cloudformation/in-sync",
            "cloudformation/detection-failed",
            "cloudformation/api-drift-status",
        ),
        (
            "cloudformation/stack-rollback-failed",
            "cloudformation/stack-updated",
            "cloudformation/notice-stack",
            "cloudformation/notice-raw",
        ),
        ("security-ir/created-by-service", "security-ir/api-get-case", "security-ir/closed"),
        ("security-ir/no-resources", "security-ir/api-list-cases"),
        ("wrappers-more/put-events-entry", "wrappers-more/replayed", "health/exposed-credentials"),
    ],
)
def test_one_concern_has_one_key_in_every_format(names):
    assert len(keys(*names)) == 1


@pytest.mark.parametrize(
    "names",
    [
        ("cloudformation/drifted", "cloudformation/stack-rollback-failed"),
        ("cloudformation/stack-rollback-failed", "cloudformation/resource-failed"),
        ("network-firewall/alert", "network-firewall/alert-inbound"),
        ("network-firewall/anomaly-decode", "network-firewall/anomaly-stream"),
    ],
)
def test_two_concerns_have_two_keys(names):
    assert len(keys(*names)) == 2


def a_page(number: int) -> bytes:
    message = json.loads((ROOT / "health" / "second-page.json").read_text())["message"]
    return orjson.dumps({**message, "detail": {**message["detail"], "page": str(number)}})


def test_pages_of_a_health_event_are_versions_of_one_ticket():
    pages = [
        part
        for number in (1, 2, 3)
        for part in normalise(Message(id="m", body=a_page(number), received=NOON)).parts
        if isinstance(part, Ticket)
    ]
    assert len({page.key for page in pages}) == 1
    assert [page.rank for page in pages] == sorted({page.rank for page in pages})


ODD = st.sampled_from(
    [None, "", "...", 0, -1, 1e300, True, [], {}, [[]], [{}], "\u202e", "x" * 600, {"": None}]
)


@settings(max_examples=examples(300), deadline=None)
@given(data=st.data(), path=st.sampled_from(FIXTURES))
def test_a_torn_record_is_read_or_kept_and_never_fails(data, path):
    fixture = json.loads(path.read_text())
    message = fixture.get("message", fixture.get("text"))
    for _ in range(data.draw(st.integers(1, 3))):
        message = torn(data, message)
    parsed = normalise(Message(id="m", body=json.dumps(message).encode(), received=NOON))
    bodies = dict(parsed.bodies)
    assert parsed.parts
    for part in parsed.parts:
        if isinstance(part, Ticket):
            assert reread(bodies[part.body], NOON) == part


def torn(data: st.DataObject, value: Any) -> Any:
    """Put something odd in one place, however deep."""
    if not isinstance(value, dict | list) or not value or data.draw(st.integers(0, 9)) == 0:
        return data.draw(ODD)
    if isinstance(value, dict):
        name = data.draw(st.sampled_from(sorted(value)))
        return {**value, name: torn(data, value[name])}
    place = data.draw(st.integers(0, len(value) - 1))
    return [*value[:place], torn(data, value[place]), *value[place + 1 :]]
