#!/usr/bin/env python3
"""A week of everything going wrong, again and again by seed: is any change to AWS lost or doubled?

usage: scripts/benchmarks/chaos.py [--seeds 500] [--first 1] [--jobs 1] [--http] [--break NAME]
       scripts/benchmarks/chaos.py --seed N [--http] [--break NAME]

Each seed is one simulated week. The engine is the real one (intake, decisions, outbox, repairs,
approvals, timers, kill switch, reverts, SQLite), three workers of it, run step by step by a seeded
scheduler on a simulated clock; AWS is the sandbox with some of the catalogue's resources, each
broken in its way. Findings arrive twice, out of order, forged or unreadable; people approve,
refuse, take back, halt, give up and answer; Security Hub and CloudTrail follow what is written.
Every call may be throttled, denied, fail, be made and never answered, read what is no longer so, or
come after somebody else's change. At every port, a worker may stand aside, sleep past its lease, or
be killed.
Two quiet weeks later an independent look at the store and at the sandbox's own log says whether

- every write was intended before, each by an intent of its own, and nothing was applied twice;
- none began more than two seconds after the kill switch, and none for a forged finding;
- no message, effect or timer was lost, and every case ended closed on a ground or with a person;
- what was said to be repaired, or taken back, was so at that moment;
- every event chain holds, and nobody was told what was not intended.

--seed N prints the whole story of one, the same every time. --http goes through sockets, as the
sandbox itself does; without it they are left out, for they take longer than the rest. --break
plants a defect, which has to be found. The last line is JSON; exits 1 on any violation.
"""

import argparse
import hashlib
import json
import multiprocessing
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator, Sequence
from concurrent.futures import ProcessPoolExecutor
from dataclasses import dataclass
from functools import cache, partial
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT)]

from chaos_defects import DEFECTS, broken  # noqa: E402 - the path comes first
from chaos_laws import violations  # noqa: E402
from chaos_place import Place  # noqa: E402
from chaos_processes import Clock  # noqa: E402
from chaos_sandbox import Local  # noqa: E402
from chaos_scene import START  # noqa: E402
from chaos_week import Week  # noqa: E402

MEMORY = Path("/dev/shm")  # noqa: S108 - a folder of our own below it
SHOWN = 20
HAPPENED = 'SELECT count(*) FROM events WHERE instr(CAST(body AS TEXT), \'"kind":"{}"\') > 0'
FIGURES = {
    "cases": "SELECT count(*) FROM cases",
    "events": "SELECT count(*) FROM events",
    "effects": "SELECT count(*) FROM effects",
    "repairs": HAPPENED.format("proven") + " AND instr(CAST(body AS TEXT), '\"final\":true') > 0",
    "reverted": HAPPENED.format("reverted"),
    "frozen": HAPPENED.format("frozen"),
    "own writes known": HAPPENED.format("own_write"),
    "closed": "SELECT count(*) FROM cases WHERE status = 'closed'",
    "with a person": "SELECT count(*) FROM cases WHERE status = 'escalated'",
}


@dataclass(frozen=True, kw_only=True)
class Outcome:
    """What became of one seed. `digest` is that of its story."""

    seed: int
    counts: Counter[str]
    faults: Counter[str]
    wrong: Sequence[str]
    story: Sequence[str]

    @property
    def digest(self) -> str:
        return hashlib.sha256("\n".join(self.story).encode()).hexdigest()[:16]


@cache
def _local(*, http: bool) -> Local:
    return Local(clock=Clock(START), http=http)


@cache
def _place() -> Place:
    below = MEMORY if MEMORY.is_dir() else None
    return Place(folder=Path(tempfile.mkdtemp(prefix="triage-chaos-", dir=below)))


def run(seed: int, *, http: bool = False, defect: str | None = None) -> Outcome:
    """Live through one week and judge it."""
    with broken(defect):
        week = Week(seed=seed, place=_place(), local=_local(http=http))
        week.live()
        wrong = violations(week)
        counts = week.counts | {
            name: week.raw.execute(query).fetchone()[0] for name, query in FIGURES.items()
        }
        counts["requests"] = week.local.requests
        week.close()
    faults = Counter(week.weather.counts)
    del faults["halted"]  # somebody's word, which `halts` counts
    return Outcome(seed=seed, counts=Counter(counts), faults=faults, wrong=wrong, story=week.story)


def _outcomes(given: argparse.Namespace) -> Iterator[Outcome]:
    seeds = range(given.first, given.first + given.seeds)
    one = partial(run, http=given.http, defect=given.defect)
    if given.jobs == 1:
        yield from map(one, seeds)
        return
    context = multiprocessing.get_context("spawn")
    with ProcessPoolExecutor(max_workers=given.jobs, mp_context=context) as pool:
        yield from pool.map(one, seeds)


def arguments() -> argparse.Namespace:
    """Read the command line."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--seeds", type=int, default=500, help="how many weeks")
    parser.add_argument("--first", type=int, default=1, help="the first seed")
    parser.add_argument("--seed", type=int, help="this one alone, with its whole story")
    parser.add_argument("--jobs", type=int, default=1, help="processes side by side")
    parser.add_argument("--http", action="store_true", help="through sockets")
    parser.add_argument("--break", dest="defect", choices=sorted(DEFECTS), help="plant a defect")
    return parser.parse_args()


def report(given: argparse.Namespace) -> dict[str, object]:
    """Run what was asked for; tell of every seed on stderr, and of everything in the end."""
    began, counts, faults, wrong = time.monotonic(), Counter[str](), Counter[str](), list[str]()
    failing = []
    for number, outcome in enumerate(_outcomes(given), start=1):
        counts += outcome.counts
        faults += outcome.faults
        wrong += [f"seed {outcome.seed}: {why}" for why in outcome.wrong]
        failing += [outcome.seed] if outcome.wrong else []
        seconds = (time.monotonic() - began) / number
        said = f"{len(outcome.wrong)} violations" if outcome.wrong else "well"
        print(f"seed {outcome.seed}  {said}  {seconds:.2f} s each", file=sys.stderr)
    return {
        "seeds": given.seeds,
        "break": given.defect,
        "http": given.http,
        **counts,
        "faults": sum(faults.values()),
        "faults by kind": faults,
        "violations": len(wrong),
        "failing seeds": failing,
        "first": wrong[:SHOWN],
        "seconds": round(time.monotonic() - began, 1),
    }


def story(given: argparse.Namespace) -> dict[str, object]:
    """Print everything that happened in one week, and what was wrong with it."""
    began = time.monotonic()
    outcome = run(given.seed, http=given.http, defect=given.defect)
    for line in (*outcome.story, *(f"VIOLATION {why}" for why in outcome.wrong)):
        print(line)
    return {
        "seed": given.seed,
        **outcome.counts,
        "faults": sum(outcome.faults.values()),
        "violations": len(outcome.wrong),
        "story": outcome.digest,
        "seconds": round(time.monotonic() - began, 1),
    }


def main() -> int:
    """Print the report as the last line."""
    given = arguments()
    told = report(given) if given.seed is None else story(given)
    print(json.dumps(told))
    return 1 if told["violations"] else 0


if __name__ == "__main__":
    raise SystemExit(main())
