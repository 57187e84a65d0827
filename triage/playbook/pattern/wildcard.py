r"""Wildcards: `*` stands for any text, `\*` for an asterisk, `\\` for a backslash.

"Consecutive wildcard characters are not supported", and a backslash escapes nothing else
(https://docs.aws.amazon.com/eventbridge/latest/userguide/eb-create-pattern-operators.html,
https://github.com/aws/event-ruler#wildcard-matching). The text is an attacker's to choose, so this
looks for the parts one after the other and never goes back: time grows with the text, once a part.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Wildcard:
    """The texts between the asterisks; there is one more of them than asterisks."""

    parts: tuple[str, ...]

    @property
    def test(self) -> Callable[[str], bool]:
        """Tell whether a whole text reads so; the usual shapes need no more than one look."""
        first, *middle = self.parts
        if not middle:
            return first.__eq__
        last = middle.pop()
        if not middle:
            return _between(first, last)
        if len(middle) == 1 and not first and not last:
            inner = middle[0]
            return lambda text: inner in text
        return lambda text: _in_order(text, first, middle, last)


def _between(first: str, last: str) -> Callable[[str], bool]:
    if not last:
        return lambda text: text.startswith(first)
    if not first:
        return lambda text: text.endswith(last)
    shortest = len(first) + len(last)
    return lambda text: len(text) >= shortest and text.startswith(first) and text.endswith(last)


def _in_order(text: str, first: str, middle: Sequence[str], last: str) -> bool:
    end = len(text) - len(last)
    if len(first) > end or not text.startswith(first) or not text.endswith(last):
        return False
    at = len(first)
    for part in middle:
        at = text.find(part, at, end)
        if at < 0:
            return False
        at += len(part)
    return True


class WildcardInvalid(ValueError):
    """It is no wildcard; the message says why."""


def wildcard(text: str) -> Wildcard:
    """Read a wildcard. Raises WildcardInvalid."""
    parts, piece, starred = [], "", False
    for mark in _marks(text):
        if mark == "*" and starred:
            raise WildcardInvalid("two asterisks in a row mean no more than one; write one")
        starred = mark == "*"
        if starred:
            parts.append(piece)
            piece = ""
        else:
            piece += mark[-1]
    return Wildcard((*parts, piece))


def _marks(text: str) -> Iterator[str]:
    r"""Give every character by itself, `\*` and `\\` with their backslash."""
    characters = iter(text)
    for one in characters:
        if one != "\\":
            yield one
            continue
        escaped = next(characters, "")
        if escaped not in {"*", "\\"}:
            raise WildcardInvalid(r"a backslash stands before * or another backslash only")
        yield one + escaped
