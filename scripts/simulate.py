#!/usr/bin/env python3
"""What a load needs: workers, database and look-ups, simulated from what one machine measured.

usage: scripts/simulate.py --measured SPINE.json [--per-day 10000000] [--peak 3] [--workers 0]
                           [--batch 100] [--cases 16] [--rounds 2] [--wait-ms 150]
                           [--accounts 200] [--looked-up 0.3] [--archive] [--seed 0] [--help]

SPINE.json is the last line that scripts/benchmarks/spine.py printed (or a file that ends with it).
First it reproduces that machine: the same batches, evidence that answers at once, full load for the
rate and half of it for the times. Then it asks what `--per-day` needs at `--peak` times its mean:
the fewest workers (or the given number) whose 99th percentile from receipt to decision stays within
a minute, how busy each part is, how many CloudTrail look-ups wait for their budget of two a second
in an account and Region, and what a month costs.

A worker is one process: its interpreter serves intake and two deciders one at a time; waiting for
evidence and for commits keeps nobody else waiting. The database serves so many commits side by
side. Prints a table on stderr and, as its last line, JSON.
"""

import argparse
import json
import random  # noqa: TID251 - seeded from the command line
import statistics
import sys
from collections import Counter
from collections.abc import Generator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

import simpy

DECIDERS = 2
LOOKUPS_PER_SECOND = 2
"""CloudTrail's LookupEvents, in one account and Region; AWS documents two a second."""
WORKERS_MAX = 512
WITHIN_SECONDS = 60.0
DAY_SECONDS = 86_400
MONTH_SECONDS = 30 * DAY_SECONDS
POLL_SECONDS = 0.02


@dataclass(frozen=True, kw_only=True)
class Prices:
    """Dollars, list prices of us-east-1 in 2026; --prices overrides any of them."""

    worker_hour: float = 0.0494
    """Fargate: one vCPU and two GiB."""
    database_hour: float = 0.712
    """RDS for PostgreSQL, db.m7g.xlarge in two zones."""
    database_gib_month: float = 0.23
    requests_million: float = 0.40
    """Amazon SQS, standard queue."""


@dataclass(frozen=True, kw_only=True)
class Costs:
    """Seconds: what a ticket and a batch take of the interpreter, and a commit of the disk."""

    ticket: float
    batch: float
    commit: float


@dataclass(frozen=True, kw_only=True)
class Load:
    """What arrives, and what it is answered with."""

    rate: float
    """Tickets a second; 0 keeps every worker supplied, to find out how fast it can go."""
    batch: int
    cases: int
    """Cases that a decider works on side by side."""
    workers: int = 1
    commits_at_once: int = 1
    wait: float = 0.0
    """Seconds in which evidence answers, at the median."""
    rounds: int = 1
    """How often a ticket asks, each time for what the last answers showed to matter."""
    looked_up: float = 0.0
    """The share of tickets that need LookupEvents."""
    accounts: int = 1
    seconds: float = 10.0


@dataclass(kw_only=True)
class Site:
    """Everything that is shared: the queue, what is due, the database, the budgets."""

    env: simpy.Environment
    load: Load
    costs: Costs
    chance: random.Random
    queue: simpy.Store = field(init=False)
    due: simpy.Store = field(init=False)
    disk: simpy.Resource = field(init=False)
    free_at: Counter[int] = field(default_factory=Counter)
    decided: list[tuple[float, float]] = field(default_factory=list)
    busy: Counter[str] = field(default_factory=Counter)
    waited: list[float] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.queue, self.due = simpy.Store(self.env), simpy.Store(self.env)
        self.disk = simpy.Resource(self.env, capacity=self.load.commits_at_once)

    def commit(self) -> Generator[Any, Any, None]:
        """One transaction, on disk when it ends."""
        with self.disk.request() as turn:
            yield turn
            self.busy["database"] += self.costs.commit
            yield self.env.timeout(self.costs.commit)

    def evidence(self) -> float:
        """Seconds until a batch's slowest answer is there; budgets are kept in advance."""
        slowest = 0.0
        for _ in range(self.load.cases if self.load.wait else 0):
            answers = (self.chance.lognormvariate(0, 0.6) for _ in range(self.load.rounds))
            answered = sum(answers) * self.load.wait
            slowest = max(slowest, answered + self._budget())
        return slowest

    def _budget(self) -> float:
        if self.chance.random() >= self.load.looked_up:
            return 0.0
        account = self.chance.randrange(self.load.accounts)
        start = max(self.free_at[account], self.env.now)
        self.free_at[account] = start + 1 / LOOKUPS_PER_SECOND  # type: ignore[assignment]
        self.waited.append(start - self.env.now)
        return start - self.env.now


def arrivals(site: Site) -> Generator[Any, Any, None]:
    """Tickets as they come: at random moments, or as many as anybody can take."""
    rate = site.load.rate
    while True:
        if rate:
            yield site.env.timeout(site.chance.expovariate(rate))
            yield site.queue.put(site.env.now)
        else:
            while len(site.queue.items) < site.load.batch * site.load.workers * 2:
                yield site.queue.put(site.env.now)
            yield site.env.timeout(POLL_SECONDS / 10)


