"""EventBridge event patterns: which tickets a playbook speaks about.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-event-patterns.html and
.../eb-create-pattern-operators.html give the semantics: fields of an object must all match, values
of a list are alternatives, an array in the event matches when any of its elements does, operators
see leaves only (an object is not there, as far as `exists` goes, and an empty array neither), and
true is not 1. One difference: 300 and 300.0 are the same number here, where EventBridge compares
how they were written. This version has exact, prefix, suffix, anything-but, numeric and exists;
the rest of the language follows.
"""

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from math import isfinite
from typing import Any

Matcher = Callable[[Any], bool]
MISSING = object()
DEPTH_MAX = 16


class PatternInvalid(ValueError):
    """A pattern is not one. `path` leads to the place, `word` is what was not understood."""

    def __init__(self, message: str, path: tuple[str | int, ...], word: str = "") -> None:
        super().__init__(message)
        self.path = path
        self.word = word


@dataclass(frozen=True, slots=True)
class Clause:
    """One field of a pattern: where it is and which of its values will do."""

    path: tuple[str, ...]
    matchers: tuple[Matcher, ...]
    exact: frozenset[str]
    """The strings that match, when nothing but exact strings does; else empty."""

    def holds(self, event: Mapping[str, Any]) -> bool:
        values = list(reach(event, self.path)) or [MISSING]
        return any(matcher(value) for value in values for matcher in self.matchers)


@dataclass(frozen=True, slots=True)
class Pattern:
    """All clauses must hold."""

    clauses: tuple[Clause, ...]

    def matches(self, event: Mapping[str, Any]) -> bool:
        return all(clause.holds(event) for clause in self.clauses)

    def exact(self, field: str) -> frozenset[str]:
        """The exact strings this pattern needs in a top-level field; empty when it is open."""
        found = (clause.exact for clause in self.clauses if clause.path == (field,))
        return next(found, frozenset())


def reach(value: Any, path: tuple[str, ...]) -> Iterator[Any]:
    """Every leaf at the end of `path`; arrays on the way and at the end give their elements."""
    if isinstance(value, list | tuple):
        for element in value:
            yield from reach(element, path)
    elif isinstance(value, Mapping):
        if path and path[0] in value:
            yield from reach(value[path[0]], path[1:])
    elif not path:
        yield value


def _same(left: Any, right: Any) -> bool:
    if isinstance(left, bool) or isinstance(right, bool):
        return left is right
    return bool(left == right)


def _text(test: Callable[[str], bool]) -> Matcher:
    return lambda value: isinstance(value, str) and test(value)


def _prefix(operand: Any, path: tuple[str | int, ...]) -> Matcher:
    wanted = _string(operand, path)
    return _text(lambda value: value.startswith(wanted))


def _suffix(operand: Any, path: tuple[str | int, ...]) -> Matcher:
    wanted = _string(operand, path)
    return _text(lambda value: value.endswith(wanted))


def _exists(operand: Any, path: tuple[str | int, ...]) -> Matcher:
    if not isinstance(operand, bool):
        message = "exists takes true or false"
        raise PatternInvalid(message, path)
    return lambda value: (value is not MISSING) is operand


def _anything_but(operand: Any, path: tuple[str | int, ...]) -> Matcher:
    if isinstance(operand, Mapping):
        inner = _excluded(operand, path)
        return lambda value: value is not MISSING and not inner(value)
    refused = operand if isinstance(operand, list) else [operand]
    strings = sum(isinstance(one, str) for one in refused)
    if not refused or not all(isinstance(one, str) or _is_number(one) for one in refused):
        message = "anything-but takes strings or numbers, or prefix or suffix in braces"
        raise PatternInvalid(message, path)
    if strings not in {0, len(refused)}:
        message = "anything-but takes strings or numbers, not both"
        raise PatternInvalid(message, path)
    return lambda value: value is not MISSING and not any(_same(value, one) for one in refused)


def _excluded(node: Mapping[str, Any], path: tuple[str | int, ...]) -> Matcher:
    """Inside anything-but stand prefix and suffix, with one string or several."""
    word, operand = _lone(node, path)
    if word not in EXCLUDABLE:
        message = f"unknown operator {word!r} inside anything-but"
        raise PatternInvalid(message, path, word)
    options = operand if isinstance(operand, list) and operand else [operand]
    matchers = [EXCLUDABLE[word](option, path) for option in options]
    return lambda value: any(matcher(value) for matcher in matchers)


