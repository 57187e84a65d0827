"""A model is finite and can object; it never argues for a close."""

import math

import pytest

from tests.builders import a_ticket, an_account
from triage.judgement.features import FEATURES, features
from triage.judgement.score import ModelInvalid, model_from, score
from triage.stages.classify import classify
from triage.stages.inputs import model_as_json, model_from_json

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


STUMP = {
    "feature": [0, -1, -1],
    "threshold": [0.5, -1.0, 2.0],
    "left": [1, 0, 0],
    "right": [2, 0, 0],
    "missing_left": [True, False, False],
}
FALLING = {**STUMP, "threshold": [0.5, 2.0, -1.0]}


def grown(name, tree):
    trees = {"names": [name], "baseline": 0.0, "trees": [tree]}
    return model_from("m.json", SOUND | {"trees": trees})


def test_trees_score_and_the_linear_part_explains():
    opinion = score(grown("severity", STUMP), {"severity": 0.7})
    assert opinion.score == pytest.approx(1 / (1 + math.exp(-2.0)), abs=1e-12)
    assert opinion.shares == (("severity", 1.4),)


def test_trees_that_somebody_else_could_push_down_count_only_where_they_raise():
    model = grown("recurrence", FALLING)
    assert score(model, {"recurrence": 0.9}).score == score(model, {}).score


def test_a_model_with_trees_is_stored_whole():
    model = grown("severity", STUMP)
    assert model_from_json(model_as_json(model)) == model


@pytest.mark.parametrize("trees", [{}, {"names": ["colour"], "baseline": 0, "trees": [STUMP]}])
def test_trees_that_do_not_fit_are_refused(trees):
    with pytest.raises(ModelInvalid, match=r"trees|unknown feature 'colour'"):
        model_from("m.json", SOUND | {"trees": trees})
