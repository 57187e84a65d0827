#!/usr/bin/env python3
"""Tickets a second from the queue to a committed decision, next to committing the same rows bare.

usage: scripts/benchmarks/spine.py [--store sqlite|postgres] [--queue inbox|sqs]
                                   [--playbooks 12,1000] [--batch 1,10,100] [--tickets 200]
                                   [--pairs 9] [--help]

Each figure comes from pairs of slices that take turns in this process: a slice of the engine (the
queue, intake and deciders of a worker, evidence that answers at once) and a slice that inserts the
very rows that came of it into empty tables through the bare driver, prepared outside the clock,
one commit a batch. Only their ratio means anything on a shared machine; `fdatasync_per_second`
says how fast the disk was in the same minute.

Prints a table on stderr and, as its last line, JSON: for every number of playbooks and size of a
batch `tickets_per_second`, `ratio_to_raw` (median, with the least and the greatest pair), `commits`
a ticket and how many of them waited for the disk (`fdatasync`; SQLite's own checkpoints come on
top, some hundredths a ticket), `cpu_microseconds` a ticket, `p50_ms` and `p99_ms` from receipt to
decision at half of that load, and `resident_mib` of the whole process. With `--queue sqs` messages
come from the sandbox's SQS, over HTTP, which runs in a process of its own and shares the machine.
"""

import argparse
import json
import os
import resource
import statistics
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, nullcontext
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from threading import Thread
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

import structlog  # noqa: E402 - the path comes first
from sqlalchemy import event  # noqa: E402

from scripts.benchmarks.raw_rows import Raw, new_rows  # noqa: E402
from scripts.kill import finding  # noqa: E402
from triage.adapters.files.playbooks import read_model, read_playbooks  # noqa: E402
from triage.adapters.prometheus.metrics import PrometheusMetrics  # noqa: E402
from triage.adapters.storage import Inbox, Store, open_inbox, open_store  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.evidence import Failed, Failure, RawRead, Read  # noqa: E402
from triage.engine.limits import Limits  # noqa: E402
from triage.engine.rules import Rules  # noqa: E402
from triage.engine.worker import Worker  # noqa: E402
from triage.engine.world import Contact, World  # noqa: E402
from triage.judgement.score import model_from  # noqa: E402
from triage.ports.notifier import Notice  # noqa: E402
from triage.remediations.vocabulary import VOCABULARY  # noqa: E402

SYNCS = 50
LATENCY_SECONDS = 3.0
FOREIGN = """\
playbook: generated-{number}
title: Generated for a benchmark
owner: benchmarks
why: So that there are many.
references: ["https://docs.aws.amazon.com/securityhub/latest/userguide/securityhub-controls-reference.html"]
match:
  type: ["Generated.{number}"]
rules:
  - rule: to a person
    escalate: low
    because: "Made up."
tests:
  - test: it goes to a person
    ticket: {{ like: securityhub-s3.8, type: "Generated.{number}" }}
    expect: {{ escalate: low }}
"""


class NoEvidence:
    """Answers every look-up at once: it failed."""

    def fetch(
        self, reads: Sequence[Read], *, deadline: datetime, fresh: datetime
    ) -> Mapping[Read, RawRead]:
        del deadline, fresh
        return {read: Failed(failure=Failure.UNSUPPORTED, detail="benchmark") for read in reads}


class Silent:
    """Delivers to nobody, at once."""

    def notify(self, contact: str, notice: Notice) -> str:
        del contact, notice
        return "told"


@dataclass(kw_only=True)
class Spine(Worker):
    """A worker that only takes in and decides, and notes when each decision was committed."""

    waited: list[float] = field(default_factory=list)

    @property
    def steps(self) -> Any:
        every = super().steps
        return {name: step for name, step in every.items() if name.startswith(("intake", "dec"))}

    def decided(self, case: Any) -> None:
        now = self.world.clock.now()
        self.waited.append((now - case.view.received).total_seconds())


@dataclass
class Bench:
    """A store, an inbox and how often anything was committed to them."""

    store: Store
    inbox: Any
    world: World
    commits: int = 0
    synced: int = 0

    def count(self) -> None:
        counted = [self.store.database]
        if isinstance(self.inbox, Inbox):
            counted.append(self.inbox._database)  # noqa: SLF001 - to count
        for database in counted:
            event.listen(database.writer, "commit", self._committed)

    def _committed(self, connection: Any) -> None:
        self.commits += 1
        self.synced += _waits(connection)


