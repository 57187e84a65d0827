"""Which test runs which line, and how long each of them takes: measured once, kept in two files."""

import json
import re
import subprocess
import sys
from collections.abc import Mapping, Sequence
from pathlib import Path

from coverage import CoverageData

ROOT = Path(__file__).resolve().parents[1]
TOOK = re.compile(r"^ *([0-9.]+)s (?:setup|call|teardown) +(.+)$", re.MULTILINE)
QUIET = ("-p", "no:cacheprovider", "-p", "no:randomly", "-q", "-x", "--no-header", "--tb=no")


def measured(data: Path, packages: Sequence[str], tests: Sequence[str]) -> None:
    """Run the tests once, keeping which line each of them runs and how long each takes."""
    settings = data.with_suffix(".rc")
    settings.write_text(f"[run]\ndata_file = {data}\nsource = {','.join(packages)}\n")
    words = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    times = ["-vv", "--durations=0", "-m", "not slow"]
    command = [sys.executable, "-m", "pytest", *QUIET[:4], *words, *times, *tests]
    ran = subprocess.run(command, cwd=ROOT, check=False, capture_output=True, text=True)
    if ran.returncode:
        raise SystemExit("the tests fail without any mutant; run them first")
    times_beside(data).write_text(json.dumps(durations(ran.stdout)))


def times_beside(data: Path) -> Path:
    """The file of how long each test takes, beside that of which line it runs."""
    return data.with_suffix(".took")


def durations(told: str) -> dict[str, float]:
    """Seconds of each test, from what pytest says with `--durations=0`."""
    took: dict[str, float] = {}
    for seconds, test in TOOK.findall(told):
        took[test] = took.get(test, 0.0) + float(seconds)
    return took


def tests_of(data: Path) -> Mapping[str, Mapping[int, Sequence[str]]]:
    """Which tests run which line of which file."""
    found = CoverageData(str(data))
    found.read()
    return {path: found.contexts_by_lineno(path) for path in found.measured_files()}
