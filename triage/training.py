"""Wiring of training: the record in, a model, its challenger and its card out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage import Store
from triage.adapters.storage.history import SqlHistory
from triage.domain.json import Record
from triage.engine.labelling import seen, signed_by
from triage.engine.teaching import NAMES, Lesson, Row, lesson, ranked
from triage.judgement.features import features_hash
from triage.judgement.labels import EMBARGO
from triage.judgement.score import Model, model_from, score
from triage.judgement.trees import forest_from
from triage.licensing import listed
from triage.ports.trainer import Trainer
from triage.settings import Settings


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to train: its name, where it goes, from when labels only measure, when it objects."""

    name: str
    out: Path
    since: datetime
    calibrate_from: datetime | None = None
    veto_at: float = 0.9


def train(found: Settings, store: Store, trainer: Trainer, wish: Wish) -> Mapping[str, str]:
    """Learn from the verdicts on record; write three files. Raises Untrainable."""
    signed = signed_by(listed(found), SshVerifier())
    learnt = lesson(seen(SqlHistory(store.database), wish.since, signed), wish.calibrate_from)
    samples = learnt.samples
    linear, trees = trainer.linear(samples), trainer.forest(samples)
    last = learnt.taught[-1].label.given
    content = {
        "name": wish.name,
        **linear,
        "veto_at": wish.veto_at,
        "taught_until": last.isoformat(),
    }
    lines = _measured(learnt, model_from(wish.name, content), trees)
    wish.out.mkdir(parents=True, exist_ok=True)
    _write(wish, ".json", json.dumps(content, indent=2))
    _write(wish, ".trees.json", json.dumps(trees))
    _write(wish, ".md", _card(wish, learnt, lines))
    return lines


def _write(wish: Wish, suffix: str, text: str) -> None:
    (wish.out / f"{wish.name}{suffix}").write_text(text + "\n", encoding="utf-8")


def _measured(learnt: Lesson, model: Model, trees: Record) -> Mapping[str, str]:
    forest = forest_from(trees)

    def scored(rows: Sequence[Row]) -> list[float]:
        return [score(model, dict(zip(NAMES, row.values, strict=True))).score for row in rows]

    challenger = [forest.logit_of(row.values) for row in learnt.measured]
    return {
        "taught": _line(scored(learnt.taught), learnt.taught),
        "measured": _line(scored(learnt.measured), learnt.measured),
        "challenger": _line(challenger, learnt.measured),
    }


def _line(scores: Sequence[float], rows: Sequence[Row]) -> str:
    real = [row.label.real for row in rows]
    area = ranked(scores, real)
    shown = "unknown" if area is None else f"{area:.3f}"
    return f"{len(rows)} labels, {sum(real)} real, AUC {shown}"


def _card(wish: Wish, learnt: Lesson, lines: Mapping[str, str]) -> str:
    first, last = learnt.taught[0].label.given, learnt.taught[-1].label.given
    return f"""# {wish.name}: model card

- **What it is.** Logistic regression over {len(NAMES)} features, trained on people's verdicts.
  Boosted trees on the same rows stand beside it as a challenger; nothing reads them.
- **Data.** Signed verdicts on this store, blind or on drawn closes, one an incident.
- **Window.** Taught by verdicts from {first:%Y-%m-%d} to {last:%Y-%m-%d}; measured on later
  ones, {EMBARGO.days} day apart. What taught it certifies nothing.
- **Taught by.** {lines["taught"]}.
- **Measured on.** {lines["measured"]}; the challenger: {lines["challenger"]}.
- **Features.** `{features_hash()}`.
- **Limits.** It carries no licence. It knows the organisation that labelled it and no other, and
  what people called harmless by mistake it calls harmless too."""
