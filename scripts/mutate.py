#!/usr/bin/env python3
"""Do the tests notice small mistakes? Makes some, one at a time, and says which nobody noticed.

usage: scripts/mutate.py [--package triage/playbook --package triage/stages] [--sample 300]
                         [--seed 1] [--tests tests/unit --tests tests/property] [--data FILE]
                         [--tests-max 150] [--seconds 120] [--again REPORT] [--help]

1. The tests run once under coverage, which tells which test runs which line (`--data FILE` keeps
   that, or uses it where it is there).
2. So many mutants (scripts/mutants.py) are drawn at random from the packages' files.
3. Each is made in a process of its own, forked after everything was imported: the code of live
   functions is replaced, what they remembered is forgotten, and the tests that run the line are
   run, those named like the file first, until one fails. What takes `--seconds` counts as noticed.
   Of more than `--tests-max` tests the first run: what survives them may not survive all.

Prints a line for each mutant on stderr, and as its last line JSON: the share killed, its 95 %
interval (Wilson) and the survivors.
"""

import argparse
import functools
import gc
import json
import os
import random  # noqa: TID251 - seeded, so that the same sample can be drawn again
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from math import sqrt
from pathlib import Path
from types import CodeType, FunctionType
from typing import Any

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

import pytest  # noqa: E402 - the path comes first
from coverage import CoverageData  # noqa: E402

from scripts.mutants import Mutant, mutants, mutated  # noqa: E402 - the path comes first

NOTICED, SURVIVED, UNTESTED, SLOW, UNMADE = "killed", "survived", "no test", "too slow", "unmade"
IMPORTED = "on import"
UNTRIED = frozenset({UNMADE, IMPORTED})
"""What runs while files are imported ran before the mutant was made; neither counts."""
COUNT_AS_KILLED = frozenset({NOTICED, SLOW})
CODES = {0: SURVIVED, 4: UNMADE, 5: UNMADE, 99: UNMADE}
"""What a process ends with when no test failed: 4 and 5 are pytest's when it found none."""
QUIET = ("-p", "no:cacheprovider", "-p", "no:randomly", "-q", "-x", "--no-header", "--tb=no")
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
        return f"{self.path.relative_to(ROOT)}:{self.mutant.line}"


def measured(data: Path, packages: Sequence[str], tests: Sequence[str]) -> None:
    """Run the tests once, keeping which line each of them runs."""
    settings = data.with_suffix(".rc")
    settings.write_text(f"[run]\ndata_file = {data}\nsource = {','.join(packages)}\n")
    words = ["--cov", f"--cov-config={settings}", "--cov-context=test", "--cov-report="]
    command = [sys.executable, "-m", "pytest", *QUIET[:5], *words, "-m", "not slow", *tests]
    ran = subprocess.run(command, cwd=ROOT, check=False, stdout=subprocess.DEVNULL)
    if ran.returncode:
        raise SystemExit("the tests fail without any mutant; run them first")


def drawn(
    data: Path, packages: Sequence[str], tests_max: int, pick: random.Random, sample: int
) -> list[Drawn]:
    """Draw mutants; in the order drawn, so that the first of them are a sample as well."""
    files = [path for package in packages for path in sorted((ROOT / package).rglob("*.py"))]
    every = [(path, one) for path in files for one in mutants(path.read_text())]
    print(f"{len(every)} mutants in {len(files)} files", file=sys.stderr)
    some = pick.sample(range(len(every)), min(sample, len(every)))
    running = tests_of(data)
    return [
        _drawn(path, one, running.get(str(path), {}), tests_max)
        for path, one in (every[index] for index in some)
    ]


def tests_of(data: Path) -> Mapping[str, Mapping[int, Sequence[str]]]:
    """Which tests run which line of which file."""
    found = CoverageData(str(data))
    found.read()
    return {path: found.contexts_by_lineno(path) for path in found.measured_files()}


