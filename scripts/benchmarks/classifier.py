#!/usr/bin/env python3
"""What the classifier costs a worker: scoring a ticket, deciding one, starting up.

usage: scripts/benchmarks/classifier.py [--rows 4000] [--repeats 2000] [--starts 5] [--help]

A model is trained in a process of its own, on rows drawn from a seed, and written as a worker reads
it: with boosted trees, and without. Here, without scikit-learn, the same rows are scored. Prints a
table on stderr and, as its last line, JSON:

  linear, trees         microseconds a row of scikit-learn's own and of ours (with all shares, for
                        the explanation), their ratio, and the greatest difference between scores
  decision              microseconds of a whole decision on stored evidence without trees and with
  start                 without trees and with: seconds until a worker is wired and its playbooks
                        are read (the second start and later), of the clock and of the processor,
                        its resident MiB, and which of scikit-learn, NumPy and SciPy it has imported

Needs the extra `train`, for the process that trains.
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))

from triage.adapters.files.playbooks import read_model, read_playbooks  # noqa: E402
from triage.adapters.system.clock import SystemClock  # noqa: E402
from triage.domain.message import Message  # noqa: E402
from triage.engine.rules import Rules  # noqa: E402
from triage.judgement.features import FEATURES  # noqa: E402
from triage.judgement.score import Model, model_from, score  # noqa: E402
from triage.remediations.vocabulary import VOCABULARY  # noqa: E402
from triage.stages.conclude import conclude  # noqa: E402
from triage.stages.normalise import normalise  # noqa: E402

TRAIN = """
import json, random, sys, time
from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer
from triage.judgement.features import FEATURES, RAISING
from triage.ports.trainer import Samples

rows_wanted, repeats = map(int, sys.argv[1:])
chance = random.Random(0)
rows = [[chance.random() for _ in FEATURES] for _ in range(rows_wanted)]
real = [sum(row[:3]) + chance.gauss(0, 0.5) > 2 for row in rows]
samples = Samples(names=tuple(FEATURES), rows=rows, real=real, raising=RAISING)
trainer = ScikitLearnTrainer()
boosted = trainer.boosted(samples)
from sklearn.linear_model import LogisticRegression
plain = LogisticRegression().fit(rows, real)
tried = rows[:50]

