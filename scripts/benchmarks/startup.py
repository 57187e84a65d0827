#!/usr/bin/env python3
"""How long a worker takes until it is ready, what it holds then, and how fast `--help` is there.

usage: scripts/benchmarks/startup.py [--playbooks 12,1000] [--pairs 9] [--help]

Every figure is of whole processes of its own, started in turns. `ready_ms` is from the start of
`triage worker` to its line `worker.started`: settings read, store and inbox open, the playbooks
loaded (from the cache of compiled sets, as at every start but the first; `first_ms` is that one).
`resident_mib` is what it holds then, and `with_client_mib` once it decided twenty tickets whose
questions made it build clients of AWS. `help_ms` is `triage --help`, and `python_ms` an interpreter
that does nothing, for comparison.

Prints a table on stderr and, as its last line, JSON: medians with the least and the greatest.
"""

import argparse
import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from kill import Place, finding, resident, start_worker  # noqa: E402 - the path comes first

from scripts.benchmarks.spine import numbers, playbooks  # noqa: E402

SETTINGS = """
[paths]
data = "{folder}"
playbooks = "{folder}/playbooks"
[http]
port = 0
"""
TICKETS = 20
WAIT_SECONDS_MAX = 60


def milliseconds(work: Callable[[], object]) -> float:
    """How long it took."""
    began = time.perf_counter()
    work()
    return (time.perf_counter() - began) * 1000


def told(some: Sequence[float]) -> dict[str, float]:
    """The median, the least and the greatest."""
    return {
        "median": round(statistics.median(some), 1),
        "least": round(min(some), 1),
        "greatest": round(max(some), 1),
    }


def helped() -> float:
    """One `triage --help`."""
    return milliseconds(lambda: _quietly("-m", "triage", "--help"))


def nothing() -> float:
    """One interpreter that only starts."""
    return milliseconds(lambda: _quietly("-c", "pass"))


def _quietly(*words: str) -> None:
    told_where = {**os.environ, "PYTHONPATH": str(ROOT)}  # noqa: TID251 - it inherits what we have
    command = [sys.executable, *words]
    subprocess.run(command, check=True, stdout=subprocess.DEVNULL, env=told_where)


class Home:
    """A folder with so many playbooks, its store, and workers that start in it."""

    def __init__(self, folder: Path, count: int) -> None:
        self._place = Place(folder=folder)
        (folder / "triage.toml").write_text(SETTINGS.format(folder=folder))
        for name, text in playbooks(count).items():
            path = folder / "playbooks" / name
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text)

    def start(self) -> tuple[float, float]:
        """Start one and end it; milliseconds until ready, and mebibytes then."""
        began = time.perf_counter()
        worker = start_worker(self._place)
        ready, held = (time.perf_counter() - began) * 1000, resident(worker)
        _end(worker)
        return ready, held

    def work(self) -> float:
        """Mebibytes of one that decided some tickets."""
        with closing(self._place.store()) as store:
            inbox = self._place.inbox()
            inbox.submit([finding(number, 0) for number in range(TICKETS)])
            worker = start_worker(self._place)
            until = time.monotonic() + WAIT_SECONDS_MAX
            while (inbox.depth() or store.cases.count()["due"]) and time.monotonic() < until:
                time.sleep(0.1)
            inbox.close()
        held = resident(worker)
        _end(worker)
        return held


def _end(worker: subprocess.Popen[str]) -> None:
    worker.send_signal(signal.SIGTERM)
    worker.wait(timeout=WAIT_SECONDS_MAX)


def measure(counts: Sequence[int], pairs: int) -> dict[str, Any]:
    """Take turns: help, nothing, a worker of each kind."""
    with tempfile.TemporaryDirectory(prefix="triage-startup-") as name:
        homes = {count: _home(Path(name) / str(count), count) for count in counts}
        first = {count: home.start()[0] for count, home in homes.items()}
        helps, bare, ready, held = [], [], {n: [] for n in counts}, {n: [] for n in counts}
        for _ in range(pairs):
            helps.append(helped())
            bare.append(nothing())
            for count, home in homes.items():
                took, mib = home.start()
                ready[count].append(took)
                held[count].append(mib)
        lines = [
            {
                "playbooks": count,
                "first_ms": round(first[count]),
                "ready_ms": told(ready[count]),
                "resident_mib": told(held[count]),
                "with_client_mib": round(home.work(), 1),
            }
            for count, home in homes.items()
        ]
    return {"help_ms": told(helps), "python_ms": told(bare), "workers": lines}


def _home(folder: Path, count: int) -> Home:
    folder.mkdir()
    return Home(folder, count)


def main() -> int:
    """Measure in folders that go away."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--playbooks", type=numbers, default=[12, 1000], help="how many, a list")
    parser.add_argument("--pairs", type=int, default=9, help="starts of each")
    given = parser.parse_args()
    report = measure(given.playbooks, given.pairs)
    for line in report["workers"]:
        print(json.dumps(line), file=sys.stderr)
    print(json.dumps(report))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
