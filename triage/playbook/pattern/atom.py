"""One operator with its operand: a test of a leaf, and where an index would look for it."""

from collections.abc import Callable, Hashable, Iterable, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from triage.playbook.pattern.addresses import Network, address, bounds
from triage.playbook.pattern.leaves import MISSING
from triage.playbook.pattern.numbers import BOUND_MAX, comparable, key
from triage.playbook.pattern.wildcard import Wildcard

Test = Callable[[Any], bool]
TWO = 2


class Kind(StrEnum):
    """By what an atom can be looked up, if by anything."""

    EXACT = "exact"
    LOWER = "lower"
    PREFIX = "prefix"
    PREFIX_LOWER = "prefix-lower"
    SUFFIX = "suffix"
    SUFFIX_LOWER = "suffix-lower"
    NETWORK = "network"


@dataclass(frozen=True, slots=True)
class Sought:
    """What a leaf has to be, begin with, end with or lie in."""

    kind: Kind
    what: Hashable


@dataclass(frozen=True, slots=True)
class Atom:
    """Equal to every other atom with the same word and operand. `holds` never raises.

    A leaf that holds is found by one of `sought`; an atom with none cannot be looked up. What is
    found holds for certain only where `whole`. `ranged` are the bounds of a range, and `refused`
    what an anything-but refuses.
    """

    word: str
    operand: Hashable
    holds: Test = field(compare=False, repr=False)
    sought: tuple[Sought, ...] = field(default=(), compare=False)
    whole: bool = field(default=True, compare=False)
    ranged: tuple[float, ...] = field(default=(), compare=False)
    refused: tuple["Atom", ...] = field(default=(), compare=False)


def exact(values: Iterable[Any]) -> Atom:
    """Equal to one of these strings, numbers, true, false or null."""
    keys = frozenset(map(key, values))
    sought = tuple(Sought(Kind.EXACT, one) for one in sorted(keys, key=repr))
    if all(isinstance(one, str) for one in keys):
        # Only a string equals a string, so the leaf need not be turned into a key first.
        return Atom("exact", keys, keys.__contains__, sought)
    return Atom("exact", keys, lambda leaf: key(leaf) in keys, sought)


def prefix(text: str) -> Atom:
    """Begins with this."""
    return Atom(
        "prefix",
        text,
        lambda leaf: isinstance(leaf, str) and leaf.startswith(text),
        (Sought(Kind.PREFIX, text),) if text else (),
    )


def suffix(text: str) -> Atom:
    """Ends with this."""
    return Atom(
        "suffix",
        text,
        lambda leaf: isinstance(leaf, str) and leaf.endswith(text),
        (Sought(Kind.SUFFIX, text),) if text else (),
    )


def ignoring_case(text: str) -> Atom:
    """Equal to this but for upper and lower case."""
    lower = text.lower()
    return Atom(
        "equals-ignore-case",
        lower,
        lambda leaf: isinstance(leaf, str) and leaf.lower() == lower,
        (Sought(Kind.LOWER, lower),),
    )


def prefix_ignoring_case(text: str) -> Atom:
    """Begins with this but for upper and lower case."""
    lower = text.lower()
    return Atom(
        "prefix equals-ignore-case",
        lower,
        lambda leaf: isinstance(leaf, str) and leaf.lower().startswith(lower),
        (Sought(Kind.PREFIX_LOWER, lower),) if lower else (),
    )


def suffix_ignoring_case(text: str) -> Atom:
    """Ends with this but for upper and lower case."""
    lower = text.lower()
    return Atom(
        "suffix equals-ignore-case",
        lower,
        lambda leaf: isinstance(leaf, str) and leaf.lower().endswith(lower),
        (Sought(Kind.SUFFIX_LOWER, lower),) if lower else (),
    )


def like(text: str, found: Wildcard) -> Atom:
    """Reads so, with anything in place of each asterisk."""
    first, last = found.parts[0], found.parts[-1]
    if len(found.parts) == 1:
        sought: tuple[Sought, ...] = (Sought(Kind.EXACT, first),)
    elif first:
        sought = (Sought(Kind.PREFIX, first),)
    else:
        sought = (Sought(Kind.SUFFIX, last),) if last else ()
    test = found.test
    return Atom(
        "wildcard",
        text,
        lambda leaf: isinstance(leaf, str) and test(leaf),
        sought,
        whole=len(found.parts) == 1,
    )


def within(block: Network) -> Atom:
    """An address of this network."""
    first, last = bounds(block)

    def holds(leaf: Any) -> bool:
        found = address(leaf)
        return found is not None and first <= found <= last

    return Atom("cidr", block, holds, (Sought(Kind.NETWORK, block),))


COMPARISONS = ("=", "<", "<=", ">", ">=")


def compared(compared_to: Sequence[tuple[str, float]]) -> Atom:
    """A number that stands so to each of these: one, or one below and one above."""
    by_word = dict(compared_to)
    if "=" in by_word:
        return exact([by_word["="]])
    low = max((bound for word, bound in compared_to if word[0] == ">"), default=-BOUND_MAX)
    high = min((bound for word, bound in compared_to if word[0] == "<"), default=BOUND_MAX)
    above, below = ">" in by_word, "<" in by_word

    def holds(leaf: Any) -> bool:
        found = comparable(leaf)
        if found is None or not low <= found <= high:
            return False
        return (not above or found != low) and (not below or found != high)

    bounds_ = tuple(bound for _, bound in compared_to)
    return Atom("numeric", tuple(compared_to), holds, ranged=bounds_)


def exists() -> Atom:
    """There is a leaf."""
    return Atom("exists", operand=True, holds=lambda leaf: leaf is not MISSING)


def missing() -> Atom:
    """There is no leaf, anywhere in the event, that this path leads to."""
    return Atom("exists", operand=False, holds=lambda leaf: leaf is MISSING)


def anything_but(refused: Iterable[Atom]) -> Atom:
    """A leaf for which none of these holds."""
    atoms = tuple(refused)
    test = either([atom.holds for atom in atoms])
    name = frozenset(atoms)
    return Atom(
        "anything-but", name, lambda leaf: leaf is not MISSING and not test(leaf), refused=atoms
    )


def either(tests: Sequence[Test]) -> Test:
    """Make one test that holds when one of these does."""
    if len(tests) == 1:
        return tests[0]
    if len(tests) == TWO:
        first, second = tests
        return lambda leaf: first(leaf) or second(leaf)

    def holds(leaf: Any) -> bool:
        for test in tests:  # noqa: SIM110 - a generator costs more than what it would go through
            if test(leaf):
                return True
        return False

    return holds