def taken(store: simpy.Store, at_most: int) -> list[float]:
    """What is there by now, up to a batch."""
    some = store.items[:at_most]
    del store.items[:at_most]
    return some


def intake(site: Site, interpreter: simpy.Resource) -> Generator[Any, Any, None]:
    """Take a batch from the queue and record it."""
    while True:
        batch = taken(site.queue, site.load.batch)
        if not batch:
            yield site.env.timeout(POLL_SECONDS)
            continue
        yield from work(site, interpreter, batch, share=0.25)
        yield from site.commit()
        site.due.items.extend(batch)


def decider(site: Site, interpreter: simpy.Resource) -> Generator[Any, Any, None]:
    """Judge a batch that is due, wait for its evidence, commit it."""
    while True:
        batch = taken(site.due, site.load.cases)
        if not batch:
            yield site.env.timeout(POLL_SECONDS)
            continue
        yield site.env.timeout(site.evidence())
        yield from work(site, interpreter, batch, share=0.75)
        yield from site.commit()
        site.decided.extend((site.env.now, site.env.now - came) for came in batch)


def work(
    site: Site, interpreter: simpy.Resource, batch: Sequence[float], *, share: float
) -> Generator[Any, Any, None]:
    """Hold the interpreter for this part of what a batch costs."""
    seconds = (site.costs.ticket * len(batch) + site.costs.batch) * share
    with interpreter.request() as turn:
        yield turn
        site.busy["workers"] += seconds
        yield site.env.timeout(seconds)


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What came of it once it was warm."""

    tickets_per_second: float
    p50_ms: float
    p99_ms: float
    workers_busy: float
    database_busy: float
    lookup_wait_p99: float
    backlog: int


def simulate(load: Load, costs: Costs, seed: int) -> Outcome:
    """Let it run; the first fifth is not counted."""
    env = simpy.Environment()
    site = Site(env=env, load=load, costs=costs, chance=random.Random(seed))  # noqa: S311 - draws, no secrets
    env.process(arrivals(site))
    for _ in range(load.workers):
        interpreter = simpy.Resource(env, capacity=1)
        env.process(intake(site, interpreter))
        for _ in range(DECIDERS):
            env.process(decider(site, interpreter))
    env.run(until=load.seconds)
    warm = load.seconds / 5
    counted = [waited for at, waited in site.decided if at >= warm] or [load.seconds]
    return Outcome(
        tickets_per_second=len(counted) / (load.seconds - warm),
        p50_ms=_at(counted, 50) * 1000,
        p99_ms=_at(counted, 99) * 1000,
        workers_busy=site.busy["workers"] / load.seconds / load.workers,
        database_busy=site.busy["database"] / load.seconds / load.commits_at_once,
        lookup_wait_p99=_at(site.waited or [0.0], 99),
        backlog=len(site.queue.items) + len(site.due.items),
    )


def _at(values: Sequence[float], percent: int) -> float:
    if len(values) < 2:  # noqa: PLR2004 - quantiles need two
        return values[0]
    return statistics.quantiles(values, n=100, method="inclusive")[percent - 1]


def fitted(lines: Sequence[Mapping[str, Any]]) -> Costs:
    """Costs by least squares: what a ticket takes is `ticket + batch / size`."""
    sizes = [1 / line["batch"] for line in lines]
    took = [line["cpu_microseconds"] / 1e6 for line in lines]
    if len(set(sizes)) == 1:
        slope, start = 0.0, statistics.mean(took)
    else:
        slope, start = statistics.linear_regression(sizes, took)
    synced = statistics.median(line["fdatasync_per_second"] for line in lines)
    return Costs(ticket=max(start, 0.0), batch=max(slope, 0.0), commit=1 / synced)


def reproduced(
    lines: Sequence[Mapping[str, Any]], costs: Costs, seed: int
) -> list[dict[str, float]]:
    """Each measured line beside what the simulation makes of it."""
    rows = []
    for line in lines:
        busy = Load(rate=0, batch=line["batch"], cases=line["batch"])
        full = simulate(busy, costs, seed)
        half = replace(busy, rate=line["tickets_per_second"] / 2)
        calm = simulate(half, costs, seed)
        rows.append(
            {
                "batch": line["batch"],
                "measured_per_second": line["tickets_per_second"],
                "simulated_per_second": round(full.tickets_per_second, 1),
                "measured_p50_ms": line["p50_ms"],
                "simulated_p50_ms": round(calm.p50_ms, 1),
                "measured_p99_ms": line["p99_ms"],
                "simulated_p99_ms": round(calm.p99_ms, 1),
            }
        )
    return rows


def fewest(load: Load, costs: Costs, seed: int) -> tuple[Load, Outcome]:
    """The least number of workers that keep up within a minute, by halving."""
    low, high = 1, 1
    while not _keeps_up(load, high, costs, seed) and high < WORKERS_MAX:
        low, high = high + 1, high * 2
    while low < high:
        middle = (low + high) // 2
        if _keeps_up(load, middle, costs, seed):
            high = middle
        else:
            low = middle + 1
    found = replace(load, workers=high)
    return found, simulate(found, costs, seed)


def _keeps_up(load: Load, workers: int, costs: Costs, seed: int) -> bool:
    outcome = simulate(replace(load, workers=workers), costs, seed)
    return outcome.p99_ms <= WITHIN_SECONDS * 1000 and outcome.backlog < load.rate * 2 + load.batch


def dollars(
    load: Load, per_day: float, kept: Mapping[str, float], prices: Prices
) -> Mapping[str, float]:
    """What a month costs, part by part."""
    month = per_day * 30
    hours = MONTH_SECONDS / 3600
    gib = month * kept["bytes"] / 2**30
    # Sent by ten, received by ten, deleted by ten.
    parts = {
        "workers": load.workers * hours * prices.worker_hour,
        "database": hours * prices.database_hour,
        "database_storage": gib * min(kept["days"], 30) / 30 * prices.database_gib_month,
        "queue": month * 0.3 / 1e6 * prices.requests_million,
    }
    return {
        name: round(value, 2) for name, value in {**parts, "month": sum(parts.values())}.items()
    }


def lines_of(path: Path) -> list[dict[str, Any]]:
    """The lines of the benchmark's last line. Raises ValueError with what is wrong."""
    try:
        found: list[dict[str, Any]] = json.loads(path.read_text().splitlines()[-1])["lines"]
    except (OSError, IndexError, KeyError, json.JSONDecodeError) as error:
        message = f"{path}: not what scripts/benchmarks/spine.py prints ({error})"
        raise ValueError(message) from error
    most = max(line["playbooks"] for line in found)
    return [line for line in found if line["playbooks"] == most]