def _drawn(path: Path, one: Mutant, lines: Mapping[int, Sequence[str]], tests_max: int) -> Drawn:
    near = range(one.statement, one.line + 1)
    contexts = {name.rpartition("|")[0] for line in near for name in lines.get(line, ())}
    named = path.stem.replace("_", "")
    order = sorted(contexts - {""}, key=lambda test: (named not in test.replace("_", ""), test))
    return Drawn(path, one, tuple(order[:tests_max]), imported=contexts == {""})


def codes(module: CodeType) -> Iterator[CodeType]:
    """Every function's code in a file, in one order."""
    for constant in module.co_consts:
        if isinstance(constant, CodeType):
            yield constant
            yield from codes(constant)


def make(path: Path, number: int) -> int:
    """Replace the code of live functions of a file by that of a mutant; how many were."""
    source = path.read_text()
    before = compile(source, str(path), "exec")
    after = compile(mutated(source, number), str(path), "exec")
    pairs = zip(codes(before), codes(after), strict=False)
    other = {old: new for old, new in pairs if old.co_qualname == new.co_qualname and old != new}
    made = 0
    for one in gc.get_objects():
        if isinstance(one, FunctionType) and (new := other.get(one.__code__)) is not None:
            with suppress(ValueError):  # it closes over something else
                one.__code__ = new
                made += 1
    return made


def forget() -> None:
    """Forget what functions remembered of what they came to."""
    for one in gc.get_objects():
        if isinstance(one, functools._lru_cache_wrapper):  # noqa: SLF001 - there is no other name
            one.cache_clear()


def tried(one: Drawn, seconds: float) -> str:
    """Make a mutant in a process of its own and run its tests there."""
    if not one.tests:
        return IMPORTED if one.imported else UNTESTED
    if (child := os.fork()) == 0:
        os._exit(_in_child(one))
    until = time.monotonic() + seconds
    while time.monotonic() < until:
        ended, status = os.waitpid(child, os.WNOHANG)
        if ended:
            return CODES.get(os.waitstatus_to_exitcode(status), NOTICED)
        time.sleep(0.02)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)
    return SLOW


def _in_child(one: Drawn) -> int:
    silent = os.open(os.devnull, os.O_WRONLY)
    os.dup2(silent, 1)
    os.dup2(silent, 2)
    if not make(one.path, one.mutant.number):
        return 99
    forget()
    return int(pytest.main([*QUIET, *one.tests]))


def warm(tests: Sequence[str]) -> None:
    """Import every test, so that forked processes need not."""
    files = sorted({test.partition("::")[0] for test in tests})
    with tempfile.TemporaryFile() as silent:
        kept = os.dup(1)
        os.dup2(silent.fileno(), 1)
        pytest.main([*QUIET, "--collect-only", *files])
        os.dup2(kept, 1)


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
    parser.add_argument("--tests-max", type=int, default=150, help="of one mutant")
    parser.add_argument("--seconds", type=float, default=120.0, help="that one may take")
    given = parser.parse_args()
    packages = given.package or ["triage/playbook", "triage/stages"]
    tests = given.tests or ["tests/unit", "tests/property"]
    os.chdir(ROOT)
    with tempfile.TemporaryDirectory() as folder:
        data = (given.data or Path(folder) / "coverage").resolve()
        if not data.exists():
            measured(data, packages, tests)
        some = drawn(data, packages, given.tests_max, random.Random(given.seed), given.sample)  # noqa: S311
    if given.again:
        rows = json.loads(given.again.read_text().splitlines()[-1])["survivors"]
        before = {(row["place"], row["what"]) for row in rows}
        some = [one for one in some if (one.place, one.mutant.what) in before]
    warm([test for one in some for test in one.tests])
    found: list[tuple[Drawn, str]] = []
    with suppress(KeyboardInterrupt):  # what was tried until then is told
        for one in some:
            found.append((one, tried(one, given.seconds)))
            print(_told(*found[-1]), file=sys.stderr, flush=True)
    print(json.dumps(report(found)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
