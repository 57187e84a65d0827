"""Which verdicts may teach or certify: what people said, unprompted, about what they looked at."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from enum import StrEnum
from types import MappingProxyType

from triage.domain.ticket import Source
from triage.domain.verdict import CLOSING, Verdict

REAL = frozenset({Verdict.TRUE_POSITIVE, Verdict.SECURITY_RISK})
EMBARGO = timedelta(days=1)
WITHOUT = frozenset(
    {Verdict.DUPLICATE, Verdict.TEST, Verdict.INSUFFICIENT_DATA, Verdict.SUSPICIOUS}
)
"""Verdicts that say nothing about real or not."""


class Origin(StrEnum):
    """How a verdict came to be asked for."""

    BLIND = "blind"
    SAMPLED = "sampled"
    PROMPTED = "prompted"
    ENGINE = "engine"


@dataclass(frozen=True, slots=True, kw_only=True)
class Label:
    """One person's verdict on one case, as the certificate sees it.

    `cluster` joins tickets of one incident; `score` is what the model said at closing time.
    `blind` is whether its author signed that it was given so.
    """

    case: str
    cluster: str
    verdict: Verdict
    analyst: str
    origin: Origin
    signed: bool
    given: datetime
    source: Source
    corroborated: bool = False
    score: float = 0.0
    blind: bool = False

    @property
    def real(self) -> bool:
        return self.verdict in REAL


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelRule:
    """Why a label does not count: `words`, where `refuses` says so."""

    words: str
    refuses: Callable[[Label], bool]


RULES: Mapping[str, LabelRule] = MappingProxyType(
    {
        "unsigned": LabelRule(words="nobody signed it", refuses=lambda label: not label.signed),
        "own": LabelRule(
            words="the engine's own close, which nobody drew: it would confirm itself",
            refuses=lambda label: label.origin is Origin.ENGINE,
        ),
        "prompted": LabelRule(
            words="its author had seen what the engine would do",
            refuses=lambda label: label.origin is Origin.PROMPTED,
        ),
        "undecided": LabelRule(
            words="it does not say whether the ticket was real",
            refuses=lambda label: label.verdict in WITHOUT,
        ),
        "report alone": LabelRule(
            words="a report's text, without telemetry, is no evidence that nothing happened",
            refuses=lambda label: (
                label.source is Source.REPORT
                and label.verdict in CLOSING
                and not label.corroborated
            ),
        ),
    }
)


def refused(label: Label) -> str:
    """The name of the first rule that refuses a label; "" when it counts."""
    return next((name for name, rule in RULES.items() if rule.refuses(label)), "")


def usable(labels: Iterable[Label]) -> tuple[Label, ...]:
    """The labels that count, one a cluster: real if anyone in it was, else the latest.

    Tickets of one incident are one piece of evidence; the reference draws one at random, which
    could draw the harmless half of an attack.
    """
    counted = sorted(
        (label for label in labels if not refused(label)),
        key=lambda label: (label.real, label.given, label.case),
    )
    return tuple({label.cluster: label for label in counted}.values())


def split(
    labels: Sequence[Label], calibration_starts: datetime, embargo: timedelta = EMBARGO
) -> tuple[tuple[Label, ...], tuple[Label, ...]]:
    """Training before, calibration after, and a gap in between that belongs to neither."""
    training = tuple(label for label in labels if label.given < calibration_starts - embargo)
    clusters = {label.cluster for label in training}
    calibration = tuple(
        label
        for label in labels
        if label.given >= calibration_starts and label.cluster not in clusters
    )
    return training, calibration
