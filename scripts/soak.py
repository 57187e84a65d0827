#!/usr/bin/env python3
"""Let workers run at a share of what they can do, kill one each minute, and look for drift.

usage: scripts/soak.py [--minutes 30] [--load 0.8] [--workers 2] [--store sqlite|postgres]
                       [--queue inbox|sqs] [--messages 3000] [--seed 0] [--keep FOLDER] [--help]

First it measures what these workers can do here: so many messages at once, until all of them are
decided and everybody is told. Then messages arrive evenly at a share of that rate, as varied as in
scripts/kill.py, and every minute one worker is killed and another takes its place. The first is
spared, so that its memory can be looked at from beginning to end. In the end it checks what
scripts/kill.py checks: nothing lost, nothing doubled, and the audit against exported heads.

Prints progress on stderr and, as its last line, JSON: `per_second` (the most, and what arrived),
`memory_mib` of the first worker (after a tenth of the time, at the end, and a straight line's
slope an hour), `latency_ms` from receipt to decision in each sixth of the time (p50, p99), the
greatest depth of the queue, and `violations`. Exits 1 on any violation.
"""

import argparse
import json
import random  # noqa: TID251 - seeded from the command line
import statistics
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path[:0] = [str(ROOT), str(ROOT / "scripts")]

from faults import patiently  # noqa: E402 - the path comes first
from kill import (  # noqa: E402
    Place,
    Receiver,
    configure,
    finish,
    judge,
    messages,
    open_work,
    prepared,
    resident,
    start_worker,
)
from kill_audit import Notary  # noqa: E402
from kill_queue import local_queue  # noqa: E402
from sqlalchemy import select  # noqa: E402

from triage.adapters.storage import Store  # noqa: E402
from triage.adapters.storage.schema import events  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.case import EventKind  # noqa: E402

AT_ONCE = 500
KILL_SECONDS = 60.0
SLICE_SECONDS = 0.5
SAMPLE_SECONDS = 10.0
PARTS = 6


@dataclass(kw_only=True)
class Sent:
    """What went in so far, and what comes next: made some at a time, with numbers of its own."""

    chance: random.Random
    bodies: list[bytes] = field(default_factory=list)
    _made: list[bytes] = field(default_factory=list)
    _number: int = 0

    def take(self, count: int) -> list[bytes]:
        """Give the next so many."""
        while len(self._made) < count:
            self._made += messages(AT_ONCE, self.chance, first=self._number)
            self._number += AT_ONCE
        some, self._made = self._made[:count], self._made[count:]
        self.bodies += some
        return some


@dataclass(frozen=True, kw_only=True)
class Sample:
    """How it stood at a moment, in seconds since the load began."""

    at: float
    memory_mib: float
    depth: int


# --- the load -------------------------------------------------------------------------------------


def most_per_second(place: Place, store: Store, sent: Sent, count: int) -> float:
    """What the workers that run can do, until everybody was told and nobody is waited for."""
    with closing(place.inbox()) as inbox:
        began = time.perf_counter()
        inbox.submit(sent.take(count))
        while patiently(inbox.depth) or open_work(store):
            time.sleep(0.1)
        return count / (time.perf_counter() - began)


def evenly(rate: float, seconds: float) -> Iterator[int]:
    """How many are due, every half second."""
    began, given = time.monotonic(), 0
    while (now := time.monotonic() - began) < seconds:
        due = int(now * rate) - given
        yield due
        given += due
        time.sleep(max(began + now + SLICE_SECONDS - time.monotonic(), 0))


def soak(
    place: Place,
    alive: list[subprocess.Popen[str]],
    sent: Sent,
    given: argparse.Namespace,
    rate: float,
) -> list[Sample]:
    """Feed, kill and look, for as long as asked."""
    inbox, samples, began = place.inbox(), [], time.monotonic()
    kill_at, look_at = KILL_SECONDS, 0.0
    for due in evenly(rate, given.minutes * 60):
        some = sent.take(due)
        if some:
            patiently(lambda some=some: inbox.submit(some))  # type: ignore[misc] # bound at once
        now = time.monotonic() - began
        if now >= look_at:
            look_at += SAMPLE_SECONDS
            samples.append(Sample(at=now, memory_mib=resident(alive[0]), depth=inbox.depth()))
        if now >= kill_at:
            kill_at += KILL_SECONDS
            replace_one(place, alive, sent.chance)
            last = samples[-1]
            print(f"{now:.0f} s  {last.memory_mib} MiB  queue {last.depth}", file=sys.stderr)
    inbox.close()
    return samples


def replace_one(place: Place, alive: list[subprocess.Popen[str]], chance: random.Random) -> None:
    """Kill any but the first; another one starts."""
    worker = alive.pop(chance.randrange(1, len(alive)))
    worker.kill()
    worker.wait()
    alive.append(start_worker(place))


# --- the report -----------------------------------------------------------------------------------


