#!/usr/bin/env python3
"""Do the tests notice small mistakes? Makes some, one at a time, and says which nobody noticed.

usage: scripts/mutate.py [--package triage/playbook --package triage/stages] [--sample 300]
                         [--seed 1] [--tests tests/unit --tests tests/acceptance] [--data FILE]
                         [--budget 20] [--seconds 60] [--again REPORT] [--help]

1. The tests run once under coverage, which tells which test runs which line, and how long each of
   them takes (`--data FILE` keeps that, or uses it where it is there).
2. So many mutants (scripts/mutants.py) are drawn at random from the packages' files.
3. Each is made in a process of its own, forked after every test was collected: the code of live
   functions is replaced, what they remembered is forgotten, and the tests that run the line are
   run, those named like the file first, then the quickest, until one fails. What takes `--seconds`
   of CPU counts as noticed. Of more tests than take `--budget` seconds together the first run: what
   survives them may not survive all.

Prints a line for each mutant on stderr, and as its last line JSON: the share killed, its 95 %
interval (Wilson) and the survivors.
"""

import argparse
import functools
import gc
import json
import os
import random  # noqa: TID251 - seeded, so that the same sample can be drawn again
import resource
import signal
import sys
import tempfile
import time
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field
from math import sqrt
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402 - the path comes first

from scripts.lines_run import QUIET, measured, tests_of, times_beside  # noqa: E402 - likewise
from scripts.mutants import Mutant, mutants, mutated  # noqa: E402 - the path comes first

NOTICED, SURVIVED, UNTESTED, SLOW, UNMADE = "killed", "survived", "no test", "too slow", "unmade"
IMPORTED = "on import"
UNTRIED = frozenset({UNMADE, IMPORTED})
"""What runs while files are imported ran before the mutant was made; neither counts."""
COUNT_AS_KILLED = frozenset({NOTICED, SLOW})
OUT_OF_TIME = frozenset({-signal.SIGXCPU, -signal.SIGKILL})
CODES = {0: SURVIVED, 4: UNMADE, 5: UNMADE, 99: UNMADE}
"""What a process ends with when no test failed: 4 and 5 are pytest's when it found none."""
TOOK_USUALLY = 0.05
"""Seconds of a test whose time is not known."""
TIMES_LONGER = 5
"""How much longer than its seconds of CPU a mutant may take: it waits, or the machine is busy."""
Live = Mapping[str, Mapping[CodeType, Sequence[FunctionType]]]
"""Functions by the file they stand in and by their code."""
Placed = tuple[Path, Mutant]
Memories = Sequence[Callable[[], None]]
Z = 1.959964


@dataclass(frozen=True, slots=True)
class Drawn:
    """A mutant of a file, and the tests that run its line."""

    path: Path
    mutant: Mutant
    tests: tuple[str, ...]
    imported: bool

    @property
    def place(self) -> str:
        return place_of(self.path, self.mutant)


def all_of(packages: Sequence[str]) -> Sequence[Placed]:
    """Every mutant of every file."""
    files = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    every = [(path, one) for path in files for one in mutants(path.read_text())]
    print(f"{len(every)} mutants in {len(files)} files", file=sys.stderr)
    return every


def sampled(every: Sequence[Placed], pick: random.Random, sample: int) -> list[Placed]:
    """Draw mutants; in the order drawn, so that the first of them are a sample as well."""
    return pick.sample(every, min(sample, len(every)))


def survivors(every: Iterable[Placed], told: Path) -> list[Placed]:
    """The mutants that survived in a report."""
    rows = json.loads(told.read_text().splitlines()[-1])["survivors"]
    before = {(row["place"], row["what"]) for row in rows}
    return [(path, one) for path, one in every if (place_of(path, one), one.what) in before]


def place_of(path: Path, one: Mutant) -> str:
    """Where a mutant is, for people and reports."""
    return f"{path.relative_to(ROOT)}:{one.line}"


