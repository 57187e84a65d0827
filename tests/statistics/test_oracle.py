"""Our thresholds are those of MAPIE, an independent implementation, on shared cases.

It recovers the number of misses as the ceiling of n * (k / n), which floating point sometimes makes
k + 1: so what it finds is what we find for k misses or, where it rounds, for one more.
"""

import random  # noqa: TID251 - seeded

import pytest

from triage.judgement.bounds import at_most
from triage.judgement.gates import NOTHING, Judged, closed_threshold, missed_threshold

CASES = [(seed, count) for seed in range(6) for count in (300, 1200, 4000)]
RUNGS = [0.1, 0.2, 0.3, 0.35, 0.4, 0.5, 0.6, 0.7]


def case(seed, count):
    """Scores between 0 and 1, real ones mostly high."""
    chance = random.Random(seed)  # noqa: S311 - repeatable, not secret
    real = [chance.random() < 0.1 for _ in range(count)]
    scores = [chance.betavariate(6, 2) if attack else chance.betavariate(2, 5) for attack in real]
    return scores, real


def theirs(scores, real, rungs, **asked):
    """The thresholds that MAPIE finds valid, testing them in the order given."""
    numpy = pytest.importorskip("numpy")
    control = pytest.importorskip("mapie.risk_control")
    procedure = pytest.importorskip("mapie.risk_control.fwer_control")
    controller = control.BinaryClassificationController(
        predict_function=lambda column: numpy.hstack([1 - column, column]),
        list_predict_params=numpy.array(rungs),
        fwer_method=procedure.FWERFixedSequenceTesting(n_starts=1),
        **asked,
    )
    column = numpy.array(scores).reshape(-1, 1)
    controller.calibrate(column, numpy.array(real).astype(int))
    return sorted(float(one) for one in numpy.ravel(controller.valid_predict_params))


def climbed(scores, real, more):
    """The highest rung, were there `more` misses at each."""
    judged, reached = Judged.of(scores, real), NOTHING
    for rung in RUNGS:
        if at_most(judged.missed(rung) + more, judged.closed(rung), 0.01) > 0.05:
            break
        reached = rung
    return reached


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")  # it says when all, or none, are valid
@pytest.mark.parametrize(("seed", "count"), CASES)
def test_the_closed_pool_is_cut_where_mapie_cuts_it(seed, count):
    scores, real = case(seed, count)
    valid = theirs(
        scores,
        real,
        RUNGS,
        risk="negative_predictive_value",
        target_level=0.99,
        confidence_level=0.95,
        best_predict_param_choice="recall",
    )
    cut = valid[-1] if valid else NOTHING
    assert climbed(scores, real, 0) == closed_threshold(Judged.of(scores, real), RUNGS, 0.01, 0.05)
    assert cut in {climbed(scores, real, 0), climbed(scores, real, 1)}


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore::UserWarning")  # it says when all, or none, are valid
@pytest.mark.parametrize(("seed", "count"), CASES)
def test_the_missed_share_is_bounded_where_mapie_bounds_it(seed, count):
    scores, real = case(seed, count)
    attacks = sorted(score for score, attack in zip(scores, real, strict=True) if attack)
    cut = missed_threshold(attacks, 0.05, 0.05)
    asked = {"risk": "recall", "target_level": 0.95, "confidence_level": 0.95}
    for place, threshold in enumerate(attacks[:12]):
        valid = bool(theirs(scores, real, [threshold], **asked))
        ours, one_more = (at_most(place + more, len(attacks), 0.05) <= 0.05 for more in (0, 1))
        assert ours is (threshold <= cut)
        assert valid in {ours, one_more}
