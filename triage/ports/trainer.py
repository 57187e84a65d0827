"""Learning a model from labelled rows."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from triage.domain.errors import TriageError
from triage.domain.json import Record


class Untrainable(TriageError):
    """There is nothing to learn from. Its text says why."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Samples:
    """Rows of numbers (NaN where missing), one name a column, and whether each was real.

    Columns in `raising` may only raise a score: their weights are not negative, their trees
    monotone.
    """

    names: tuple[str, ...]
    rows: Sequence[Sequence[float]]
    real: Sequence[bool]
    raising: frozenset[str] = frozenset()

    def __post_init__(self) -> None:
        """Raise Untrainable for what could teach nothing, or something wrong."""
        uneven = any(len(row) != len(self.names) for row in self.rows)
        if uneven or len(self.rows) != len(self.real):
            raise Untrainable("rows, names and verdicts differ in number")
        if len(set(self.real)) < 2:  # noqa: PLR2004 - both kinds
            raise Untrainable("there are no labels of both kinds, real and not")
        if unknown := sorted(self.raising - set(self.names)):
            raise Untrainable(f"no column is called {unknown[0]!r}")


class Trainer(Protocol):
    """Learns; the same samples give the same model. What it returns needs no library to score."""

    def linear(self, samples: Samples) -> Record:
        """Return `intercept` and `weights` by name, in logits (judgement/score.py)."""

    def forest(self, samples: Samples) -> Record:
        """Return boosted trees as tables, in logits (judgement/trees.py)."""
