"""Does a licence hang on one person? Every bound has to hold without any single analyst."""

from collections.abc import Sequence

from triage.judgement.bounds import at_most
from triage.judgement.gates import Judged
from triage.judgement.labels import Label
from triage.judgement.promise import Promise


def leans_on(labels: Sequence[Label], threshold: float, promise: Promise) -> tuple[str, ...]:
    """The analysts without whose labels closing below `threshold` would not be earned."""
    analysts = sorted({label.analyst for label in labels})
    return tuple(
        name
        for name in analysts
        if not _earned([one for one in labels if one.analyst != name], threshold, promise)
    )


def _earned(labels: Sequence[Label], threshold: float, promise: Promise) -> bool:
    judged = Judged.of([label.score for label in labels], [label.real for label in labels])
    missed, closed, real = judged.missed(threshold), judged.closed(threshold), len(judged.real)
    clean = at_most(missed, closed, promise.alpha) <= promise.delta_closed
    return clean and at_most(missed, real, promise.beta) <= promise.delta_missed
