"""Three kills over three hundred messages; scripts/kill.py by itself does ten times as much."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize(
    "options",
    [
        ("--store", "sqlite", "--workers", "1"),
        ("--store", "sqlite", "--workers", "2", "--pauses", "2"),
        ("--store", "postgres", "--workers", "3", "--pauses", "2", "--restarts", "1"),
        ("--store", "sqlite", "--workers", "3", "--queue", "sqs", "--odd"),
    ],
)
def test_workers_that_are_killed_lose_nothing_and_do_nothing_twice(options):
    script = [sys.executable, ROOT / "scripts" / "kill.py", "--messages", "300", "--kills", "3"]
    script += options
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout.splitlines()[-1])
    assert (done.returncode, report["violations"], report["first"]) == (0, 0, [])
    assert report["kills"] == 3
    assert report["quarantined"] > 0
    assert report["effects"] == report["delivered"] > 0
    assert report.get("dead", 3) == 3
