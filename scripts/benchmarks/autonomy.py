#!/usr/bin/env python3
"""How much may close by licence, and how often does the promise break?

Train and test halves by seed. Calibration labels are drawn with replacement from the test half,
again and again; what each calibration would close is measured over that whole half. Prints one
JSON line for each number of labels and method:

  labels, method, coverage          the share of tickets closed, mean over calibrations
  for_certified, fnr_certified      the promise (null: the method makes none)
  for_realised, fnr_realised        real among closed, and closed among real: means
  violation_frequency, violation_se how often either rate exceeded alpha or beta, and its error
  closing                           the share of calibrations that closed anything

--thin leaves out real tickets of the test half until they are that share of it; the training
half keeps its labels unless --thin-training is given too. Needs the extra `train`.
"""

import argparse
import json
import random  # noqa: TID251 - seeded, and the seed is an option
from collections import Counter
from collections.abc import Sequence

from autonomy_methods import METHODS, Known, Outcome, line, outcome, realised
from autonomy_table import (
    Table,
    ask_for_table,
    auc,
    halves,
    read,
    reading_of,
    scorer,
    thinned,
    with_history,
)

from triage.judgement.gates import Judged, ladder
from triage.judgement.promise import Promise


def majority(table: Table, training: Sequence[int], testing: Sequence[int]) -> Outcome:
    """Close what its group's training labels mostly call harmless; groups without any stay open."""
    seen: dict[str, Counter[bool]] = {}
    for row in training:
        seen.setdefault(table.groups[row], Counter())[table.real(row)] += 1
    closed = [
        row
        for row in testing
        if (counts := seen.get(table.groups[row])) and counts[False] > counts[True]
    ]
    real = sum(table.real(row) for row in testing)
    return outcome(len(closed), sum(table.real(row) for row in closed), len(testing), real)


def calibrations(
    scores: Sequence[float], real: Sequence[bool], labels: int, repeats: int, chance: random.Random
) -> list[Judged]:
    """Draw labelled tickets with replacement, `repeats` times."""
    drawn = []
    for _ in range(repeats):
        rows = chance.choices(range(len(scores)), k=labels)
        drawn.append(Judged.of([scores[row] for row in rows], [real[row] for row in rows]))
    return drawn


def measure(table: Table, given: argparse.Namespace) -> None:
    """Print every line."""
    chance = random.Random(given.seed)  # noqa: S311 - a benchmark
    training, testing = halves(table, given.split, chance)
    testing = thinned(table, testing, given.thin, chance) if given.thin else testing
    if given.thin and given.thin_training:
        training = thinned(table, training, given.thin, chance)
    table = with_history(table, training) if given.history else table
    score = scorer(table, training, given.model)
    scores = [score(table.rows[row]) for row in testing]
    real = [table.real(row) for row in testing]
    everything = Judged.of(scores, real)
    learnt = [score(table.rows[row]) for row in training]
    promise = Promise(
        alpha=given.alpha, beta=given.beta, delta=given.delta, missed_share=given.missed_share
    )
    by_group = majority(table, training, testing)
    for labels in given.labels:
        known = Known(promise=promise, rungs=ladder(learnt, labels, promise))
        drawn = calibrations(scores, real, labels, given.repeats, chance)
        for name, method in METHODS.items():
            outcomes = [realised(method(judged, known), everything) for judged in drawn]
            print(json.dumps(line(labels, name, outcomes, promise)), flush=True)
        print(json.dumps(line(labels, "group majority", [by_group] * given.repeats, promise)))
    if given.verbose:
        print(
            json.dumps(
                {"auc": round(auc(scores, real), 4), "tickets": len(testing), "real": sum(real)}
            )
        )


def arguments() -> argparse.Namespace:
    """What to measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    ask_for_table(parser)
    add = parser.add_argument
    add("--history", action="store_true", help="add the group's own past verdicts")
    add("--split", choices=("random", "group"), default="random")
    add("--thin", type=float, default=0.0, help="share of real tickets to leave")
    add("--thin-training", action="store_true", help="thin the training half too")
    add("--labels", type=lambda text: [int(one) for one in text.split(",")], default=[5000])
    add("--alpha", type=float, default=0.01, help="real among closed, at most")
    add("--beta", type=float, default=0.05, help="closed among real, at most")
    add("--delta", type=float, default=0.05, help="the chance that either fails, at most")
    add("--missed-share", type=float, default=0.8, help="how much of delta beta may spend")
    add("--model", choices=("forest", "linear"), default="forest")
    add("--repeats", type=int, default=200, help="calibrations")
    add("--seed", type=int, default=0)
    add("--verbose", action="store_true", help="end with a line about the model itself")
    return parser.parse_args()


def main() -> int:
    """Read, then measure."""
    given = arguments()
    measure(read(reading_of(given)), given)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
