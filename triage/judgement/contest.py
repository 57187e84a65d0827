"""Two models on the same frozen labels: which of them would certify more?"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.domain.errors import TriageError
from triage.domain.json import Record, canonical, digest
from triage.judgement.gates import Judged, cut, ladder
from triage.judgement.promise import Promise
from triage.judgement.score import Model, score


class NotPromoted(TriageError):
    """The challenger has not shown that it is better. Its text says what was compared."""

    def __init__(self, why: str) -> None:
        super().__init__(f"the challenger stays one: {why}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Frozen:
    """Labels that no model of the contest learnt from, and rows without labels that fix ladders.

    `rows` are features by name, in the order of `names`; `real` what people said of them, the
    first at `since`.
    """

    since: datetime
    names: tuple[str, ...]
    rows: tuple[tuple[float, ...], ...]
    real: tuple[bool, ...]
    training: tuple[tuple[float, ...], ...]

    @property
    def digest(self) -> str:
        """What both models are judged on, by hash."""
        return digest(canonical(self.as_record()))

    def as_record(self) -> Record:
        """Write it, beside the model."""
        return {
            "since": self.since.isoformat(),
            "names": list(self.names),
            "rows": [list(row) for row in self.rows],
            "real": list(self.real),
            "training": [list(row) for row in self.training],
        }

    @classmethod
    def from_record(cls, record: Record) -> "Frozen":
        """Read it back, equal. Raises NotPromoted for what is no such set."""
        try:
            return cls(
                since=datetime.fromisoformat(record["since"]),
                names=tuple(map(str, record["names"])),
                rows=tuple(tuple(map(float, row)) for row in record["rows"]),
                real=tuple(one is True for one in record["real"]),
                training=tuple(tuple(map(float, row)) for row in record["training"]),
            )
        except (KeyError, TypeError, ValueError) as error:
            raise NotPromoted(f"that is no calibration set ({error})") from error


@dataclass(frozen=True, slots=True, kw_only=True)
class Showing:
    """The share of frozen labels that one model would close by a certificate (0-1), or why none."""

    model: str
    coverage: float
    why_not: str

    def sentence(self) -> str:
        """Say it."""
        shown = self.why_not or "both bounds hold"
        return f"{self.model} would close {self.coverage:.1%} ({shown})"


def shows(model: Model, frozen: Frozen, promise: Promise) -> Showing:
    """Cut as a licence would be: a ladder from rows without labels, both gates, one look."""
    scores = _scores(model, frozen.names, frozen.rows)
    rungs = ladder(_scores(model, frozen.names, frozen.training), len(scores), promise)
    found = cut(Judged.of(scores, frozen.real), rungs, promise)
    coverage = found.closed / len(scores) if scores else 0.0
    return Showing(model=model.name, coverage=coverage, why_not=found.why_not)


def _scores(model: Model, names: Sequence[str], rows: Sequence[Sequence[float]]) -> list[float]:
    return [score(model, _named(names, row)).score for row in rows]


def _named(names: Sequence[str], row: Sequence[float]) -> Mapping[str, float]:
    return dict(zip(names, row, strict=True))


def contest(
    champion: Model, challenger: Model, frozen: Frozen, promise: Promise
) -> tuple[Showing, Showing]:
    """Both on the same labels. Raises NotPromoted unless the challenger certifies strictly more."""
    before, after = shows(champion, frozen, promise), shows(challenger, frozen, promise)
    if after.coverage <= before.coverage:
        raise NotPromoted(
            f"{before.sentence()}; {after.sentence()}, on the same {len(frozen.rows)} labels"
        )
    return before, after
