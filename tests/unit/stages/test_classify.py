"""A model is finite and can object; it never argues for a close."""

import pytest

from tests.builders import a_ticket, an_account
from triage.judgement.features import FEATURES, features
from triage.judgement.score import ModelInvalid, model_from
from triage.stages.classify import classify

SOUND = {"name": "m", "intercept": -3.0, "weights": {"severity": 2.0}, "veto_at": 0.9}


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"weights": {"colour": 1.0}}, "unknown feature 'colour'"),
        ({"weights": {"severity": "nan"}}, "its numbers must be finite"),
        ({"intercept": "inf"}, "its numbers must be finite"),
        ({"veto_at": 1.5}, "veto_at lies between 0 and 1"),
        ({"veto_at": "nan"}, "veto_at lies between 0 and 1"),
        ({"weights": None}, "needs name, intercept, weights and veto_at"),
    ],
)
def test_a_model_that_could_not_object_is_refused(change, problem):
    with pytest.raises(ModelInvalid, match=problem):
        model_from("m.json", SOUND | change)


def test_a_score_names_each_features_share():
    opinion = classify(a_ticket(), an_account(), model_from("m.json", SOUND))
    assert opinion.shares == (("severity", 1.5),)
    assert not opinion.veto


@pytest.mark.parametrize("weight", [-1e9, 1e9])
def test_an_extreme_model_scores_without_overflowing(weight):
    model = model_from("m.json", SOUND | {"weights": {"severity": weight}})
    assert classify(a_ticket(), an_account(), model).veto is (weight > 0)


def test_no_feature_reads_text_that_somebody_else_may_have_written():
    other = a_ticket(title="x", record={"tags": {"a": "b"}}, principal="x")
    assert features(other, an_account()) == features(a_ticket(), an_account())
    assert set(features(a_ticket(), an_account())) == set(FEATURES)
