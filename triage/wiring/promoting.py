"""Wiring of a contest between models: a challenger in shadow, and what it takes to be promoted."""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from triage.adapters.files.playbooks import read_model
from triage.adapters.ssh.verifier import SshVerifier
from triage.adapters.storage import Store
from triage.adapters.storage.history import SqlHistory
from triage.engine.granting import PROMISE
from triage.engine.labelling import Seen, rescored, seen, signed_by
from triage.engine.teaching import ranked
from triage.judgement.contest import Frozen, NotPromoted, Showing, contest, shows
from triage.judgement.labels import EMBARGO, usable
from triage.judgement.score import Model, model_from
from triage.judgement.shift import stability
from triage.settings import Settings
from triage.wiring.licensing import listed


@dataclass(frozen=True, slots=True, kw_only=True)
class Contest:
    """A challenger's file, the champion's, and the labels on which both are judged."""

    champion: Path
    challenger: Path
    calibration: Path

    @property
    def models(self) -> tuple[Model, Model]:
        """The champion and the challenger. Raises InvalidFile and ModelInvalid."""
        files = (self.champion, self.challenger)
        one, other = (model_from(path.name, read_model(path)) for path in files)
        return one, other

    @property
    def frozen(self) -> Frozen:
        """The labels, of which neither has seen any. Raises NotPromoted."""
        frozen = Frozen.from_record(dict(read_model(self.calibration)))
        if read_model(self.challenger).get("calibration") != frozen.digest:
            raise NotPromoted(f"{self.calibration} is not the set that was frozen with it")
        taught = read_model(self.champion).get("taught_until")
        if taught is not None and datetime.fromisoformat(str(taught)) > frozen.since - EMBARGO:
            raise NotPromoted(f"the champion has learnt from labels until {taught}")
        return frozen


def compared(found: Settings, store: Store, given: Contest, since: datetime) -> Mapping[str, str]:
    """Score what was decided since then by both, and what both would certify. Raises NotPromoted.

    Features are kept with every decision, so that a challenger in shadow says exactly what it
    would have said at the time.
    """
    champion, challenger = given.models
    frozen = given.frozen
    signed = signed_by(listed(found), SshVerifier())
    read = list(seen(SqlHistory(store.database), since, signed))
    ours, theirs = list(rescored(read, champion)), list(rescored(read, challenger))
    return {
        "decisions": f"{len(ours)} in shadow; {_vetoes(ours, champion, theirs, challenger)}",
        "shift": f"{stability(_scores(ours), _scores(theirs)):.2f} between their scores",
        "champion": f"{_ranks(ours)}; {shows(champion, frozen, PROMISE).sentence()}",
        "challenger": f"{_ranks(theirs)}; {shows(challenger, frozen, PROMISE).sentence()}",
    }


def _scores(found: Sequence[Seen]) -> list[float]:
    return [one.score for one in found]


def _vetoes(ours: Sequence[Seen], one: Model, theirs: Sequence[Seen], other: Model) -> str:
    pairs = [
        (mine.score >= one.veto_at, yours.score >= other.veto_at)
        for mine, yours in zip(ours, theirs, strict=True)
    ]
    first, second = sum(mine for mine, _ in pairs), sum(yours for _, yours in pairs)
    return f"{first} vetoes by the champion, {second} by the challenger"


def _ranks(found: Sequence[Seen]) -> str:
    labels = usable(label for one in found for label in one.labels)
    area = ranked([one.score for one in labels], [one.real for one in labels])
    return "AUC " + ("unknown" if area is None else f"{area:.3f}")


def promoted(given: Contest, to: Path, at: datetime) -> tuple[Showing, Showing]:
    """Put the challenger in place, if it certifies more on the same labels. Raises NotPromoted."""
    champion, challenger = given.models
    frozen = given.frozen
    before, after = contest(champion, challenger, frozen, PROMISE)
    won = _promotion(before, after, frozen, at)
    content = {**read_model(given.challenger), "promoted": won}
    to.parent.mkdir(parents=True, exist_ok=True)
    to.write_text(json.dumps(content) + "\n", encoding="utf-8")
    return before, after


def _promotion(before: Showing, after: Showing, frozen: Frozen, at: datetime) -> dict[str, Any]:
    """What the model's file says of how it came to be in place."""
    return {
        "over": before.model,
        "coverage": [before.coverage, after.coverage],
        "calibration": frozen.digest,
        "at": at.isoformat(),
    }
