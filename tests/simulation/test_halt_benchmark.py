"""Sixteen repairs, halted after the first ones; the script by itself does 120."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SCRIPT = ROOT / "scripts" / "benchmarks" / "halt.py"
SMALL = ("--cases", "16", "--share", "0.1", "--slow", "1", "--hold", "3")


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_a_halt_in_a_burst_holds_every_write_and_loses_none():
    script = [sys.executable, SCRIPT, *SMALL]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout.splitlines()[-1])
    assert report["violations"] == []
    assert report["before"] + report["after_halt"] < 16
    assert (report["writes"], report["blocked"], report["closed"]) == (16, 16, 16)
