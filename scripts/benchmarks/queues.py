#!/usr/bin/env python3
"""Whole decisions a second on one PostgreSQL, next to procrastinate's jobs that do nothing.

usage: scripts/benchmarks/queues.py [--batch 100] [--tickets 400] [--pairs 9] [--help]

Slices take turns in this process, on one server: tickets from the inbox to a committed decision
(intake and deciders of a worker, as in spine.py), and as many jobs of procrastinate with the same
bytes as their argument, whose task returns at once. Both queues are filled outside the clock.

procrastinate is no dependency of ours: install it beside (`pip install procrastinate`) for this.
Prints, as its last line, JSON: the rate of each, and the median of their ratio with the least and
the greatest pair. Exits 2 where procrastinate is missing.
"""

import argparse
import asyncio
import json
import statistics
import sys
import time
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.benchmarks.spine import finding, opened, queue_of, rules, run  # noqa: E402 - path
from tests.postgres import new_database  # noqa: E402

EXIT_UNUSABLE = 2
PLAYBOOKS = 12


class Jobs:
    """procrastinate on a database of its own."""

    def __init__(self, url: str) -> None:
        import procrastinate  # noqa: PLC0415 - no dependency of ours

        place = url.replace("postgresql+psycopg", "postgresql")
        self._app = procrastinate.App(connector=procrastinate.PsycopgConnector(conninfo=place))
        self._task = self._app.task(name="nothing")(_nothing)

    async def prepare(self) -> None:
        """Create its tables."""
        async with self._app.open_async():
            await self._app.schema_manager.apply_schema_async()

    async def work(self, bodies: Sequence[bytes]) -> float:
        """Put them on its queue, then do them all; seconds of the doing."""
        async with self._app.open_async():
            given = [{"body": body.decode()} for body in bodies]
            await self._task.batch_defer_async(*given)
            began = time.perf_counter()
            await self._app.run_worker_async(wait=False, install_signal_handlers=False)
            return time.perf_counter() - began


async def _nothing(body: str) -> None:
    del body


def measure(batch: int, tickets: int, pairs: int) -> dict[str, Any]:
    """Take turns: ours, theirs."""
    place, other = new_database(), new_database()
    jobs = Jobs(other)
    asyncio.run(jobs.prepare())
    ours, theirs = [], []
    with closing(queue_of("inbox", place, "")) as queue:
        bench = opened(place, queue, batch, rules(PLAYBOOKS))
        run(bench, [finding(number, 0) for number in range(-50, 0)])
        for pair in range(pairs):
            bodies = [finding(pair * tickets + number, 0) for number in range(tickets)]
            ours.append(tickets / run(bench, bodies)[0])
            theirs.append(tickets / asyncio.run(jobs.work(bodies)))
        bench.store.close()
    ratios = [one / other for one, other in zip(ours, theirs, strict=True)]
    return {
        "batch": batch,
        "tickets_per_second": round(statistics.median(ours), 1),
        "jobs_per_second": round(statistics.median(theirs), 1),
        "ratio": round(statistics.median(ratios), 2),
        "ratio_range": [round(min(ratios), 2), round(max(ratios), 2)],
    }


def main() -> int:
    """Measure in databases that go away."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--batch", type=int, default=100)
    parser.add_argument("--tickets", type=int, default=400, help="tickets a slice")
    parser.add_argument("--pairs", type=int, default=9, help="pairs of slices")
    given = parser.parse_args()
    try:
        print(json.dumps(measure(given.batch, given.tickets, given.pairs)))
    except ModuleNotFoundError as error:
        print(f"this needs procrastinate: {error}", file=sys.stderr)
        return EXIT_UNUSABLE
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
