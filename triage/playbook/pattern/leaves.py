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
ARRAYS: Final = frozenset({list, tuple})


class Spread(list[Any]):
    """Leaves of different elements of one array, where these are objects or arrays.

    The fields of one match may not lie in different ones. Leaves right in an array are a list.
    """


def leaf(value: Any, path: Names) -> Any:
    """Read MISSING, one leaf, or a list of leaves at the end of `path`."""
    for at, name in enumerate(path):
        # Asking for the class is several times as fast as isinstance with an abstract one.
        if value.__class__ is dict or isinstance(value, Mapping):
            value = value.get(name, MISSING)
        else:
            return _crushed(value, path[at:])
    if value.__class__ in PLAIN or not isinstance(value, Mapping | list | tuple):
        return value
    return _crushed(value, ())


def _crushed(value: Any, path: Names) -> Any:
    if not isinstance(value, list | tuple):
        return MISSING
    elements = _flat(value)
    for name in path:
        elements = _flat([one[name] for one in elements if _is_object(one) and name in one])
    # Asking a set of classes is several times as fast as asking each element.
    plain = PLAIN.issuperset(map(type, elements))
    found = elements if plain else [one for one in elements if not isinstance(one, Mapping)]
    if not found:
        return MISSING
    nested = path or not ARRAYS.isdisjoint(map(type, value))
    return Spread(found) if nested else list(found)


def _is_object(value: Any) -> bool:
    return value.__class__ is dict or isinstance(value, Mapping)


def _flat(values: Sequence[Any]) -> Sequence[Any]:
    """Give the elements, those of arrays among them in their place."""
    if ARRAYS.isdisjoint(map(type, values)):
        return values
    flat: list[Any] = []
    for one in values:
        if isinstance(one, list | tuple):
            flat += _flat(one)
        else:
            flat.append(one)
    return flat
