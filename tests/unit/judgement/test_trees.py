"""Trees as tables: bounded, and scored as scikit-learn scores them."""

import math
import random  # noqa: TID251 - seeded
import subprocess
import sys

import pytest

from triage.adapters.scikit_learn.trainer import ScikitLearnTrainer
from triage.judgement.trees import Forest, Tree, TreesInvalid, forest_from
from triage.ports.trainer import Samples, Untrainable

STUMP = {
    "feature": [0, -1, -1],
    "threshold": [0.5, -1.0, 2.0],
    "left": [1, 0, 0],
    "right": [2, 0, 0],
    "missing_left": [True, False, False],
}
SOUND = {"names": ["a"], "baseline": 0.25, "trees": [STUMP]}


def test_a_value_at_the_threshold_goes_left_and_a_missing_one_where_it_learnt():
    forest = forest_from(SOUND)
    assert [forest.logit({"a": value}) for value in (0.5, 0.6)] == [-0.75, 2.25]
    assert forest.logit({}) == forest.logit({"a": math.nan}) == -0.75
    right = forest_from(SOUND | {"trees": [STUMP | {"missing_left": [False] * 3}]})
    assert right.logit({}) == 2.25


def test_a_forest_survives_being_stored():
    forest = forest_from(SOUND)
    assert forest_from(forest.as_record()) == forest


@pytest.mark.parametrize(
    ("change", "problem"),
    [
        ({"trees": None}, "needs names"),
        ({"baseline": "inf"}, "not finite"),
        ({"trees": [STUMP] * 2001}, "at most 2000"),
        ({"trees": [STUMP | {"left": [0, 0, 0]}]}, "not forward"),
        ({"trees": [STUMP | {"right": [9, 0, 0]}]}, "not forward"),
        ({"trees": [STUMP | {"feature": [1, -1, -1]}]}, "no feature"),
        ({"trees": [STUMP | {"feature": [-2, -1, -1]}]}, "no feature"),
        ({"trees": [STUMP | {"threshold": [0.5, 1]}]}, "unequal"),
        ({"trees": [STUMP | {"threshold": [0.5, "nan", 1]}]}, "not a number"),
        ({"trees": [{name: [] for name in STUMP}]}, "0 nodes"),
    ],
)
def test_a_table_that_is_no_forest_is_refused(change, problem):
    with pytest.raises(TreesInvalid, match=problem):
        forest_from(SOUND | change)


def test_a_tree_knows_its_columns():
    columns = {name: tuple(column) for name, column in STUMP.items()}
    assert forest_from(SOUND) == Forest(names=("a",), baseline=0.25, trees=(Tree(**columns),))


def samples(count=600):
    """Four columns, numbers missing here and there; the first two matter."""
    chance = random.Random(7)  # noqa: S311 - repeatable, not secret
    rows = [
        [math.nan if chance.random() < 0.05 else chance.gauss(0, 1) for _ in range(4)]
        for _ in range(count)
    ]
    real = [
        sum(value for value in row[:2] if not math.isnan(value)) + chance.gauss(0, 1) > 1
        for row in rows
    ]
    return Samples(names=("a", "b", "c", "d"), rows=rows, real=real, raising=frozenset({"a"}))


@pytest.mark.slow
def test_a_forest_scores_as_scikit_learn_does():
    pytest.importorskip("sklearn")
    trainer, known = ScikitLearnTrainer(rounds=20), samples()
    forest = forest_from(trainer.forest(known))
    expected = trainer.boosted(known).decision_function(known.rows)
    worst = max(
        abs(forest.logit_of(row) - theirs) for row, theirs in zip(known.rows, expected, strict=True)
    )
    assert worst < 1e-9


@pytest.mark.slow
def test_a_raising_column_never_lowers_a_forests_score():
    pytest.importorskip("sklearn")
    forest = forest_from(ScikitLearnTrainer(rounds=20).forest(samples()))
    for row in samples(100).rows:
        scores = [forest.logit_of([place / 4, *row[1:]]) for place in range(-12, 13)]
        assert scores == sorted(scores)


def test_a_line_scores_as_scikit_learn_does():
    linear_model = pytest.importorskip("sklearn.linear_model")
    preprocessing = pytest.importorskip("sklearn.preprocessing")
    whole = samples()
    rows = [[0.0 if math.isnan(value) else 3 * value + 1 for value in row] for row in whole.rows]
    record = ScikitLearnTrainer().linear(Samples(names=whole.names, rows=rows, real=whole.real))
    scaled = preprocessing.StandardScaler().fit_transform(rows)
    theirs = linear_model.LogisticRegression(max_iter=2000).fit(scaled, whole.real)
    for row, expected in zip(rows, theirs.decision_function(scaled), strict=True):
        ours = record["intercept"] + sum(
            record["weights"][name] * value for name, value in zip(whole.names, row, strict=True)
        )
        assert ours == pytest.approx(expected, abs=1e-9)


def test_a_raising_column_has_no_negative_weight():
    pytest.importorskip("sklearn")
    rows = [[float(n % 2), float(n % 3)] for n in range(60)]
    known = Samples(
        names=("a", "b"), rows=rows, real=[n % 2 == 0 for n in range(60)], raising=frozenset("a")
    )
    assert ScikitLearnTrainer().linear(known)["weights"]["a"] == 0.0


@pytest.mark.parametrize(
    ("changes", "problem"),
    [
        ({"real": [True, True]}, "both kinds"),
        ({"real": [True]}, "differ in number"),
        ({"rows": [[1.0], [1.0, 2.0]]}, "differ in number"),
        ({"raising": frozenset({"z"})}, "'z'"),
    ],
)
def test_samples_that_teach_nothing_are_refused(changes, problem):
    fields = {"names": ("a",), "rows": [[1.0], [2.0]], "real": [True, False]}
    with pytest.raises(Untrainable, match=problem):
        Samples(**(fields | changes))


def test_no_library_is_loaded_until_something_is_trained():
    code = (
        "import sys, triage.wiring.bootstrap, triage.judgement.trees;"
        "import triage.adapters.scikit_learn.trainer;"
        "print(sorted({'sklearn', 'numpy', 'scipy'} & set(sys.modules)))"
    )
    found = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert found.stdout == "[]\n"