FULL = 2
"""What `PRAGMA synchronous` says where a commit waits for the disk."""


def _waits(connection: Any) -> bool:
    """Whether this commit waits for the disk."""
    if connection.dialect.name == "sqlite":
        cursor = connection.connection.cursor()
        return bool(cursor.execute("PRAGMA synchronous").fetchone()[0] >= FULL)
    return bool(connection.exec_driver_sql("SHOW synchronous_commit").scalar() != "off")


def playbooks(count: int) -> dict[str, str]:
    """The first so many that ship, and made-up ones for the rest."""
    shipped = read_playbooks(ROOT / "playbooks")
    some = dict(sorted(shipped.items(), key=lambda one: "bucket" not in one[0])[:count])
    made = range(max(count - len(some), 0))
    return some | {f"made/{n}.yaml": FOREIGN.format(number=n) for n in made}


def rules(count: int) -> Rules:
    """So many playbooks and the model that ships."""
    model = model_from("simulated.json", read_model(ROOT / "models" / "simulated.json"))
    return Rules(files=playbooks(count), vocabulary=VOCABULARY, model=model)


def opened(place: Path | str, queue: Any, batch: int, known: Rules) -> Bench:
    """Everything a worker needs, with evidence that costs nothing."""
    clock, store = SystemClock(), open_store(place)
    limits = Limits(batch_messages=batch, batch_cases=batch, threads=1, poll_seconds=0.02)
    world = World(
        queue=queue,
        cases=store.cases,
        incidents=store.incidents,
        outbox=store.outbox,
        quarantine=store.quarantine,
        evidence=NoEvidence(),
        notifiers={"silent": Silent()},
        contacts=(Contact(name="one", channel="silent", address="one"),),
        clock=clock,
        metrics=PrometheusMetrics(),
        rules=known,
        limits=limits,
    )
    known.at(clock.now())
    bench = Bench(store, queue, world)
    bench.count()
    return bench


def wait_for(spine: Spine, count: int) -> None:
    """Wait until so many decisions are committed."""
    while len(spine.waited) < count:
        time.sleep(0.001)


def run(bench: Bench, bodies: Sequence[bytes]) -> tuple[float, float]:
    """Take in and decide them all; seconds, and seconds of processor."""
    bench.inbox.submit(bodies)
    spine = _spine(bench)
    began, cpu = time.perf_counter(), time.process_time()
    spine.start()
    wait_for(spine, len(bodies))
    took, used = time.perf_counter() - began, time.process_time() - cpu
    spine.stop()
    return took, used


def _spine(bench: Bench) -> Spine:
    log = structlog.wrap_logger(structlog.PrintLogger(file=open(os.devnull, "w")))  # noqa: PTH123, SIM115
    spine = Spine(world=bench.world, owner="benchmark", log=log)
    metrics = bench.world.metrics
    told = metrics.decided

    def decided(decision: str, ground: str, seconds: float) -> None:
        told(decision, ground, seconds)
        spine.waited.append(seconds)

    spine.world = replace(bench.world, metrics=_Told(metrics, decided))
    return spine


class _Told:
    """Metrics that also say when something was decided."""

    def __init__(self, metrics: Any, decided: Any) -> None:
        self._metrics, self.decided = metrics, decided

    def __getattr__(self, name: str) -> Any:
        return getattr(self._metrics, name)


def latency(bench: Bench, first: int, rate: float) -> tuple[float, float]:
    """p50 and p99 in milliseconds while tickets arrive at `rate` a second."""
    spine, count = _spine(bench), max(int(rate * LATENCY_SECONDS), 20)
    spine.start()
    feeder = Thread(target=_feed, args=(bench, first, count, rate))
    feeder.start()
    wait_for(spine, count)
    feeder.join()
    spine.stop()
    cuts = statistics.quantiles(spine.waited, n=100, method="inclusive")
    return round(cuts[49] * 1000, 1), round(cuts[98] * 1000, 1)


def _feed(bench: Bench, first: int, count: int, rate: float) -> None:
    began = time.perf_counter()
    for number in range(count):
        time.sleep(max(began + number / rate - time.perf_counter(), 0))
        bench.inbox.submit([finding(first + number, 0)])


