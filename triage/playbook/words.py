"""The words of expressions as tables: tests, filters, comparisons, functions.

A new word is one function and one row. Each gets settled values: none of them ever sees an
unknown answer, except `absent`, which is about answers.
"""

from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from types import MappingProxyType
from typing import Any

from triage.domain.evidence import Absent
from triage.playbook.values import Lacking, Scope, Touched, Unopened, settle


def _is_absent(value: Any) -> bool:
    if isinstance(value, Unopened) and isinstance(value.answer, Absent):
        return True
    settle(value)
    return False


def _is_none(value: Any) -> bool:
    return isinstance(value, Lacking) or settle(value) is None


TESTS: Mapping[str, Callable[[Any], bool]] = MappingProxyType(
    {"absent": _is_absent, "none": _is_none}
)


def typed(name: str, function: Callable[..., Any], *values: Any) -> Any:
    """Call; values of the wrong type tell us nothing."""
    try:
        return function(*values)
    except (TypeError, ValueError, AttributeError, LookupError, OverflowError) as error:
        reason = f"it is not of a kind that can be used here ({str(error)[:100]})"
        raise Touched(name, reason) from error


FILTERS: Mapping[str, Callable[[Any], Any]] = MappingProxyType(
    {
        "lower": lambda value: value.lower(),
        "upper": lambda value: value.upper(),
        "length": len,
        "first": lambda value: value[0],
        "last": lambda value: value[-1],
    }
)


def comparable(left: Any, right: Any) -> tuple[Any, Any]:
    """Times compare as times, however they were written. Raises ValueError for what is none."""
    if isinstance(left, datetime) or isinstance(right, datetime):
        return _time(left), _time(right)
    return left, right


def same(left: Any, right: Any) -> bool:
    """Equal, and true is not 1."""
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _among(left: Any, right: Any) -> bool:
    if isinstance(right, str):
        return left in right
    if isinstance(right, list | tuple):
        return any(same(left, one) for one in right)
    message = "in takes a list or a text"
    raise TypeError(message)


def _ordered(compare: Callable[[Any, Any], bool]) -> Callable[[Any, Any], bool]:
    def either(left: Any, right: Any) -> bool:
        if isinstance(left, bool) or isinstance(right, bool):
            message = "true and false have no order"
            raise TypeError(message)
        return compare(left, right)

    return either


def _time(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    moment = datetime.fromisoformat(value)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)


COMPARISONS: Mapping[str, Callable[[Any, Any], bool]] = MappingProxyType(
    {
        "eq": same,
        "ne": lambda left, right: not same(left, right),
        "lt": _ordered(lambda left, right: left < right),
        "lteq": _ordered(lambda left, right: left <= right),
        "gt": _ordered(lambda left, right: left > right),
        "gteq": _ordered(lambda left, right: left >= right),
        "in": _among,
        "notin": lambda left, right: not _among(left, right),
    }
)


def add(left: Any, right: Any) -> Any:
    """Add numbers or times. Raises TypeError for anything else."""
    _countable(left, right)
    return left + right


def subtract(left: Any, right: Any) -> Any:
    """Subtract numbers or times. Raises TypeError for anything else."""
    _countable(left, right)
    return left - right


def _countable(*values: Any) -> None:
    if any(isinstance(value, bool | str | list | tuple | Mapping) for value in values):
        message = "only numbers and times add up"
        raise TypeError(message)


def negative(value: Any) -> Any:
    """Negate a number or a span. Raises TypeError for anything else."""
    _countable(value)
    return -value


def _signed(scope: Scope, kind: Any, subject: Any) -> bool:
    if subject is None:
        return False
    subject_id = subject["id"] if isinstance(subject, Mapping) else subject
    if not isinstance(kind, str) or not isinstance(subject_id, str):
        message = "signed takes a kind and a subject"
        raise TypeError(message)
    found = scope.signed(kind, subject_id)
    scope.signature = found or scope.signature
    return found is not None


def _span(unit: str) -> Callable[[Scope, Any], timedelta]:
    return lambda _scope, count: timedelta(**{unit: count})


FUNCTIONS: Mapping[str, tuple[Callable[..., Any], int]] = MappingProxyType(
    {
        "signed": (_signed, 2),
        "minutes": (_span("minutes"), 1),
        "hours": (_span("hours"), 1),
        "days": (_span("days"), 1),
    }
)
