#!/usr/bin/env python3
"""Write what analysts of simulated organisations said, as labels that scripts/train.py reads.

usage: scripts/simulate_histories.py SEED... [--days 120] [--out LABELS.jsonl]

An organisation a seed; the same seeds give the same bytes. Messages are written in their vendors'
shapes and read as live ones are, features are computed by the code that scores live tickets, as of
each decision. What is invented stands in scripts/simulated/: kinds.py (what detectors report, and
how often nothing is behind it), organisation.py (accounts, people), events.py (routine, releases,
exercises, attacks), messages.py (how vendors write it), histories.py (who says what, and when).
"""

import argparse
import json
import sys
from collections.abc import Iterable
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.simulated.histories import DAYS, rows  # noqa: E402


def written(seeds: Iterable[int], days: int = DAYS) -> str:
    """The labels of these organisations, a line each."""
    return "".join(json.dumps(row) + "\n" for seed in seeds for row in rows(seed, days))


def arguments() -> argparse.Namespace:
    """Which organisations, and for how long."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("seeds", type=int, nargs="+", metavar="SEED")
    parser.add_argument("--days", type=int, default=DAYS)
    parser.add_argument("--out", type=Path, default=None, help="standard output if not given")
    return parser.parse_args()


def main() -> int:
    """Simulate, write."""
    given = arguments()
    text = written(given.seeds, given.days)
    if given.out is None:
        sys.stdout.write(text)
    else:
        given.out.write_text(text, encoding="utf-8")
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
