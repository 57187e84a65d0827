"""A slow matcher of event patterns, written from the documentation to be obviously right.

An event is laid out flat first: for every path its leaves, each with the elements of arrays it lies
in (https://github.com/aws/event-ruler#json-array-matching). A pattern is turned into a list of
combinations by `$or`. A combination matches when every field can be given a leaf that will do, and
no two of those leaves lie in different elements of one array. Every choice is tried.
"""

import re
from ipaddress import ip_address, ip_network
from itertools import product


def reference_matches(pattern, event):
    """Tell whether an event matches a pattern (a valid one)."""
    flat = flatten(event)
    return any(_combination_matches(one, flat) for one in combinations(pattern))


def flatten(event):
    """List (path, leaf, membership): membership maps an array to the element the leaf is in."""
    found, arrays = [], iter(range(10**9))

    def walk(value, path, membership):
        if isinstance(value, dict):
            for key, inner in value.items():
                walk(inner, (*path, key), membership)
        elif isinstance(value, list):
            array = next(arrays)
            for index, inner in enumerate(value):
                nested = isinstance(inner, dict | list)
                walk(inner, path, {**membership, array: index} if nested else membership)
        else:
            found.append((path, value, membership))

    walk(event, (), {})
    return found


def combinations(pattern, path=()):
    """Every combination of (path, values) that `$or` makes."""
    result = [[]]
    for key, value in pattern.items():
        if key == "$or":
            options = [one for inner in value for one in combinations(inner, path)]
        elif isinstance(value, dict):
            options = combinations(value, (*path, key))
        else:
            options = [[((*path, key), value)]]
        result = [left + right for left, right in product(result, options)]
    return result


def _combination_matches(fields, flat):
    choices = []
    for path, values in fields:
        leaves = [(value, membership) for found, value, membership in flat if found == path]
        will_do = [inside for leaf, inside in leaves if any(_holds(one, leaf) for one in values)]
        if not leaves and {"exists": False} in values:
            will_do.append({})
        choices.append(will_do)
    return any(_agree(chosen) for chosen in product(*choices))


def _agree(memberships):
    seen = {}
    for membership in memberships:
        for array, index in membership.items():
            if seen.setdefault(array, index) != index:
                return False
    return True


def _holds(value, leaf):
    if not isinstance(value, dict):
        return _equal(value, leaf)
    [(word, operand)] = value.items()
    return WORDS[word](operand, leaf)


def _is_number(value):
    return isinstance(value, int | float) and not isinstance(value, bool)


def _equal(left, right):
    if _is_number(left) and _is_number(right):
        return _number(left) == _number(right)
    return type(left) is type(right) and left == right


def _number(value):
    return round(value, 6) if abs(value) <= 5e9 else value


def _prefix(operand, leaf):
    if isinstance(operand, dict):
        operand, leaf = operand["equals-ignore-case"].lower(), _lower(leaf)
    return isinstance(leaf, str) and leaf[: len(operand)] == operand


def _suffix(operand, leaf):
    if isinstance(operand, dict):
        operand, leaf = operand["equals-ignore-case"].lower(), _lower(leaf)
    return isinstance(leaf, str) and leaf[max(len(leaf) - len(operand), 0) :] == operand


def _lower(leaf):
    return leaf.lower() if isinstance(leaf, str) else leaf


def _wildcard(operand, leaf):
    pieces = re.findall(r"\\[*\\]|.", operand, flags=re.DOTALL)
    text = "".join(".*" if one == "*" else re.escape(one[-1]) for one in pieces)
    return isinstance(leaf, str) and re.fullmatch(text, leaf, flags=re.DOTALL) is not None


def _anything_but(operand, leaf):
    if isinstance(operand, dict):
        [(word, refused)] = operand.items()
        listed = refused if isinstance(refused, list) else [refused]
        return not any(WORDS[word](one, leaf) for one in listed)
    listed = operand if isinstance(operand, list) else [operand]
    return not any(_equal(one, leaf) for one in listed)


def _numeric(operand, leaf):
    if not _is_number(leaf) or not -5e9 <= leaf <= 5e9:
        return False
    compare = {
        "=": lambda a, b: a == b,
        "<": lambda a, b: a < b,
        "<=": lambda a, b: a <= b,
        ">": lambda a, b: a > b,
        ">=": lambda a, b: a >= b,
    }
    pairs = zip(operand[::2], operand[1::2], strict=True)
    return all(compare[word](_number(leaf), _number(bound)) for word, bound in pairs)


def _cidr(operand, leaf):
    try:
        plain = isinstance(leaf, str) and "%" not in leaf
        return plain and ip_address(leaf) in ip_network(operand, strict=False)
    except ValueError:
        return False


WORDS = {
    "prefix": _prefix,
    "suffix": _suffix,
    "equals-ignore-case": lambda operand, leaf: _lower(leaf) == operand.lower(),
    "wildcard": _wildcard,
    "anything-but": _anything_but,
    "numeric": _numeric,
    "exists": lambda operand, _leaf: operand,
    "cidr": _cidr,
}
"""What each operator says of a leaf that is there."""
