#!/usr/bin/env python3
"""Train a classifier on people's verdicts, and write it with its model card.

usage: scripts/train.py LABELS.jsonl --name NAME [--out models] [--calibrate-from 2026-10-01]

Each line of the file is one counted label (triage/judgement/labels.py), one a cluster:

  {"given": "2026-09-01T10:00:00+00:00", "cluster": "...", "real": false,
   "features": {"severity": 0.5, ...}}

Labels given a day or more before --calibrate-from teach (default: the first 70% by time); those
from it on only measure. Writes NAME.json, what a worker scores with, NAME.trees.json, a challenger
that nothing reads yet, and NAME.md, the card. A model carries no licence; its labels may earn one.
Needs the extra `train`.
"""

import argparse
import hashlib
import json
import sys
from datetime import UTC, datetime, timedelta
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer  # noqa: E402
from triage.engine.teaching import ranked  # noqa: E402
from triage.judgement.features import FEATURES, RAISING, features_hash  # noqa: E402
from triage.judgement.labels import EMBARGO  # noqa: E402
from triage.judgement.score import model_from, score  # noqa: E402
from triage.judgement.trees import forest_from  # noqa: E402
from triage.ports.trainer import Samples  # noqa: E402

NAMES = tuple(FEATURES)
TAUGHT = 0.7


def read(path: Path) -> list[dict]:
    """Read labels, in order of time, the last of each cluster. Raises SystemExit naming a line."""
    found: dict[str, dict] = {}
    for number, text in enumerate(path.read_text().splitlines(), start=1):
        try:
            row = json.loads(text)
            row["given"] = datetime.fromisoformat(row["given"]).astimezone(UTC)
            row["values"] = [float(row["features"].get(name, 0.0)) for name in NAMES]
            found[str(row["cluster"])] = row | {"real": row["real"] is True}
        except (ValueError, KeyError, TypeError, AttributeError) as error:
            raise SystemExit(f"{path}:{number}: no label ({error}); see --help") from error
    return sorted(found.values(), key=lambda row: row["given"])


def measured(scores: list[float], rows: list[dict]) -> str:
    """One line of the card."""
    real = [row["real"] for row in rows]
    auc = ranked(scores, real)
    return f"{len(rows)} labels, {sum(real)} real, AUC " + (
        "unknown" if auc is None else f"{auc:.3f}"
    )


def card(name: str, source: Path, parts: dict[str, list[dict]], lines: dict[str, str]) -> str:
    """Say what the model is, in Markdown."""
    learnt = parts["taught"]
    digest = hashlib.sha256(source.read_bytes()).hexdigest()
    return f"""# {name}: model card

- **What it is.** Logistic regression over {len(NAMES)} features, trained on people's verdicts.
  Boosted trees on the same rows stand beside it as a challenger; nothing reads them.
- **Data.** `{source.name}`, SHA-256 `{digest}`.
- **Window.** Taught by verdicts from {learnt[0]["given"]:%Y-%m-%d}
  to {learnt[-1]["given"]:%Y-%m-%d}; measured on later ones, {EMBARGO.days} day apart.
- **Taught by.** {lines["taught"]}.
- **Measured on.** {lines["measured"]}; the challenger: {lines["challenger"]}.
- **Features.** `{features_hash()}`.
- **Limits.** It carries no licence. It knows the organisation that labelled it and no other, and
  what people called harmless by mistake it calls harmless too.
"""


def arguments() -> argparse.Namespace:
    """What to train on."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("labels", type=Path)
    parser.add_argument("--name", required=True)
    parser.add_argument("--out", type=Path, default=ROOT / "models")
    parser.add_argument("--calibrate-from", type=datetime.fromisoformat, default=None)
    parser.add_argument("--veto-at", type=float, default=0.9)
    return parser.parse_args()


def divided(rows: list[dict], starts: datetime | None) -> dict[str, list[dict]]:
    """Rows that teach, and rows that measure, with the embargo in between."""
    if not rows:
        raise SystemExit("there are no labels")
    starts = starts.astimezone(UTC) if starts else rows[int(TAUGHT * len(rows))]["given"]
    gap = starts - max(EMBARGO, timedelta(0))
    return {
        "taught": [row for row in rows if row["given"] < gap],
        "measured": [row for row in rows if row["given"] >= starts],
    }


def samples_of(rows: list[dict]) -> Samples:
    """What a trainer takes."""
    return Samples(
        names=NAMES,
        rows=[row["values"] for row in rows],
        real=[row["real"] for row in rows],
        raising=RAISING,
    )


def main() -> int:
    """Train, measure, write."""
    given = arguments()
    parts = divided(read(given.labels), given.calibrate_from)
    samples, trainer = samples_of(parts["taught"]), ScikitLearnTrainer()
    content = {"name": given.name, **trainer.linear(samples), "veto_at": given.veto_at}
    model, trees = model_from(given.name, content), trainer.forest(samples)
    forest = forest_from(trees)
    linear = {
        part: [score(model, row["features"]).score for row in rows] for part, rows in parts.items()
    }
    lines = {part: measured(linear[part], rows) for part, rows in parts.items()}
    challenger = [forest.logit_of(row["values"]) for row in parts["measured"]]
    lines["challenger"] = measured(challenger, parts["measured"])
    given.out.mkdir(parents=True, exist_ok=True)
    (given.out / f"{given.name}.json").write_text(json.dumps(content, indent=2) + "\n")
    (given.out / f"{given.name}.trees.json").write_text(json.dumps(trees) + "\n")
    (given.out / f"{given.name}.md").write_text(card(given.name, given.labels, parts, lines))
    print(json.dumps(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
