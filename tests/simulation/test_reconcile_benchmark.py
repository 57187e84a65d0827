"""A hundred and twenty findings, twelve of them lost; the script by itself does 1,000."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
@pytest.mark.timeout(600)
def test_every_lost_finding_is_found_in_one_cycle_and_none_is_doubled():
    script = [sys.executable, ROOT / "scripts" / "benchmarks" / "reconcile.py", "--findings", "120"]
    done = subprocess.run(script, capture_output=True, text=True, check=False)
    report = json.loads(done.stdout.splitlines()[-1])
    assert (report["violations"], report["problems"], report["cycles"]) == ([], [], [1])
    assert report["lost"] == report["found"] == report["called_new"] == 12
    assert report["cases"] == report["looked_at"] == 120
    assert report["busiest_second"]["cloudtrail.LookupEvents"] > 0
