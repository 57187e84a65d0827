"""What stands at a path of an event: nothing, one leaf, or the leaves of its arrays.

"The array structure is crushed out": an array on the way or at the end gives its elements
(https://github.com/aws/event-ruler#json-array-matching). An object is no leaf, so where a path ends
at one, or at an empty array, there is nothing.
"""

from collections.abc import Mapping, Sequence
from typing import Any, Final

MISSING: Final = object()
Names = tuple[str, ...]
PLAIN: Final = frozenset({str, int, float, bool, type(None), object})
"""Classes of what is no array and no object; MISSING is of the last."""
ARRAYS: Final = (list, tuple)


def leaf(value: Any, path: Names) -> Any:
    """Read MISSING, one leaf, or a list of leaves at the end of `path`."""
    here = [value]
    for name in path:
        here = [one[name] for one in flat(here)[1] if name in one]
    leaves = flat(here)[0]
    return leaves if len(leaves) > 1 else next(iter(leaves), MISSING)


def flat(array: Sequence[Any]) -> tuple[list[Any], list[Mapping[str, Any]], bool]:
    """Give the leaves and the objects of an array and of arrays in it; tell if there are any."""
    leaves: list[Any] = []
    objects: list[Mapping[str, Any]] = []
    arrays = [array]
    for each in arrays:  # which grows meanwhile
        for one in each:
            # Asking for the class is several times as fast as isinstance with an abstract one.
            kind = one.__class__
            if kind in PLAIN:
                leaves.append(one)
            elif kind is dict:
                objects.append(one)
            elif isinstance(one, ARRAYS):
                arrays.append(one)
            else:
                (objects if isinstance(one, Mapping) else leaves).append(one)
    return leaves, objects, len(arrays) > 1
