"""Numbers as patterns compare them, and values as keys of a table.

"Numeric matching is limited to values between -5.0e9 and +5.0e9 inclusive, with 15 digits of
precision, or six digits to the right of the decimal point"
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html). A
number outside is compared with another as a whole, as an account id must be, and no `numeric`
holds for it.
"""

from collections.abc import Hashable
from math import isfinite
from typing import Any, Final

BOUND_MAX: Final = 5.0e9
DECIMALS: Final = 6
TRUE: Final = ("true",)
FALSE: Final = ("false",)
NULL: Final = ("null",)
NOTHING: Final = ("nothing",)
"""Keys that no string and no number equals, since to Python True == 1."""


def is_number(value: Any) -> bool:
    """Tell whether it is a number of JSON: true is none, nor are NaN and infinities."""
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def number(value: float) -> float:
    """Give the number that all numbers equal to it, as patterns see it, come down to."""
    # Rounding leaves a whole number as it is.
    return round(value, DECIMALS) if -BOUND_MAX <= value <= BOUND_MAX else value


def comparable(value: Any) -> float | None:
    """Give the number that `numeric` compares; None when it compares none of this."""
    kind = value.__class__
    if kind is int:
        found: float = value
        return found if -BOUND_MAX <= found <= BOUND_MAX else None
    # NaN is not within either.
    return round(value, DECIMALS) if kind is float and -BOUND_MAX <= value <= BOUND_MAX else None


def key(value: Any) -> Hashable:
    """Give what stands for a leaf in a table: equal exactly when patterns call two leaves equal."""
    if isinstance(value, str):
        return value
    if isinstance(value, bool):
        return TRUE if value else FALSE
    if value is None:
        return NULL
    return number(value) if is_number(value) else NOTHING
