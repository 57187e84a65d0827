#!/usr/bin/env python3
"""Train the classifier that ships, on simulated organisations, and write it with its model card.

usage: scripts/train_shipped.py [--check] [--labels LABELS.jsonl] [--out models]

Writes simulated.json and simulated.md, the same whenever it is run: four organisations teach, their
later labels set the veto, two others measure. --check writes nothing and says whether what is
committed is what the seeds give (numbers within 1e-6, the card to the letter). --labels keeps what
taught, which scripts/train.py reads too. Needs the extra `train`.
"""

import argparse
import hashlib
import json
import math
import sys
import tempfile
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

ROOT = Path(__file__).resolve().parent.parent
sys.path.insert(0, str(ROOT))

from scripts.simulate_histories import DAYS, written  # noqa: E402
from scripts.train import divided, read, samples_of  # noqa: E402
from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer  # noqa: E402
from triage.domain.account import Account, Tier  # noqa: E402
from triage.engine.decoys import attacks  # noqa: E402
from triage.engine.teaching import ranked  # noqa: E402
from triage.judgement.features import FEATURES, features, features_hash  # noqa: E402
from triage.judgement.labels import EMBARGO  # noqa: E402
from triage.judgement.score import Model, model_from, score  # noqa: E402

NAME = "simulated"
TAUGHT_BY, HELD_OUT = (1, 2, 3, 4), (101, 102)
"""Seeds of organisations: those that teach and set the veto, and those that only measure."""
VETOED_MAX = 0.02
"""At most so much of what people called harmless may be vetoed (0-1)."""
STEP = 100
"""The veto is a whole number of hundredths."""
APART_MAX = 1e-6
REAL_MIN = 10
"""With fewer real tickets a slice's AUC says nothing."""
RECEIVED = datetime(2026, 11, 24, tzinfo=UTC)
Row = dict[str, Any]


def learnt(parts: dict[str, list[Row]]) -> dict[str, Any]:
    """The model as it is written: weights of the earlier labels, the veto of the later ones."""
    content = {"name": NAME, **ScikitLearnTrainer().linear(samples_of(parts["taught"]))}
    unset = model_from(NAME, {**content, "veto_at": 1.0})
    harmless = [row for row in parts["measured"] if not row["real"]]
    return {**content, "veto_at": veto(scores(unset, harmless))}


def veto(harmless: Sequence[float]) -> float:
    """The lowest score from which on hardly anything harmless is vetoed."""
    allowed = VETOED_MAX * len(harmless)
    steps = (number / STEP for number in range(1, STEP + 1))
    return next(at for at in steps if sum(one >= at for one in harmless) <= allowed)


def scores(model: Model, rows: Sequence[Row]) -> list[float]:
    """Score rows as tickets are scored."""
    return [score(model, row["features"]).score for row in rows]


def slices(model: Model, rows: Sequence[Row]) -> Iterator[str]:
    """Table rows: the whole, then by source, tier and class."""
    yield _slice("all", model, rows)
    for name in ("source", "tier", "class"):
        for value in sorted({row[name] for row in rows}):
            of_it = [row for row in rows if row[name] == value]
            yield _slice(f"{name} {value}", model, of_it)


def _slice(name: str, model: Model, rows: Sequence[Row]) -> str:
    found, real = scores(model, rows), [row["truth"] for row in rows]
    area = ranked(found, real) if sum(real) >= REAL_MIN else None
    shown = "too few real" if area is None else f"{area:.3f}"
    pairs = list(zip(found, real, strict=True))
    shares = (_vetoed(model, pairs, real=one) for one in (True, False))
    cells = (name, len(rows), sum(real), shown, *shares)
    return "| " + " | ".join(map(str, cells)) + " |"


def _vetoed(model: Model, pairs: Sequence[tuple[float, bool]], *, real: bool) -> str:
    of_them = [found >= model.veto_at for found, attack in pairs if attack is real]
    return f"{100 * sum(of_them) / len(of_them):.1f}%" if of_them else "-"


def canaries(model: Model) -> Iterator[str]:
    """Table rows: what recorded attacks score in production and in a sandbox."""
    path = ROOT / "models" / "canaries" / "attacks.jsonl"
    for ticket in attacks(path.read_bytes().splitlines(), RECEIVED):
        accounts = (
            Account(id=ticket.account, tier=tier, listed=True)
            for tier in (Tier.PRODUCTION, Tier.SANDBOX)
        )
        found = [score(model, features(ticket, account)) for account in accounts]
        cells = [f"{one.score:.2f}{' (veto)' if one.veto else ''}" for one in found]
        yield f"| `{ticket.type}`, severity {ticket.severity.score} | {' | '.join(cells)} |"


def card(
    content: dict[str, Any], parts: dict[str, list[Row]], held_out: list[Row], text: str
) -> str:
    """Say what it is, in Markdown."""
    model = model_from(NAME, content)
    taught, measured = parts["taught"], parts["measured"]
    weights = "\n".join(
        f"| {name} | {FEATURES[name].words} | {FEATURES[name].provenance} | {weight:+.2f} |"
        for name, weight in content["weights"].items()
    )
    return CARD.format(
        name=NAME,
        count=len(FEATURES),
        seeds=_listed(TAUGHT_BY),
        others=_listed(HELD_OUT),
        days=DAYS,
        digest=hashlib.sha256(text.encode()).hexdigest(),
        taught=len(taught),
        taught_real=sum(row["real"] for row in taught),
        taught_from=f"{taught[0]['given']:%Y-%m-%d}",
        taught_to=f"{taught[-1]['given']:%Y-%m-%d}",
        measured=len(measured),
        measured_from=f"{measured[0]['given']:%Y-%m-%d}",
        embargo=EMBARGO.days,
        veto=f"{model.veto_at:.2f}",
        vetoed=f"{100 * VETOED_MAX:.0f}%",
        later=_slice("later labels of the organisations that taught", model, measured),
        slices="\n".join(slices(model, held_out)),
        intercept=f"{model.intercept:+.2f}",
        weights=weights,
        canaries="\n".join(canaries(model)),
        features=features_hash(),
    )


