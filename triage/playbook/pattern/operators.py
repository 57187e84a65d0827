"""EventBridge's operators by their words: what each takes, and the atom it makes.

https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Any

from triage.playbook.pattern import atom
from triage.playbook.pattern.addresses import network
from triage.playbook.pattern.atom import COMPARISONS, Atom
from triage.playbook.pattern.invalid import PatternInvalid, Place
from triage.playbook.pattern.numbers import BOUND_MAX, is_number, number
from triage.playbook.pattern.wildcard import WildcardInvalid, wildcard

Read = Callable[[Any, Place], Atom]
IGNORING_CASE = "equals-ignore-case"


def operator(node: Mapping[str, Any], path: Place, known: Mapping[str, Read], where: str) -> Atom:
    """Read `{ word: operand }`. Raises PatternInvalid."""
    if len(node) != 1:
        message = "an operator stands alone in its braces"
        raise PatternInvalid(message, path)
    word, operand = next(iter(node.items()))
    if word not in known:
        message = f"unknown operator {word!r}{where}"
        raise PatternInvalid(message, path, str(word))
    return known[word](operand, path)


def _prefix(operand: Any, path: Place) -> Atom:
    if isinstance(operand, Mapping):
        return operator(operand, path, {IGNORING_CASE: _prefix_lower}, " inside prefix")
    return atom.prefix(_string(operand, path))


def _suffix(operand: Any, path: Place) -> Atom:
    if isinstance(operand, Mapping):
        return operator(operand, path, {IGNORING_CASE: _suffix_lower}, " inside suffix")
    return atom.suffix(_string(operand, path))


def _prefix_lower(operand: Any, path: Place) -> Atom:
    return atom.prefix_ignoring_case(_string(operand, path))


def _suffix_lower(operand: Any, path: Place) -> Atom:
    return atom.suffix_ignoring_case(_string(operand, path))


def _ignoring_case(operand: Any, path: Place) -> Atom:
    return atom.ignoring_case(_string(operand, path))


def _wildcard(operand: Any, path: Place) -> Atom:
    text = _string(operand, path)
    try:
        return atom.like(text, wildcard(text))
    except WildcardInvalid as invalid:
        raise PatternInvalid(str(invalid), path) from invalid


def _cidr(operand: Any, path: Place) -> Atom:
    found = network(operand)
    if found is None:
        message = "cidr takes a network such as 10.0.0.0/8 or 2001:db8::/32"
        raise PatternInvalid(message, path)
    return atom.within(found)


def _exists(operand: Any, path: Place) -> Atom:
    if not isinstance(operand, bool):
        message = "exists takes true or false"
        raise PatternInvalid(message, path)
    return atom.exists() if operand else atom.missing()


def _numeric(operand: Any, path: Place) -> Atom:
    if not isinstance(operand, list) or len(operand) not in {2, 4}:
        message = 'numeric takes [">", 0] or [">", 0, "<=", 5]'
        raise PatternInvalid(message, path)
    pairs = zip(operand[::2], operand[1::2], strict=True)
    bounds = tuple(_bound(word, bound, path) for word, bound in pairs)
    (first, low), (last, high) = bounds[0], bounds[-1]
    ranged = first in {">", ">="} and last in {"<", "<="} and low < high
    if len(bounds) > 1 and not ranged:
        message = 'a range goes up: [">", 0, "<=", 5]'
        raise PatternInvalid(message, path)
    return atom.compared(bounds)


def _bound(word: Any, bound: Any, path: Place) -> tuple[str, float]:
    if not isinstance(word, str) or word not in COMPARISONS:
        message = f"unknown comparison {word!r}"
        raise PatternInvalid(message, path, str(word))
    if not is_number(bound) or abs(bound) > BOUND_MAX:
        message = f"{word} compares with a number from -5.0e9 to 5.0e9, not {bound!r}"
        raise PatternInvalid(message, path)
    return word, number(bound)


def _anything_but(operand: Any, path: Place) -> Atom:
    if isinstance(operand, Mapping):
        return atom.anything_but(_excluded(operand, path))
    refused = operand if isinstance(operand, list) else [operand]
    strings = sum(isinstance(one, str) for one in refused)
    if not refused or not all(isinstance(one, str) or is_number(one) for one in refused):
        words = ", ".join(EXCLUDABLE)
        message = f"anything-but takes strings or numbers, or in braces {words}"
        raise PatternInvalid(message, path)
    if strings not in {0, len(refused)}:
        message = "anything-but takes strings or numbers, not both"
        raise PatternInvalid(message, path)
    return atom.anything_but([atom.exact(refused)])


def _excluded(node: Mapping[str, Any], path: Place) -> list[Atom]:
    """Inside anything-but an operator takes one string or several."""
    operand = next(iter(node.values()), None)
    options = operand if isinstance(operand, list) and operand and len(node) == 1 else [operand]
    words = list(node)
    return [
        operator(dict.fromkeys(words, option), path, EXCLUDABLE, " inside anything-but")
        for option in options
    ]


def _filled(read: Read) -> Read:
    """Refuse the empty string: every text begins and ends with it, so nothing would be left."""

    def only(operand: Any, path: Place) -> Atom:
        if not isinstance(operand, str) or not operand:
            message = "inside anything-but this takes a string that is not empty"
            raise PatternInvalid(message, path)
        return read(operand, path)

    return only


def _string(operand: Any, path: Place) -> str:
    if not isinstance(operand, str):
        message = "this operator takes a string"
        raise PatternInvalid(message, path)
    return operand


EXCLUDABLE: Mapping[str, Read] = MappingProxyType(
    {
        "prefix": _filled(_prefix),
        "suffix": _filled(_suffix),
        IGNORING_CASE: _ignoring_case,
        "wildcard": _wildcard,
    }
)
"""What may stand inside anything-but."""
OPERATORS: Mapping[str, Read] = MappingProxyType(
    {
        "prefix": _prefix,
        "suffix": _suffix,
        IGNORING_CASE: _ignoring_case,
        "wildcard": _wildcard,
        "anything-but": _anything_but,
        "numeric": _numeric,
        "exists": _exists,
        "cidr": _cidr,
    }
)
OR = "$or"
RESERVED = frozenset(
    [
        *OPERATORS,
        *COMPARISONS,
        "exactly",
        "regex",
        "not-wildcard",
        "not-equals-ignore-case",
        "date-after",
        "date-on-or-after",
        "date-before",
        "date-on-or-before",
        "in-date-range",
        "ip-address-in-range",
        "ip-address-not-in-range",
    ]
)
"""Words that name no field inside $or: https://github.com/aws/event-ruler#the-or-primitive."""
