"""Health, stacks, firewalls and response cases through the whole engine: they reach a person."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest

from tests.worlds import a_scene
from triage.domain.message import Reception
from triage.engine.pipeline import take_in

FIXTURES = Path(__file__).parent.parent / "fixtures" / "intake"


def message(name: str, **detail: Any) -> bytes:
    """A fixture's message; `detail` changes its detail."""
    told = json.loads((FIXTURES / f"{name}.json").read_text())["message"]
    return json.dumps({**told, "detail": {**told["detail"], **detail}}).encode()


@pytest.fixture
def scene(sandbox, tmp_path, monkeypatch):
    with a_scene(sandbox, tmp_path, monkeypatch) as made:
        yield made


@pytest.mark.parametrize(
    ("name", "priority"),
    [
        ("health/exposed-credentials", "critical"),
        ("health/abuse-two-instances", "high"),
        ("cloudformation/stack-rollback-failed", "high"),
        ("security-ir/closed", "high"),
    ],
)
def test_nothing_of_these_closes_by_itself(scene, name, priority):
    decided = scene.decide(message(name))
    assert (decided["decision"], decided["priority"]) == ("escalate", priority)


def test_a_stack_said_to_be_in_sync_stays_open_until_its_source_says_so(scene):
    first = scene.decide(message("cloudformation/drifted"))
    scene.clock.advance(timedelta(minutes=5))
    scene.submit(message("cloudformation/in-sync"))
    scene.decide_due()
    case = scene.case(first["case"])
    assert case.decided["decision"] == "escalate"
    assert case.headline["status"] == "open"


def test_a_flood_of_alerts_in_one_object_is_one_case(scene):
    line = json.loads((FIXTURES / "network-firewall" / "alert-inbound.json").read_text())["message"]
    lines = []
    for number in range(300):
        line["event"] |= {"src_ip": f"198.51.100.{number % 250}", "src_port": 1024 + number}
        lines.append(json.dumps(line))
    scene.world.queue.submit(["\n".join(lines).encode()])
    receipts = take_in(scene.world, at_most=10, wait_seconds=0)
    assert {receipt.case.id for receipt in receipts if receipt.case} == {receipts[0].case.id}
    assert sum(receipt.reception is Reception.NEW for receipt in receipts) == 1
    assert len(scene.decide_due()) == 1
