"""The backtest's benchmark runs, and judging less finds what judging everything finds."""

import json
import subprocess
import sys

import pytest

from tests.desk import ROOT


@pytest.mark.slow
def test_it_ends_in_a_line_of_figures():
    command = [sys.executable, "scripts/benchmarks/backtest.py", "--tickets", "40", "--rules", "20"]
    done = subprocess.run(
        [*command, "--changed", "1,2", "--rounds", "1"],
        cwd=ROOT,
        capture_output=True,
        check=True,
        timeout=110,
    )
    figures = json.loads(done.stdout.splitlines()[-1])
    assert (figures["tickets"], figures["rules"], figures["store"]) == (40, 20, "sqlite")
    ways = ("full", "changed-1", "changed-2")
    assert set(figures["ranges"]) == {*ways, *(f"{way}-warm" for way in ways)}
    assert all(0 < low <= figures[way] <= high for way, (low, high) in figures["ranges"].items())