def timed(model):
    spans = []
    for number in range(min(repeats, 300)):
        row = [tried[number % len(tried)]]
        began = time.perf_counter()
        model.predict_proba(row)
        spans.append(time.perf_counter() - began)
    return sorted(spans)[len(spans) // 2] * 1e6

named = dict(zip(FEATURES, map(float, plain.coef_[0])))
print(json.dumps({
    "linear": {"intercept": float(plain.intercept_[0]), "weights": named},
    "trees": trainer.forest(samples),
    "rows": tried,
    "microseconds": {"linear": timed(plain), "trees": timed(boosted)},
    "scores": {
        "linear": [float(one) for one in plain.predict_proba(tried)[:, 1]],
        "trees": [float(one) for one in boosted.predict_proba(tried)[:, 1]],
    },
}))
"""
START = """
import json, resource, sys, time
began = time.perf_counter()
import triage.cli.running
from triage.wiring.bootstrap import opened_world, settings
with opened_world(settings()) as opened:
    opened.world.rules.at(opened.world.clock.now())
    seconds, busy = time.perf_counter() - began, time.process_time()
    trees = opened.world.rules.model.forest is not None
print(json.dumps({
    "seconds": seconds,
    "cpu_seconds": busy,
    "trees": trees,
    "resident_mib": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    "imported": [one for one in ("sklearn", "numpy", "scipy") if one in sys.modules],
}))
"""


def child(code: str, *words: str, **environment: str) -> dict[str, Any]:
    """Run Python in a process of its own; return the JSON of its last line."""
    # One thread: with several, scikit-learn's own wait for one another where others are busy.
    outside = {**os.environ, "PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}  # noqa: TID251 - a child's
    given = {**outside, **environment}
    command = [sys.executable, "-c", code, *words]
    done = subprocess.run(command, env=given, capture_output=True, check=False, text=True)
    if done.returncode:
        raise SystemExit(done.stderr)
    return dict(json.loads(done.stdout.splitlines()[-1]))


def median_microseconds(work: Callable[[int], object], repeats: int) -> float:
    """The median time of one call, which is given its number."""
    spans = []
    for number in range(repeats):
        began = time.perf_counter()
        work(number)
        spans.append(time.perf_counter() - began)
    return statistics.median(spans) * 1e6


def scoring(
    model: Model,
    rows: Sequence[dict[str, float]],
    theirs: Sequence[float],
    cost: float,
    repeats: int,
) -> dict[str, float]:
    """Score the same rows; `cost` is what scikit-learn takes for one, in microseconds."""
    ours = median_microseconds(lambda number: score(model, rows[number % len(rows)]), repeats)
    apart = max(
        abs(score(model, row).score - other) for row, other in zip(rows, theirs, strict=True)
    )
    return {
        "scikit_learn": round(cost, 1),
        "ours": round(ours, 1),
        "ratio": round(ours / cost, 4),
        "difference": apart,
    }


def unclipped(content: dict[str, Any]) -> dict[str, Any]:
    """The model with weights that no rule of ours clips: what is compared is the arithmetic."""
    weights = {name: abs(weight) for name, weight in content["linear"]["weights"].items()}
    return {**content["linear"], "weights": weights, "name": "measured", "veto_at": 0.9}


def deciding(models: Sequence[Model], repeats: int) -> list[float]:
    """A whole decision of a recorded attack under the library that ships, by each model."""
    body = (ROOT / "models" / "canaries" / "attacks.jsonl").read_bytes().splitlines()[0]
    now = SystemClock().now()
    (ticket,) = normalise(Message(id="m", body=body, received=now)).parts
    files = read_playbooks(ROOT / "playbooks")
    spans = []
    for model in models:
        context = Rules(files=files, vocabulary=VOCABULARY, model=model).at(now)
        spans.append(median_microseconds(lambda _: conclude(ticket, {}, context), repeats))  # noqa: B023
    return [round(span, 1) for span in spans]


def starting(model: Path, folder: Path, starts: int) -> dict[str, Any]:
    """Start a worker's wiring again and again; the first start checks playbooks for later ones."""
    given = {"TRIAGE_PATHS__MODEL": str(model), "TRIAGE_PATHS__DATA": str(folder)}
    runs = [child(START, **given) for _ in range(starts + 1)][1:]
    names = ("seconds", "cpu_seconds", "resident_mib")
    return {
        **{name: round(statistics.median(one[name] for one in runs), 3) for name in names},
        "trees": runs[0]["trees"],
        "imported": sorted({name for one in runs for name in one["imported"]}),
    }


def arguments() -> argparse.Namespace:
    """How much to measure."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    add = parser.add_argument
    add("--rows", type=int, default=4000, help="rows to learn from")
    add("--repeats", type=int, default=2000, help="calls a median is of")
    add("--starts", type=int, default=5)
    return parser.parse_args()


def main() -> int:
    """Train aside, then measure."""
    given = arguments()
    learnt = child(TRAIN, str(given.rows), str(given.repeats))
    rows = [dict(zip(FEATURES, row, strict=True)) for row in learnt["rows"]]
    content = unclipped(learnt)
    linear, grown = content | learnt["linear"], content | {"trees": learnt["trees"]}
    costs, theirs = learnt["microseconds"], learnt["scores"]
    found: dict[str, Any] = {
        name: scoring(model_from(name, one), rows, theirs[name], costs[name], given.repeats)
        for name, one in {"linear": linear, "trees": grown}.items()
    }
    shipped = model_from("shipped", read_model(ROOT / "models" / "simulated.json"))
    spans = deciding([shipped, model_from("trees", grown)], given.repeats // 4)
    found["decision"] = dict(zip(("shipped", "trees"), spans, strict=True))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "model.json"
        path.write_text(json.dumps(grown))
        models = {"shipped": ROOT / "models" / "simulated.json", "trees": path}
        found["start"] = {
            name: starting(model, Path(folder) / "data", given.starts)
            for name, model in models.items()
        }
    for name, values in found.items():
        print(f"{name:<10}{values}", file=sys.stderr)
    print(json.dumps(found))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