EXCLUDABLE: Mapping[str, Callable[[Any, tuple[str | int, ...]], Matcher]] = {
    "prefix": _prefix,
    "suffix": _suffix,
}
COMPARISONS: Mapping[str, Callable[[float, float], bool]] = {
    "=": lambda left, right: left == right,
    "<": lambda left, right: left < right,
    "<=": lambda left, right: left <= right,
    ">": lambda left, right: left > right,
    ">=": lambda left, right: left >= right,
}


BOUND_MAX = 5.0e9
"""EventBridge compares numbers from -5.0e9 to 5.0e9."""


def _numeric(operand: Any, path: tuple[str | int, ...]) -> Matcher:
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        message = 'numeric takes [">", 0] or [">", 0, "<=", 5]'
        raise PatternInvalid(message, path)
    words, bounds = operand[::2], operand[1::2]
    tests = [_comparison(word, bound, path) for word, bound in zip(words, bounds, strict=True)]
    ranged = words[0] in {">", ">="} and words[-1] in {"<", "<="} and bounds[0] < bounds[-1]
    if len(words) > 1 and not ranged:
        message = 'a range goes up: [">", 0, "<=", 5]'
        raise PatternInvalid(message, path)
    return lambda value: _is_number(value) and all(test(value) for test in tests)


def _comparison(word: Any, bound: Any, path: tuple[str | int, ...]) -> Callable[[float], bool]:
    if not isinstance(word, str) or word not in COMPARISONS:
        message = f"unknown comparison {word!r}"
        raise PatternInvalid(message, path, str(word))
    if not _is_number(bound) or abs(bound) > BOUND_MAX:
        message = f"{word} compares with a number from -5.0e9 to 5.0e9, not {bound!r}"
        raise PatternInvalid(message, path)
    compare = COMPARISONS[word]
    return lambda value: compare(value, bound)


def _is_number(value: Any) -> bool:
    if isinstance(value, float):
        return isfinite(value)
    return isinstance(value, int) and not isinstance(value, bool)


def _string(operand: Any, path: tuple[str | int, ...]) -> str:
    if not isinstance(operand, str) or not operand:
        message = "this operator takes a string that is not empty"
        raise PatternInvalid(message, path)
    return operand


OPERATORS: Mapping[str, Callable[[Any, tuple[str | int, ...]], Matcher]] = {
    "prefix": _prefix,
    "suffix": _suffix,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": _exists,
}


def compile_pattern(match: Mapping[str, Any]) -> Pattern:
    """Compile a pattern. Raises PatternInvalid with the place of the first problem."""
    clauses = tuple(_clauses(match, ()))
    if not clauses:
        message = "match must name at least one field"
        raise PatternInvalid(message, ())
    return Pattern(clauses)


def _clauses(node: Mapping[str, Any], path: tuple[str, ...]) -> Iterator[Clause]:
    if len(path) > DEPTH_MAX:
        message = f"a pattern is at most {DEPTH_MAX} levels deep"
        raise PatternInvalid(message, path)
    for key, value in node.items():
        here = (*path, str(key))
        if str(key).startswith("$"):
            message = f"{key!r} is not in this version; write two playbooks, or list the values"
            raise PatternInvalid(message, here)
        if isinstance(value, Mapping) and value:
            yield from _clauses(value, here)
        elif isinstance(value, list) and value:
            yield _clause(here, value)
        else:
            message = f"{key} takes a list of values, such as [{value!r}]"
            raise PatternInvalid(message, here)


def _clause(path: tuple[str, ...], values: Sequence[Any]) -> Clause:
    matchers = tuple(_matcher(value, (*path, at)) for at, value in enumerate(values))
    strings = frozenset(value for value in values if isinstance(value, str))
    return Clause(path, matchers, strings if len(strings) == len(values) else frozenset())


def _matcher(value: Any, path: tuple[str | int, ...]) -> Matcher:
    if isinstance(value, Mapping):
        return _operator(value, path)
    if isinstance(value, list):
        message = "a list inside a list matches nothing; write its values side by side"
        raise PatternInvalid(message, path)
    return lambda found: found is not MISSING and _same(found, value)


def _operator(node: Mapping[str, Any], path: tuple[str | int, ...]) -> Matcher:
    word, operand = _lone(node, path)
    if word not in OPERATORS:
        message = f"unknown operator {word!r}"
        raise PatternInvalid(message, path, word)
    return OPERATORS[word](operand, path)


def _lone(node: Mapping[str, Any], path: tuple[str | int, ...]) -> tuple[str, Any]:
    if len(node) != 1:
        message = "an operator stands alone in its braces"
        raise PatternInvalid(message, path)
    word, operand = next(iter(node.items()))
    return str(word), operand
