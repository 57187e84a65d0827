#!/usr/bin/env python3
"""How long it takes to find the playbooks that speak about an event, next to parsing the event.

usage: scripts/benchmarks/matching.py [--rules 10,100,1000,10000] [--mode skewed|uniform]
       [--events 400] [--rule-file F --event-file F] [--no-reference] [--help]

Prints one JSON line for each number of rules. `us_index`, `us_reference` (each pattern by itself,
as documented) and `us_orjson` are microseconds an event; `ratio_to_orjson` is the median of pairs
of slices that take turns, since only figures of the same moment can be compared. An event is
matched right after it was parsed, as the engine does, and the parse taken off: its strings are new,
so their hashes have to be computed. `us_index_parsed` and `ratio_parsed` match events that were
parsed before, as benchmarks often do. The index keeps what it found out about values, and they come
by again and again in a run: `us_index_unseen` is what each event of the second half costs when it
comes by once, after the first half did.
`hits` and `hits_reference` must be equal.

With files (JSON lines: EventBridge patterns, raw events) the rules are the first so many of the
file; without, both are made up: `skewed` as life is, a few kinds of events making up most of them
and rules written about those, `uniform` with every kind alike. A line that cannot be used is named
and nothing is measured (exit 2); hits that differ make it fail (exit 1).
"""

import argparse
import json
import resource
import statistics
import sys
import time
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from scripts.benchmarks.generated import Mode, events_of, rules_of  # noqa: E402 - the path is first
from tests.reference_matcher import reference_matches  # noqa: E402
from triage.playbook.index import Matcher  # noqa: E402
from triage.playbook.pattern import Pattern, PatternInvalid, compile_pattern  # noqa: E402

SLICE_SECONDS_MAX = 0.5
PAIRS_MIN = 9
EXIT_UNUSABLE = 2
REFERENCE_SECONDS_MAX = 60.0
"""The reference tries every pattern by itself; it is stopped here, and hits counted so far."""


@dataclass(frozen=True, kw_only=True)
class Measured:
    """Microseconds an event, and their ratio in each pair of slices."""

    us_index: float
    us_index_parsed: float
    us_orjson: float
    ratios: Sequence[float]
    ratios_parsed: Sequence[float]


def per_event(run: Callable[[Any], object], events: Sequence[Any]) -> float:
    """Microseconds an event, in one slice of bounded length."""
    began, done = time.process_time(), 0
    while (took := time.process_time() - began) < SLICE_SECONDS_MAX / 4 or not done:
        for event in events:
            run(event)
        done += len(events)
    return took / done * 1e6


def measure(matcher: Matcher, events: Sequence[Any], bodies: Sequence[bytes]) -> Measured:
    """Take turns: parse, match, parse, match."""
    parses, both, parsed = [], [], []
    loads, matching = orjson.loads, matcher.matching
    for event in events:
        matching(event)
    for _ in range(PAIRS_MIN):
        parses.append(per_event(loads, bodies))
        both.append(per_event(lambda body: matching(loads(body)), bodies))
        parsed.append(per_event(matching, events))
    pairs = list(zip(parses, both, strict=True))
    return Measured(
        us_index=statistics.median(whole - parse for parse, whole in pairs),
        us_index_parsed=statistics.median(parsed),
        us_orjson=statistics.median(parses),
        ratios=sorted((whole - parse) / parse for parse, whole in pairs),
        ratios_parsed=sorted(one / parse for parse, one in zip(parses, parsed, strict=True)),
    )


def unseen(patterns: Sequence[Pattern], bodies: Sequence[bytes]) -> float | None:
    """Microseconds an event that never came by, with what was kept of as many others."""
    half = len(bodies) // 2
    if not half:
        return None
    matcher = Matcher(patterns)
    events = list(map(orjson.loads, bodies))
    for event in events[:half]:
        matcher.matching(event)
    began = time.process_time()
    for event in events[half:]:
        matcher.matching(event)
    return (time.process_time() - began) / (len(events) - half) * 1e6


def reference(rules: Sequence[Any], events: Sequence[Any]) -> tuple[float, list[list[int]]]:
    """Microseconds an event, and what matches each; as many events as time allows."""
    began, found = time.perf_counter(), []
    for event in events:
        found.append([at for at, rule in enumerate(rules) if reference_matches(rule, event)])
        if time.perf_counter() - began > REFERENCE_SECONDS_MAX:
            break
    return (time.perf_counter() - began) / len(found) * 1e6, found