def arguments() -> argparse.Namespace:
    """What was asked for."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--measured", type=Path, required=True, help="what spine.py printed")
    parser.add_argument("--per-day", type=float, default=10_000_000, help="tickets a day")
    parser.add_argument("--peak", type=float, default=3.0, help="the busiest hour over the mean")
    parser.add_argument("--workers", type=int, default=0, help="so many; 0: the fewest that do")
    parser.add_argument("--batch", type=int, default=100, help="tickets a batch")
    parser.add_argument("--cases", type=int, default=16, help="cases a decider has in hand")
    parser.add_argument("--rounds", type=int, default=2, help="rounds of reads a ticket")
    parser.add_argument("--accounts", type=int, default=200, help="accounts times Regions")
    parser.add_argument("--looked-up", type=float, default=0.3, help="share with LookupEvents")
    parser.add_argument("--archive", action="store_true", help="the trail archive answers those")
    parser.add_argument("--wait-ms", type=float, default=150.0, help="median answer of AWS")
    parser.add_argument("--commits-at-once", type=int, default=8, help="of the database")
    parser.add_argument("--bytes", type=float, default=9000.0, help="stored a ticket")
    parser.add_argument("--days", type=float, default=30.0, help="raw bodies are kept")
    parser.add_argument("--prices", type=json.loads, default={}, help="JSON; see Prices")
    parser.add_argument("--seconds", type=float, default=60.0, help="simulated")
    parser.add_argument("--seed", type=int, default=0)
    return parser.parse_args()


def needed(given: argparse.Namespace, costs: Costs) -> dict[str, Any]:
    """What the load asks for."""
    load = Load(
        rate=given.per_day / DAY_SECONDS * given.peak,
        batch=given.batch,
        cases=given.cases,
        rounds=given.rounds,
        workers=max(given.workers, 1),
        commits_at_once=given.commits_at_once,
        wait=given.wait_ms / 1000,
        looked_up=0.0 if given.archive else given.looked_up,
        accounts=given.accounts,
        seconds=given.seconds,
    )
    if given.workers:
        outcome = simulate(load, costs, given.seed)
    else:
        load, outcome = fewest(load, costs, given.seed)
    kept = {"bytes": given.bytes, "days": given.days}
    return {
        "per_day": given.per_day,
        "peak_per_second": round(load.rate, 1),
        "workers": load.workers,
        **{name: round(value, 3) for name, value in vars(outcome).items()},
        "lookups_per_second": round(load.rate * load.looked_up, 1),
        "lookups_allowed": load.accounts * LOOKUPS_PER_SECOND,
        "dollars": dollars(load, given.per_day, kept, Prices(**given.prices)),
    }


def main() -> int:
    """Reproduce what was measured, then ask what is needed."""
    given = arguments()
    try:
        lines = lines_of(given.measured)
    except ValueError as error:
        print(f"triage: {error}", file=sys.stderr)
        return 2
    costs = fitted(lines)
    same = reproduced(lines, costs, given.seed)
    for row in same:
        print(json.dumps(row), file=sys.stderr)
    need = needed(given, costs)
    for name, value in need.items():
        print(f"{name:>20}  {value}", file=sys.stderr)
    print(json.dumps({"costs": vars(costs), "reproduced": same, "needed": need}))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
