"""Boosted trees as tables, walked in plain Python: quick for one row, and no library to load.

As a table a tree is five rows of equal length: feature (-1 for a leaf), threshold (or a leaf's
value), left, right, and whether a missing number goes left.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

from triage.domain.errors import TriageError
from triage.domain.json import Record

LEAF = -1
TREES_MAX = 2_000
NODES_MAX = 10_000
Node = tuple[int, float, "Node | None", "Node | None", bool]
"""(feature, threshold or value, left, right, missing goes left); a leaf has feature -1."""


class TreesInvalid(TriageError):
    """A table is no forest."""

    def __init__(self, problem: str) -> None:
        super().__init__(f"trees: {problem}; train the model again")


@dataclass(frozen=True, slots=True, kw_only=True)
class Tree:
    """One tree as columns, node 0 its root; children come after their parents."""

    feature: tuple[int, ...]
    threshold: tuple[float, ...]
    left: tuple[int, ...]
    right: tuple[int, ...]
    missing_left: tuple[bool, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Forest:
    """The sum of its trees, in logits, over the named features in order.

    Raises TreesInvalid for a table that could be walked for ever, or off its end.
    """

    names: tuple[str, ...]
    baseline: float
    trees: tuple[Tree, ...]
    _roots: tuple[Node, ...] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        if len(self.trees) > TREES_MAX:
            raise TreesInvalid(f"{len(self.trees)} trees, at most {TREES_MAX}")
        roots = tuple(_linked(tree, len(self.names)) for tree in self.trees)
        if not math.isfinite(self.baseline):
            raise TreesInvalid("its baseline is not finite")
        object.__setattr__(self, "_roots", roots)

    def logit(self, values: Mapping[str, float]) -> float:
        """Score one ticket's features; one not given is missing."""
        return self.logit_of([values.get(name, math.nan) for name in self.names])

    def logit_of(self, row: Sequence[float]) -> float:
        """Score one row, in the order of `names`."""
        total = self.baseline
        if any(value != value for value in row):  # noqa: PLR0124 - not a number, at full speed
            return total + sum(_careful(root, row) for root in self._roots)
        for root in self._roots:
            feature, number, left, right, _ = root
            while left is not None and right is not None:
                feature, number, left, right, _ = left if row[feature] <= number else right
            total += number
        return total

    def as_record(self) -> Record:
        """Write it, for `models/`."""
        trees = [
            {name: list(getattr(tree, name)) for name in Tree.__dataclass_fields__}
            for tree in self.trees
        ]
        return {"names": list(self.names), "baseline": self.baseline, "trees": trees}


def forest_from(record: Record) -> Forest:
    """Read a forest back, equal. Raises TreesInvalid."""
    try:
        trees = tuple(_tree_from(row) for row in record["trees"])
        names = tuple(str(name) for name in record["names"])
        return Forest(names=names, baseline=float(record["baseline"]), trees=trees)
    except (KeyError, TypeError, ValueError) as error:
        raise TreesInvalid(f"needs names, baseline and trees ({error})") from error


def _tree_from(row: Record) -> Tree:
    return Tree(
        feature=tuple(int(one) for one in row["feature"]),
        threshold=tuple(float(one) for one in row["threshold"]),
        left=tuple(int(one) for one in row["left"]),
        right=tuple(int(one) for one in row["right"]),
        missing_left=tuple(bool(one) for one in row["missing_left"]),
    )


def _linked(tree: Tree, width: int) -> Node:
    """Turn columns into nodes that hold their children, the last first."""
    size = len(tree.feature)
    columns = (tree.threshold, tree.left, tree.right, tree.missing_left)
    if not 0 < size <= NODES_MAX or any(len(column) != size for column in columns):
        raise TreesInvalid(f"a tree of {size} nodes, its columns of unequal length or too long")
    nodes: dict[int, Node] = {}
    for place in reversed(range(size)):
        feature, number = tree.feature[place], tree.threshold[place]
        if math.isnan(number) or (feature == LEAF and math.isinf(number)):
            raise TreesInvalid("a threshold or value is not a number")
        if feature == LEAF:
            nodes[place] = (LEAF, number, None, None, False)
            continue
        children = tree.left[place], tree.right[place]
        if not 0 <= feature < width or any(child not in nodes for child in children):
            raise TreesInvalid(f"node {place} points at no feature, or not forward")
        left, right = (nodes[child] for child in children)
        nodes[place] = (feature, number, left, right, tree.missing_left[place])
    return nodes[0]


def _careful(root: Node, row: Sequence[float]) -> float:
    """Walk where numbers may be missing."""
    feature, number, left, right, missing_left = root
    while left is not None and right is not None:
        value = row[feature]
        goes_left = missing_left if math.isnan(value) else value <= number
        feature, number, left, right, missing_left = left if goes_left else right
    return number