def fdatasync_per_second(folder: Path) -> float:
    """How fast this disk makes one page durable, just now."""
    with (folder / "sync").open("wb", buffering=0) as file:
        began = time.perf_counter()
        for _ in range(SYNCS):
            file.write(b"x" * 4096)
            os.fdatasync(file.fileno())
        return round(SYNCS / (time.perf_counter() - began), 1)


LEASE_SECONDS = 60


def queue_of(kind: str, place: Path | str, name: str) -> Any:
    """An empty queue."""
    if kind == "inbox":
        return open_inbox(place, SystemClock(), LEASE_SECONDS)
    from scripts.benchmarks.local_sqs import new_queue  # noqa: PLC0415 - boto3, only when asked for

    return new_queue(name, LEASE_SECONDS)


def measure(given: argparse.Namespace, count: int, batch: int) -> dict[str, Any]:
    """One line: so many playbooks, batches of this size."""
    tickets, pairs = given.tickets, given.pairs
    with tempfile.TemporaryDirectory(prefix="triage-spine-") as name:
        folder = Path(name)
        places = _places(given.store, folder)
        queue = queue_of(given.queue, places[1], f"spine-{count}-{batch}")
        bench = opened(places[0], queue, batch, rules(count))
        raw = Raw(places[2], batch)
        run(bench, [finding(number, 0) for number in range(-50, 0)])
        new_rows(bench.store.database)
        bench.commits = bench.synced = 0
        ratios, rates, cpu = [], [], []
        for pair in range(pairs):
            bodies = [finding(pair * tickets + number, 0) for number in range(tickets)]
            took, used = run(bench, bodies)
            bare = raw.commit(new_rows(bench.store.database), tickets)
            ratios.append(bare / took)
            rates.append(tickets / took)
            cpu.append(used / tickets)
        commits, waited = (n / (pairs * tickets) for n in (bench.commits, bench.synced))
        p50, p99 = latency(bench, pairs * tickets, statistics.median(rates) / 2)
        synced = fdatasync_per_second(folder)
        bench.inbox.close()
        bench.store.close()
        raw.close()
    return {
        "playbooks": count,
        "batch": batch,
        "tickets_per_second": round(statistics.median(rates), 1),
        "ratio_to_raw": round(statistics.median(ratios), 3),
        "ratio_range": [round(min(ratios), 3), round(max(ratios), 3)],
        "commits": round(commits, 3),
        "fdatasync": round(waited, 3),
        "cpu_microseconds": round(statistics.median(cpu) * 1e6),
        "p50_ms": p50,
        "p99_ms": p99,
        "fdatasync_per_second": synced,
        "resident_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss // 1024,
    }


def _places(store: str, folder: Path) -> tuple[Any, Any, Any]:
    if store == "sqlite":
        return folder / "triage.sqlite3", folder / "inbox.sqlite3", folder / "raw.sqlite3"
    from tests.postgres import new_database  # noqa: PLC0415 - the server, only when asked for

    first = new_database()
    return first, first, new_database()


def numbers(text: str) -> list[int]:
    """Read `1,10,100`."""
    return [int(part) for part in text.split(",")]


def main() -> int:
    """Measure every combination in folders that go away."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--store", choices=("sqlite", "postgres"), default="sqlite")
    parser.add_argument("--queue", choices=("inbox", "sqs"), default="inbox")
    parser.add_argument("--playbooks", type=numbers, default=[12, 1000], help="how many, a list")
    parser.add_argument("--batch", type=numbers, default=[1, 10, 100], help="sizes, a list")
    parser.add_argument("--tickets", type=int, default=200, help="tickets a slice")
    parser.add_argument("--pairs", type=int, default=9, help="pairs of slices")
    given = parser.parse_args()
    with _queues(given.queue):
        lines = list(_lines(given))
    print(json.dumps({"store": given.store, "queue": given.queue, "lines": lines}))
    return 0


def _queues(kind: str) -> AbstractContextManager[object]:
    """Whatever has to run beside."""
    if kind == "inbox":
        return nullcontext()
    from scripts.benchmarks.local_sqs import sandbox  # noqa: PLC0415 - boto3, only when asked for

    return sandbox()


def _lines(given: argparse.Namespace) -> Iterator[dict[str, Any]]:
    for count in given.playbooks:
        for batch in given.batch:
            line = measure(given, count, batch)
            print(json.dumps(line), file=sys.stderr, flush=True)
            yield line


if __name__ == "__main__":
    raise SystemExit(main())
