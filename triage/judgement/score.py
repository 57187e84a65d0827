"""A light linear score: how much a ticket looks like trouble. It ranks and may veto a close.

A model is JSON, scored in plain Python. What somebody else may have influenced only raises:
score = max(f(trusted), f(all)), with the weights of untrusted features clipped at zero, so
whatever is written into them, no score falls below what trusted facts alone give. The model can
never argue for closing: a low score does nothing, a high one sends the ticket to a person.
"""

import math
from collections.abc import Mapping
from dataclasses import dataclass

from triage.domain.errors import TriageError
from triage.domain.json import Record
from triage.judgement.features import FEATURES, RAISING
from triage.judgement.trees import Forest, TreesInvalid, forest_from

LOGIT_MAX = 40.0


class ModelInvalid(TriageError):
    """A model file does not fit this version."""

    def __init__(self, name: str, problem: str) -> None:
        super().__init__(f"model {name}: {problem}; see models/README.md for its shape")


@dataclass(frozen=True, slots=True, kw_only=True)
class Model:
    """Logistic regression: `weights` by feature name, veto at or above `veto_at` (0-1).

    Where there is a `forest`, it scores, and the linear part explains.
    """

    name: str
    intercept: float
    weights: Mapping[str, float]
    veto_at: float
    forest: Forest | None = None

    def as_record(self) -> Record:
        """Write it, as `models/` and decisions keep it."""
        return {
            "name": self.name,
            "intercept": self.intercept,
            "weights": dict(self.weights),
            "veto_at": self.veto_at,
            **({"trees": self.forest.as_record()} if self.forest else {}),
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Opinion:
    """The classifier's view: a score between 0 and 1, and each feature's share of it.

    Shares are exact for a linear model: with the intercept they add up to the score's logit. Of a
    forest's score they are what the linear model beside it would say.
    """

    score: float
    veto: bool
    shares: tuple[tuple[str, float], ...]


def model_from(name: str, content: Record) -> Model:
    """Read a model's JSON. Raises ModelInvalid for unknown features or missing numbers."""
    try:
        weights = {str(key): float(value) for key, value in content["weights"].items()}
        model = Model(
            name=str(content["name"]),
            intercept=float(content["intercept"]),
            weights=weights,
            veto_at=float(content["veto_at"]),
            forest=forest_from(content["trees"]) if "trees" in content else None,
        )
    except TreesInvalid as error:
        raise ModelInvalid(name, str(error)) from error
    except (KeyError, TypeError, ValueError, AttributeError) as error:
        raise ModelInvalid(name, f"needs name, intercept, weights and veto_at ({error})") from error
    trees = model.forest.names if model.forest else ()
    if unknown := sorted({*weights, *trees} - set(FEATURES)):
        raise ModelInvalid(name, f"unknown feature {unknown[0]!r}")
    if not all(math.isfinite(number) for number in (model.intercept, *weights.values())):
        raise ModelInvalid(name, "its numbers must be finite")
    # Above 1 it could never object, and NaN compares false with everything.
    if not 0 <= model.veto_at <= 1:
        raise ModelInvalid(name, "veto_at lies between 0 and 1")
    return model


def score(model: Model, values: Mapping[str, float]) -> Opinion:
    """Score one ticket's features. Missing features count as 0."""
    shares = {
        name: _share(name, weight, values.get(name, 0.0)) for name, weight in model.weights.items()
    }
    linear = model.intercept + math.fsum(shares.values())
    total = _logistic(_grown(model.forest, values) if model.forest else linear)
    ordered = sorted(shares.items(), key=lambda share: (-abs(share[1]), share[0]))
    return Opinion(score=total, veto=total >= model.veto_at, shares=tuple(ordered))


def _share(name: str, weight: float, value: float) -> float:
    """A feature's part of the logit: never below zero where others may choose the value.

    Every such part being at least zero, f(all) is at least f(trusted), and is the maximum.
    """
    if name not in RAISING:
        return weight * value
    return max(weight, 0.0) * max(value, 0.0)


def _grown(forest: Forest, values: Mapping[str, float]) -> float:
    """A forest's logit: what others may choose counts only where it raises it."""
    everything = {name: values.get(name, 0.0) for name in forest.names}
    trusted = {name: 0.0 if name in RAISING else value for name, value in everything.items()}
    alone = forest.logit(trusted)
    return alone if trusted == everything else raised(alone, forest.logit(everything))


def raised(trusted: float, everything: float) -> float:
    """Join two scores of a model that is no sum of parts: max(f(trusted), f(all))."""
    return max(trusted, everything)


def _logistic(value: float) -> float:
    # Beyond this the result is 0 or 1 to the last bit, and exp would overflow.
    return 1 / (1 + math.exp(-min(max(value, -LOGIT_MAX), LOGIT_MAX)))