def line(rules: Sequence[Any], bodies: Sequence[bytes], *, check: bool) -> dict[str, Any]:
    """One size of rules, measured."""
    patterns = [compile_pattern(rule) for rule in rules]
    began = time.perf_counter()
    matcher = Matcher(patterns)
    build_ms = (time.perf_counter() - began) * 1e3
    rss_mib = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    events = [orjson.loads(body) for body in bodies]
    measured = measure(matcher, events, bodies)
    us_reference, expected = reference(rules, events) if check else (None, [])
    found = [list(matcher.matching(event)) for event in events[: len(expected) or len(events)]]
    us_unseen = unseen(patterns, bodies)
    return {
        "rules": len(rules),
        "events": len(events),
        "bytes_per_event": round(statistics.mean(map(len, bodies))),
        "us_index": round(measured.us_index, 2),
        "us_index_unseen": us_unseen and round(us_unseen, 2),
        "us_reference": us_reference and round(us_reference, 1),
        "us_orjson": round(measured.us_orjson, 2),
        "ratio_to_orjson": round(statistics.median(measured.ratios), 3),
        "us_index_parsed": round(measured.us_index_parsed, 2),
        "ratio_parsed": round(statistics.median(measured.ratios_parsed), 3),
        "ratio_range": [round(measured.ratios[0], 3), round(measured.ratios[-1], 3)],
        "hits": sum(map(len, found)),
        "hits_reference": sum(map(len, expected)) if check else None,
        "events_compared": len(expected),
        "same": found == expected if check else None,
        "hits_per_event": round(sum(map(len, found)) / len(found), 2),
        "groups": matcher.groups,
        "candidates_per_event": round(statistics.mean(map(matcher.candidates, events)), 2),
        "build_ms": round(build_ms, 1),
        "rss_mib": round(rss_mib, 1),
    }


class Unusable(ValueError):
    """A line of a file is not what it has to be."""

    def __init__(self, path: Path, line: int, problem: object) -> None:
        super().__init__(f"{path}:{line}: {problem}")


def objects_of(path: Path, check: Callable[[Any], object]) -> list[tuple[Any, bytes]]:
    """Read the objects of a file of JSON lines, with their bytes; empty lines say nothing.

    Raises Unusable for the first line that is no JSON object, or that `check` does not take.
    """
    found = []
    for number, body in enumerate(path.read_bytes().splitlines(), 1):
        if not body.strip():
            continue
        try:
            value = orjson.loads(body)
            if not isinstance(value, dict):
                raise Unusable(path, number, "this is no JSON object")
            check(value)
        except (orjson.JSONDecodeError, PatternInvalid) as problem:
            raise Unusable(path, number, problem) from problem
        found.append((value, body))
    if not found:
        raise Unusable(path, 1, "there is nothing in this file")
    return found


def given(options: argparse.Namespace) -> Iterator[tuple[list[Any], list[bytes]]]:
    """Rules and bodies for each size."""
    sizes = [int(one) for one in options.rules.split(",")]
    if options.rule_file:
        rules = [rule for rule, _ in objects_of(options.rule_file, compile_pattern)]
        bodies = [body for _, body in objects_of(options.event_file, bool)]
        for size in sorted({min(size, len(rules)) for size in sizes}):
            yield rules[:size], bodies
        return
    for size in sizes:
        mode = Mode(options.mode)
        bodies = [orjson.dumps(one) for one in events_of(mode, options.events)]
        yield rules_of(mode, size), bodies


def main() -> int:
    """Print a line for each size; fail when hits differ."""
    parser = argparse.ArgumentParser(
        description=str(__doc__), formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--rules", default="10,100,1000,10000", help="how many, with commas")
    parser.add_argument("--mode", choices=list(Mode), default=Mode.SKEWED, help="what is made up")
    parser.add_argument("--events", type=int, default=400, help="how many are made up")
    parser.add_argument("--rule-file", type=Path, help="patterns, one a line")
    parser.add_argument("--event-file", type=Path, help="events, one a line")
    parser.add_argument("--no-reference", action="store_true", help="do not check the hits")
    options = parser.parse_args()
    if bool(options.rule_file) != bool(options.event_file):
        parser.error("--rule-file and --event-file go together")
    right = True
    try:
        for rules, bodies in given(options):
            found = line(rules, bodies, check=not options.no_reference)
            right = right and found["same"] is not False
            print(json.dumps(found), flush=True)
    except (Unusable, OSError) as problem:
        print(problem, file=sys.stderr)
        return EXIT_UNUSABLE
    return 0 if right else 1


if __name__ == "__main__":
    raise SystemExit(main())
