"""Models learnt by scikit-learn, written as numbers that need it no more."""

from dataclasses import dataclass
from typing import Any

from triage.domain.json import Record
from triage.ports.trainer import Samples

LEAF = -1


@dataclass(frozen=True, slots=True, kw_only=True)
class ScikitLearnTrainer:
    """How to learn: rounds of boosting with how fast, leaves a tree, and rows a leaf."""

    rounds: int = 200
    rate: float = 0.05
    leaves: int = 15
    rows_min: int = 40
    shrinkage: float = 5.0
    steps_max: int = 2000

    def linear(self, samples: Samples) -> Record:
        from sklearn.linear_model import LogisticRegression  # noqa: PLC0415 - seconds to import
        from sklearn.preprocessing import StandardScaler  # noqa: PLC0415 - the same

        scaler = StandardScaler().fit(samples.rows)
        model = LogisticRegression(max_iter=self.steps_max)
        model.fit(scaler.transform(samples.rows), list(samples.real))
        weights = model.coef_[0] / scaler.scale_
        # Scaling is folded into the weights, so that values are scored as they are.
        intercept = model.intercept_[0] - float((weights * scaler.mean_).sum())
        named = {
            name: max(float(weight), 0.0) if name in samples.raising else float(weight)
            for name, weight in zip(samples.names, weights, strict=True)
        }
        return {"intercept": float(intercept), "weights": named}

    def forest(self, samples: Samples) -> Record:
        model = self.boosted(samples)
        # Private, but the only place where the trees stand; tests compare scores to 1e-9.
        trees = [_table(grown[0].nodes) for grown in model._predictors]  # noqa: SLF001
        baseline = float(model._baseline_prediction.ravel()[0])  # noqa: SLF001
        return {"names": list(samples.names), "baseline": baseline, "trees": trees}

    def boosted(self, samples: Samples) -> Any:
        """Fit scikit-learn's own model, to be compared with its tables."""
        from sklearn.ensemble import (  # noqa: PLC0415 - seconds to import
            HistGradientBoostingClassifier,
        )

        model = HistGradientBoostingClassifier(
            learning_rate=self.rate,
            max_iter=self.rounds,
            max_leaf_nodes=self.leaves,
            min_samples_leaf=self.rows_min,
            l2_regularization=self.shrinkage,
            monotonic_cst=[int(name in samples.raising) for name in samples.names],
            early_stopping=False,  # it would set rows aside at random
            random_state=0,
        )
        return model.fit(samples.rows, list(samples.real))


def _table(nodes: Any) -> Record:
    """One tree's nodes as columns; a leaf's value stands where a threshold would."""
    columns: dict[str, list[Any]] = {
        name: [] for name in ("feature", "threshold", "left", "right", "missing_left")
    }
    for node in nodes:
        leaf = bool(node["is_leaf"])
        columns["feature"].append(LEAF if leaf else int(node["feature_idx"]))
        columns["threshold"].append(float(node["value" if leaf else "num_threshold"]))
        columns["left"].append(int(node["left"]))
        columns["right"].append(int(node["right"]))
        columns["missing_left"].append(bool(node["missing_go_to_left"]))
    return dict(columns)