def latencies(store: Store, since: datetime, parts: int) -> list[list[float]]:
    """p50 and p99 in milliseconds from receipt to the first decision, by part of the time."""
    waited: list[tuple[datetime, float]] = []
    received: dict[str, datetime] = {}
    statement = select(events.c.case_id, events.c.body).where(events.c.sequence <= 3)  # noqa: PLR2004
    with store.database.reading() as connection:
        for case, body in connection.execute(
            statement.order_by(events.c.case_id, events.c.sequence)
        ):
            event = json.loads(body)
            at = datetime.fromisoformat(event["at"])
            if event["kind"] == EventKind.RECEIVED:
                received[case] = at
            elif event["kind"] == EventKind.DECIDED and case in received:
                came = received.pop(case)
                waited.append((came, (at - came).total_seconds() * 1000))
    return by_part([one for one in waited if one[0] >= since], parts)


def by_part(waited: Sequence[tuple[datetime, float]], parts: int) -> list[list[float]]:
    """Cut a run into parts that took equally long."""
    if not waited:
        return []
    first = min(at for at, _ in waited)
    length = (max(at for at, _ in waited) - first).total_seconds() / parts or 1.0
    found: list[list[float]] = [[] for _ in range(parts)]
    for at, took in waited:
        found[min(int((at - first).total_seconds() / length), parts - 1)].append(took)
    return [percentiles(part) for part in found if len(part) > 1]


def percentiles(some: Sequence[float]) -> list[float]:
    """p50 and p99."""
    cuts = statistics.quantiles(some, n=100, method="inclusive")
    return [round(cuts[49], 1), round(cuts[98], 1)]


def memory(samples: Sequence[Sample]) -> dict[str, float]:
    """The first worker's, once it is warm: at first, at last, and how it grows in an hour."""
    warm = samples[len(samples) // 10 :]
    slope = statistics.linear_regression(
        [one.at for one in warm], [one.memory_mib for one in warm]
    ).slope
    edge = max(len(warm) // 10, 1)
    return {
        "first": round(statistics.median(one.memory_mib for one in warm[:edge]), 1),
        "last": round(statistics.median(one.memory_mib for one in warm[-edge:]), 1),
        "slope_an_hour": round(slope * 3600, 1),
    }


def run(place: Place, given: argparse.Namespace) -> dict[str, Any]:
    """Measure, soak, finish, judge."""
    chance = random.Random(given.seed)  # noqa: S311 - nothing secret
    receiver, notary, sent = Receiver(), Notary.beside(place.folder), Sent(chance=chance)
    count: Counter[str] = Counter(messages=0)
    with receiver.listening():
        configure(place, receiver, notary)
        alive = [start_worker(place) for _ in range(given.workers)]
        store = place.store()
        most = most_per_second(place, store, sent, given.messages)
        since, rate = SystemClock().now(), most * given.load
        print(f"{most:.1f}/s at most, {rate:.1f}/s from now on", file=sys.stderr)
        samples = soak(place, alive, sent, given, rate)
        codes = finish(place, store, alive)
    wrong = [f"a last worker ended with {code}" for code in codes if code]
    wrong += judge(place, store, sent.bodies, receiver, notary, count)
    waits = latencies(store, since, PARTS)
    store.close()
    count["messages"], count["kills"] = len(sent.bodies), int(given.minutes * 60 // KILL_SECONDS)
    return {
        "store": given.store,
        "queue": given.queue,
        "workers": given.workers,
        "minutes": given.minutes,
        "per_second": {"most": round(most, 1), "load": round(rate, 1)},
        "memory_mib": memory(samples),
        "memory_each_minute": [one.memory_mib for one in samples[:: int(60 / SAMPLE_SECONDS)]],
        "latency_ms": waits,
        "depth_max": max(one.depth for one in samples),
        **count,
        "violations": len(wrong),
        "first": wrong[:20],
    }


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--minutes", type=float, default=30)
    parser.add_argument("--load", type=float, default=0.8, help="share of what they can do")
    parser.add_argument("--workers", type=int, default=2, help="how many work side by side (>= 2)")
    parser.add_argument("--store", choices=["sqlite", "postgres"], default="sqlite")
    parser.add_argument("--queue", choices=["inbox", "sqs"], default="inbox")
    parser.add_argument("--messages", type=int, default=3000, help="to measure the most with")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--keep", type=Path, help="work in this folder and leave it there")
    given = parser.parse_args()
    if given.workers < 2:  # noqa: PLR2004
        parser.error("--workers: one is spared, so there are two at least")
    return argparse.Namespace(**vars(given), full=0, odd=False)


def main() -> int:
    """Run it in a folder that goes away, or in one that stays."""
    given = arguments()
    with tempfile.TemporaryDirectory(prefix="triage-soak-") as name:
        folder = (given.keep or Path(name)).resolve()
        folder.mkdir(parents=True, exist_ok=True)
        with prepared(folder, given) as place, local_queue(folder, given) as sqs:
            report = run(replace(place, sqs=sqs), given)
    print(json.dumps(report))
    return 1 if report["violations"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
