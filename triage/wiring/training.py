"""Wiring of training: the record in, a model, its challenger and its card out."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage import Store
from triage.adapters.storage.history import SqlHistory
from triage.engine.granting import PROMISE
from triage.engine.labelling import seen, signed_by
from triage.engine.teaching import NAMES, Lesson, Row, lesson, ranked
from triage.judgement.contest import shows
from triage.judgement.features import features_hash
from triage.judgement.labels import EMBARGO
from triage.judgement.score import Model, model_from, score
from triage.ports.trainer import Trainer
from triage.settings import Settings
from triage.wiring.licensing import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Wish:
    """What to train: its name, where it goes, from when labels only measure, when it objects."""

    name: str
    out: Path
    since: datetime
    calibrate_from: datetime | None = None
    veto_at: float = 0.9


def train(found: Settings, store: Store, trainer: Trainer, wish: Wish) -> Mapping[str, str]:
    """Learn from the verdicts on record; write four files. Raises Untrainable."""
    signed = signed_by(listed(found), SshVerifier())
    learnt = lesson(seen(SqlHistory(store.database), wish.since, signed), wish.calibrate_from)
    samples, frozen = learnt.samples, learnt.frozen
    linear, trees = trainer.linear(samples), trainer.forest(samples)
    content = {
        "name": wish.name,
        **linear,
        "veto_at": wish.veto_at,
        "taught_until": learnt.taught[-1].label.given.isoformat(),
        "calibration": frozen.digest,
    }
    other = {**content, "name": f"{wish.name}.trees", "trees": trees}
    model = model_from(wish.name, content)
    lines = _measured(learnt, model, model_from(wish.name, other))
    wish.out.mkdir(parents=True, exist_ok=True)
    _write(wish, ".json", json.dumps(content, indent=2))
    _write(wish, ".trees.json", json.dumps(other))
    _write(wish, ".calibration.json", json.dumps(frozen.as_record()))
    _write(wish, ".md", _card(wish, learnt, lines, model))
    return lines


def _write(wish: Wish, suffix: str, text: str) -> None:
    (wish.out / f"{wish.name}{suffix}").write_text(text + "\n", encoding="utf-8")


def _measured(learnt: Lesson, model: Model, challenger: Model) -> Mapping[str, str]:
    return {
        "taught": _line(_scores(model, learnt.taught), learnt.taught),
        "measured": _line(_scores(model, learnt.measured), learnt.measured),
        "challenger": _line(_scores(challenger, learnt.measured), learnt.measured),
        "certifies": shows(model, learnt.frozen, PROMISE).sentence(),
        "would": shows(challenger, learnt.frozen, PROMISE).sentence(),
    }


def _scores(model: Model, rows: Sequence[Row]) -> list[float]:
    return [score(model, dict(zip(NAMES, row.values, strict=True))).score for row in rows]


def _line(scores: Sequence[float], rows: Sequence[Row]) -> str:
    real = [row.label.real for row in rows]
    area = ranked(scores, real)
    shown = "unknown" if area is None else f"{area:.3f}"
    return f"{len(rows)} labels, {sum(real)} real, AUC {shown}"


def _slices(learnt: Lesson, model: Model) -> str:
    """The same, for the labels of each source."""
    sources = sorted({row.label.source for row in learnt.measured})
    by_source = {one: [r for r in learnt.measured if r.label.source is one] for one in sources}
    lines = (f"{one}: {_line(_scores(model, rows), rows)}" for one, rows in by_source.items())
    return "; ".join(lines) or "nothing was measured"


def _card(wish: Wish, learnt: Lesson, lines: Mapping[str, str], model: Model) -> str:
    first, last = learnt.taught[0].label.given, learnt.taught[-1].label.given
    return f"""# {wish.name}: model card

- **What it is.** Logistic regression over {len(NAMES)} features, trained on people's verdicts.
  Boosted trees on the same rows stand beside it as a challenger: `triage judge compare` scores
  both in shadow, `triage judge promote` puts the better one in place.
- **Data.** Signed verdicts on this store, blind or on drawn closes, one an incident.
- **Window.** Taught by verdicts from {first:%Y-%m-%d} to {last:%Y-%m-%d}; measured on later
  ones, {EMBARGO.days} day apart. What taught it certifies nothing.
- **Taught by.** {lines["taught"]}.
- **Measured on.** {lines["measured"]}; the challenger: {lines["challenger"]}.
- **Would certify.** {lines["certifies"]}; the challenger: {lines["would"]}. Over all rules
  together: no rule's licence, which is earned on its own labels.
- **Calibration set.** `{learnt.frozen.digest}`; neither learnt from it.
- **By source.** {_slices(learnt, model)}.
- **Features.** `{features_hash()}`.
- **Limits.** It carries no licence. It knows the organisation that labelled it and no other, and
  what people called harmless by mistake it calls harmless too."""