def _listed(seeds: Sequence[int]) -> str:
    return ", ".join(map(str, seeds))


CARD = """# {name}: model card

- **Data: simulated.** Nobody's tickets and nobody's verdicts are in it. It learnt from
  organisations that `scripts/simulate_histories.py` makes up, so what it knows of how often an
  alarm is real is what somebody wrote into `scripts/simulated/`, and no figure below says how well
  it does at yours.
- **What it is.** Logistic regression over {count} features. It orders the tickets that no
  playbook closes, and it vetoes: a close of a ticket that scores {veto} or more goes to a person.
- **What it may do.** Raise. It argues for no close, and it carries no licence: what closes by
  licence is earned on your own people's verdicts, with any model (docs/autonomy.md).
- **Seeds.** {seeds} taught and set the veto; {others} are other organisations, which only measured.
  {days} days each. `scripts/train_shipped.py` makes this file and `{name}.json` again;
  `--check` holds what is committed against the seeds.
- **Window.** Simulated time. {taught} labels from {taught_from} to {taught_to} taught,
  {taught_real} of them real; {measured} from {measured_from} on set the veto, {embargo} day apart.
  One label an incident and day; analysts err; some tickets nobody answers.
- **Veto.** {veto} is the lowest hundredth at which at most {vetoed} of the later labels that people
  called harmless are vetoed. It is no statement about what stays below it.
- **Hashes.** Labels that taught and set the veto: SHA-256 `{digest}`.
  Features: `{features}`.

## What it measures

Against what really happened, which only a simulation knows; real is an attack or something left
open that was a risk. AUC is how often a real ticket scores above a harmless one.

| | tickets | real | AUC | real vetoed | harmless vetoed |
|---|---|---|---|---|---|
{later}
{slices}

Where AUC is near a half it does not tell real from harmless within that slice: there nothing that
it looks at differs, in this simulation, and its rank is that of the slice.

## What it looks at

| feature | in words | who chooses it | weight |
|---|---|---|---|
{weights}

Intercept {intercept}. Weights of what others may influence are never below 0.

## Recorded attacks (`canaries/attacks.jsonl`)

| | production | sandbox |
|---|---|---|
{canaries}

A probe of low severity looks like every other: it is not vetoed. It closes on no ground of its own,
and a licence that would let it close falls.

## Limits

- It carries no licence, and no licence of another model passes to it.
- Macie, Access Analyzer, CloudWatch, Health, Network Firewall, CloudFormation and findings in OCSF
  are not in the simulation: there it goes by severity, class and account alone.
- What an attack looks like is an invention: stages one after another, most of them seen by
  GuardDuty.
- It knows nothing of answers to questions; rules do.
- An organisation's own verdicts reach it through one number alone, how often this type and tier was
  a true positive in the last 90 days. `triage judge train` learns all of it from your own.
"""


def made(labels: Path) -> tuple[dict[str, Any], str]:
    """Simulate, train, measure: the model and its card. `labels` is where what taught goes."""
    text = written(TAUGHT_BY)
    labels.write_text(text, encoding="utf-8")
    parts = divided(read(labels), None)
    content = learnt(parts)
    held_out = [json.loads(line) for line in written(HELD_OUT).splitlines()]
    return content, card(content, parts, held_out, text)


def differs(committed: dict[str, Any], content: dict[str, Any]) -> str:
    """What of a model is not what the seeds give; "" when all is."""
    if set(committed) != set(content) or set(committed["weights"]) != set(content["weights"]):
        return "it has other parts"
    pairs = {name: (one, content["weights"][name]) for name, one in committed["weights"].items()}
    pairs |= {name: (committed[name], content[name]) for name in ("intercept", "veto_at")}
    apart = [name for name, two in pairs.items() if not math.isclose(*two, abs_tol=APART_MAX)]
    return f"other numbers: {', '.join(apart)}" if apart else ""


def check(out: Path, content: dict[str, Any], said: str) -> int:
    """Say what is stale, and how to make it again."""
    why = differs(json.loads((out / f"{NAME}.json").read_text()), content)
    stale = [f"{NAME}.json: {why}"] if why else []
    if (out / f"{NAME}.md").read_text() != said:
        stale.append(f"{NAME}.md: another card")
    for line in stale:
        print(f"{line}; run scripts/train_shipped.py")
    return int(bool(stale))


def arguments() -> argparse.Namespace:
    """Whether to write, and where."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--check", action="store_true")
    parser.add_argument("--labels", type=Path, default=None)
    parser.add_argument("--out", type=Path, default=ROOT / "models")
    return parser.parse_args()


def main() -> int:
    """Make it, then write or compare."""
    given = arguments()
    with tempfile.TemporaryDirectory() as folder:
        content, said = made(given.labels or Path(folder) / "labels.jsonl")
    if given.check:
        return check(given.out, content, said)
    (given.out / f"{NAME}.json").write_text(json.dumps(content, indent=2) + "\n")
    (given.out / f"{NAME}.md").write_text(said)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
