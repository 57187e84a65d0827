"""A few tickets through the spine's benchmark; the script by itself does thousands."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SMALL = ("--playbooks", "12", "--batch", "10", "--tickets", "20", "--pairs", "1")


@pytest.mark.slow
@pytest.mark.timeout(600)
@pytest.mark.parametrize("store", ["sqlite", "postgres"])
def test_decisions_are_compared_with_committing_their_rows_bare(store):
    script = [sys.executable, ROOT / "scripts" / "benchmarks" / "spine.py", "--store", store]
    done = subprocess.run([*script, *SMALL], capture_output=True, text=True, check=False)
    (line,) = json.loads(done.stdout.splitlines()[-1])["lines"]
    assert done.returncode == 0
    assert line["ratio_to_raw"] > 0
    assert line["tickets_per_second"] > 0
    assert line["p50_ms"] <= line["p99_ms"]