def drawn(some: Iterable[Placed], data: Path, budget: float) -> list[Drawn]:
    """Give each mutant the tests that run its line."""
    running, beside = tests_of(data), times_beside(data)
    took = json.loads(beside.read_text()) if beside.exists() else {}
    return [_drawn(path, one, running.get(str(path), {}), took, budget) for path, one in some]


def _drawn(
    path: Path,
    one: Mutant,
    lines: Mapping[int, Sequence[str]],
    took: Mapping[str, float],
    budget: float,
) -> Drawn:
    near = range(one.statement, one.line + 1)
    contexts = {name.rpartition("|")[0] for line in near for name in lines.get(line, ())}
    named = path.stem.replace("_", "")
    times = {test: took.get(test, TOOK_USUALLY) for test in contexts - {""}}
    order = sorted(times, key=lambda test: (named not in test.replace("_", ""), times[test], test))
    return Drawn(path, one, tuple(_affordable(order, times, budget)), imported=contexts == {""})


def _affordable(order: Sequence[str], times: Mapping[str, float], budget: float) -> Iterator[str]:
    """The first of some tests that together take no longer; one at least."""
    spent = 0.0
    for test in order:
        if spent and spent + times[test] > budget:
            return
        spent += times[test]
        yield test


def pairs(before: CodeType, after: CodeType) -> Iterator[tuple[CodeType, CodeType]]:
    """Every function's code before and after a mistake; not within one that has more or fewer."""
    inner, others = _inner(before), _inner(after)
    if len(inner) == len(others):
        for old, new in zip(inner, others, strict=True):
            yield old, new
            yield from pairs(old, new)


def _inner(code: CodeType) -> list[CodeType]:
    return [constant for constant in code.co_consts if isinstance(constant, CodeType)]


def alive(paths: Iterable[Path]) -> Live:
    """Every function there is that stands in one of these files."""
    found: dict[str, dict[CodeType, list[FunctionType]]] = {str(path): {} for path in paths}
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and one.__code__.co_filename in found:
            found[one.__code__.co_filename].setdefault(one.__code__, []).append(one)
    return found


def make(path: Path, number: int, live: Live) -> int:
    """Replace the code of live functions of a file by that of a mutant; how many were."""
    source = path.read_text()
    before = compile(source, str(path), "exec")
    after = compile(mutated(source, number), str(path), "exec")
    made = 0
    for old, new in pairs(before, after):
        for one in live[str(path)].get(old, ()) if old != new else ():
            try:
                one.__code__ = new
            except ValueError:  # it closes over something else, and cannot be made while it lives
                return 0
            made += 1
    return made


def memories() -> Memories:
    """What makes functions forget what they came to."""
    caches = functools._lru_cache_wrapper  # noqa: SLF001 - there is no other name
    return [one.cache_clear for one in gc.get_objects() if isinstance(one, caches)]


@dataclass(slots=True)
class Trial:
    """Stands in for pytest's own loop: tries every mutant on the tests that were collected.

    In a process that was forked for a mutant, pytest's loop goes on with that mutant's tests.
    """

    some: Sequence[Drawn]
    seconds: int
    found: list[tuple[Drawn, str]] = field(default_factory=list)
    forked: bool = False

    @pytest.hookimpl(tryfirst=True)
    def pytest_runtestloop(self, session: pytest.Session) -> bool | None:
        """Try the mutants in the order drawn, until all were or somebody interrupts."""
        live, forgets = alive({one.path for one in self.some}), memories()
        gc.freeze()  # so that no forked process copies all of it by looking through it
        items = {item.nodeid: item for item in session.items}
        with suppress(KeyboardInterrupt):
            for one in self.some:
                outcome = self._tried(one, live, forgets)
                if self.forked:
                    session.items = [items[test] for test in one.tests if test in items]
                    return None
                self.found.append((one, outcome))
                print(_told(one, outcome), file=sys.stderr, flush=True)
        return True

    def _tried(self, one: Drawn, live: Live, forgets: Memories) -> str:
        if not one.tests:
            return IMPORTED if one.imported else UNTESTED
        if (child := os.fork()) == 0:
            self.forked = True
            self._make(one, live)
            for forget in forgets:
                forget()
            return ""
        return _ended(child, self.seconds * TIMES_LONGER)

    def _make(self, one: Drawn, live: Live) -> None:
        silent = os.open(os.devnull, os.O_WRONLY)
        os.dup2(silent, 2)
        resource.setrlimit(resource.RLIMIT_CPU, (self.seconds, self.seconds + 1))
        if not make(one.path, one.mutant.number, live):
            os._exit(99)


