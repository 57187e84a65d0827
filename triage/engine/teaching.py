"""What the record can teach: one labelled row an incident, in the order of time."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime

from triage.engine.labelling import Seen
from triage.judgement.contest import Frozen
from triage.judgement.features import FEATURES, RAISING
from triage.judgement.labels import Label, split, usable
from triage.ports.trainer import Samples, Untrainable

NAMES = tuple(FEATURES)
TAUGHT = 0.7
"""The share of labels, oldest first, that teach unless a moment is named."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Row:
    """A counted label, and the features of its ticket as of the decision."""

    label: Label
    values: tuple[float, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Lesson:
    """Rows that teach, and later ones that only measure; an embargo lies in between."""

    taught: tuple[Row, ...]
    measured: tuple[Row, ...]

    @property
    def samples(self) -> Samples:
        """What a trainer takes. Raises Untrainable without labels of both kinds."""
        return Samples(
            names=NAMES,
            rows=[row.values for row in self.taught],
            real=[row.label.real for row in self.taught],
            raising=RAISING,
        )

    @property
    def frozen(self) -> Frozen:
        """What models are compared on: the rows that only measure."""
        rows = self.measured
        return Frozen(
            since=rows[0].label.given if rows else self.taught[-1].label.given,
            names=NAMES,
            rows=tuple(row.values for row in rows),
            real=tuple(row.label.real for row in rows),
            training=tuple(row.values for row in self.taught),
        )


def lesson(found: Iterable[Seen], calibrate_from: datetime | None = None) -> Lesson:
    """Divide what people said by time, one row a cluster. Raises Untrainable without labels."""
    values: dict[tuple[str, datetime], tuple[float, ...]] = {}
    labels: list[Label] = []
    for one in found:
        row = tuple(float(one.features.get(name, 0.0)) for name in NAMES)
        for label in one.labels:
            values[label.case, label.given] = row
            labels.append(label)
    counted = sorted(usable(labels), key=lambda label: (label.given, label.case))
    if not counted:
        raise Untrainable("there is no label that counts: signed, and blind or sampled")
    starts = calibrate_from or counted[int(TAUGHT * len(counted))].given
    taught, measured = split(counted, starts)
    return Lesson(taught=_rows(taught, values), measured=_rows(measured, values))


def _rows(
    labels: Sequence[Label], values: dict[tuple[str, datetime], tuple[float, ...]]
) -> tuple[Row, ...]:
    return tuple(Row(label=one, values=values[one.case, one.given]) for one in labels)


def ranked(scores: Sequence[float], real: Sequence[bool]) -> float | None:
    """How often a real one scores above a harmless one (AUC, ties half); None without both."""
    attacks = [score for score, attack in zip(scores, real, strict=True) if attack]
    harmless = [score for score, attack in zip(scores, real, strict=True) if not attack]
    if not attacks or not harmless:
        return None
    won = sum((a > h) + (a == h) / 2 for a in attacks for h in harmless)
    return won / (len(attacks) * len(harmless))
