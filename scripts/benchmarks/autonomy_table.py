"""A labelled table, split in halves and scored: what the autonomy benchmarks stand on."""

import argparse
import csv
import fnmatch
import gzip
import math
import random  # noqa: TID251 - seeded, and the seed is an option
import sys
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from operator import mul
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent.parent
sys.path.insert(0, str(ROOT))

from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer  # noqa: E402
from triage.judgement.trees import forest_from  # noqa: E402
from triage.ports.trainer import Samples  # noqa: E402

SMOOTHING = 5.0
REAL_RATE = "group's rate of real ones"


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """Rows of numbers with a group and a verdict each; `positive` is the verdict that is real."""

    names: tuple[str, ...]
    rows: list[list[float]]
    groups: list[str]
    verdicts: list[str]
    positive: str

    def real(self, row: int) -> bool:
        return self.verdicts[row] == self.positive


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """Which columns of a file mean what."""

    path: Path
    group: str
    label: str
    positive: str
    exclude: tuple[str, ...]


def ask_for_table(parser: argparse.ArgumentParser) -> None:
    """Ask which file, and which of its columns mean what."""
    add = parser.add_argument
    add("--table", type=Path, required=True, help="CSV file, .gz or not")
    add("--group", default="org", help="column of the organisation")
    add("--label", default="IncidentGrade", help="column of the verdict")
    add("--positive", default="TruePositive", help="the verdict that means real")
    add("--exclude", default="", help="columns left out, patterns with commas in between")


def reading_of(given: argparse.Namespace) -> Reading:
    """Return what `ask_for_table` was told."""
    return Reading(
        path=given.table,
        group=given.group,
        label=given.label,
        positive=given.positive,
        exclude=tuple(one.strip() for one in given.exclude.split(",") if one.strip()),
    )


def read(reading: Reading) -> Table:
    """Read a CSV file; a column that holds no numbers is left out."""
    opened = gzip.open if reading.path.suffix == ".gz" else open
    with opened(reading.path, "rt", newline="") as file:
        records = list(csv.DictReader(file))
    names = [
        name
        for name in records[0]
        if name not in {reading.group, reading.label}
        and not any(fnmatch.fnmatch(name, pattern) for pattern in reading.exclude)
        and all(is_number(record[name]) for record in records)
    ]
    return Table(
        names=tuple(names),
        rows=[[float(record[name] or "nan") for name in names] for record in records],
        groups=[record[reading.group] for record in records],
        verdicts=[record[reading.label] for record in records],
        positive=reading.positive,
    )


def is_number(text: str) -> bool:
    """Does a cell hold a number, or nothing?"""
    try:
        float(text or "nan")
    except ValueError:
        return False
    return True


def halves(table: Table, split: str, chance: random.Random) -> tuple[list[int], list[int]]:
    """Row numbers to train on and to test on: at random, or by group."""
    if split == "random":
        order = chance.sample(range(len(table.rows)), len(table.rows))
        return order[: len(order) // 2], order[len(order) // 2 :]
    groups = sorted(set(table.groups))
    learnt = set(chance.sample(groups, len(groups) // 2))
    training = [row for row, group in enumerate(table.groups) if group in learnt]
    return training, [row for row, group in enumerate(table.groups) if group not in learnt]


def thinned(table: Table, rows: Sequence[int], share: float, chance: random.Random) -> list[int]:
    """Leave out real ones at random until they are `share` of the rows."""
    harmless = [row for row in rows if not table.real(row)]
    real = [row for row in rows if table.real(row)]
    wanted = round(len(harmless) * share / (1 - share))
    return harmless + chance.sample(real, min(wanted, len(real)))


def with_history(table: Table, training: Sequence[int]) -> Table:
    """Add what each group's verdicts were, from the training rows alone and never a row's own."""
    kinds = [table.positive, *sorted(set(table.verdicts) - {table.positive})[1:]]
    learnt = set(training)
    overall = Counter(table.verdicts[row] for row in training)
    seen: dict[str, Counter[str]] = {}
    for row in training:
        seen.setdefault(table.groups[row], Counter())[table.verdicts[row]] += 1

    def columns(row: int) -> list[float]:
        counts = Counter(seen.get(table.groups[row], Counter()))
        if row in learnt:
            counts[table.verdicts[row]] -= 1
        total = sum(counts.values())
        rates = [
            (counts[kind] + SMOOTHING * overall[kind] / len(learnt)) / (total + SMOOTHING)
            for kind in kinds
        ]
        return [*rates, math.log1p(total)]

    names = (REAL_RATE, *(f"group's rate of {kind}" for kind in kinds[1:]), "group's verdicts")
    return Table(
        names=(*table.names, *names),
        rows=[row + columns(number) for number, row in enumerate(table.rows)],
        groups=table.groups,
        verdicts=table.verdicts,
        positive=table.positive,
    )


def scorer(table: Table, training: Sequence[int], model: str = "forest"):  # noqa: ANN201
    """Learn from the training rows; score rows in plain Python, in logits.

    The group's own rate may only raise. Besides being what a reader expects, that keeps trees
    from reading a row's own verdict back out of a leave-one-out rate, which is *lower* for a
    real one than for its harmless neighbour.
    """
    samples = Samples(
        names=table.names,
        rows=[table.rows[row] for row in training],
        real=[table.real(row) for row in training],
        raising=frozenset({REAL_RATE} & set(table.names)),
    )
    if model == "forest":
        return forest_from(ScikitLearnTrainer().forest(samples)).logit_of
    learnt = ScikitLearnTrainer().linear(samples)
    weights = [learnt["weights"][name] for name in table.names]
    return lambda row: learnt["intercept"] + sum(map(mul, weights, row))


def auc(scores: Sequence[float], real: Sequence[bool]) -> float:
    """How often a real one scores above a harmless one; ties count half."""
    places: dict[float, list[int]] = {}
    for score, attack in zip(scores, real, strict=True):
        places.setdefault(score, [0, 0])[attack] += 1
    below, won = 0.0, 0.0
    for score in sorted(places):
        harmless, attacks = places[score]
        won += attacks * (below + harmless / 2)
        below += harmless
    return won / (below * sum(real))