def _ended(child: int, seconds: float) -> str:
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            code = os.waitstatus_to_exitcode(status)
            return SLOW if code in OUT_OF_TIME else CODES.get(code, NOTICED)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return SLOW


def trial(some: Sequence[Drawn], seconds: int) -> list[tuple[Drawn, str]]:
    """Try mutants: collect what tests there are, then each in a process of its own."""
    files = sorted({test.partition("::")[0] for one in some for test in one.tests})
    tries = Trial(some, seconds)
    kept, silent = os.dup(1), os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    code = pytest.main([*QUIET, *files], plugins=[tries])
    if tries.forked:
        os._exit(int(code))
    os.dup2(kept, 1)
    return tries.found


def interval(killed: int, of: int) -> tuple[float, float]:
    """Wilson's 95 % interval of a share."""
    share, square = killed / of, Z * Z / of
    middle = (share + square / 2) / (1 + square)
    half = Z * sqrt(share * (1 - share) / of + square / of / 4) / (1 + square)
    return round(middle - half, 3), round(middle + half, 3)


def _told(one: Drawn, outcome: str) -> str:
    return f"{outcome:9} {one.place}  {one.mutant.what}"


def line_of(one: Drawn) -> str:
    """The line a mutant is on, as it is."""
    return one.path.read_text().splitlines()[one.mutant.line - 1].strip()


def report(found: Sequence[tuple[Drawn, str]]) -> dict[str, Any]:
    """The share of mutants that were noticed, and the others."""
    made = [(one, outcome) for one, outcome in found if outcome not in UNTRIED]
    killed = sum(outcome in COUNT_AS_KILLED for _, outcome in made)
    rows = [
        {"place": one.place, "what": one.mutant.what, "line": line_of(one), "outcome": outcome}
        for one, outcome in made
        if outcome not in COUNT_AS_KILLED
    ]
    return {
        "made": len(made),
        "untried": len(found) - len(made),
        "killed": killed,
        "share": round(killed / len(made), 3),
        "interval": interval(killed, len(made)),
        "survivors": rows,
    }


def main() -> int:
    """Draw, try, tell."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--package", action="append", help="a folder to make mistakes in")
    parser.add_argument("--tests", action="append", help="tests that should notice")
    parser.add_argument("--sample", type=int, default=300, help="how many mutants")
    parser.add_argument("--seed", type=int, default=1, help="which of them")
    parser.add_argument("--again", type=Path, help="only what survived in this report")
    parser.add_argument("--data", type=Path, help="keep, or use, which test runs which line")
    parser.add_argument("--budget", type=float, default=20.0, help="seconds of tests of a mutant")
    parser.add_argument("--seconds", type=int, default=60, help="of CPU that one may take")
    given = parser.parse_args()
    packages = given.package or ["triage/playbook", "triage/stages"]
    tests = given.tests or ["tests/unit", "tests/property", "tests/acceptance"]
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        data = (given.data or Path(folder) / "coverage").resolve()
        if not data.exists():
            measured(data, packages, tests)
        every = all_of(packages)
        some = (
            survivors(every, given.again)
            if given.again
            else sampled(every, random.Random(given.seed), given.sample)  # noqa: S311
        )
        chosen = drawn(some, data, given.budget)
    print(json.dumps(report(trial(chosen, given.seconds))))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
