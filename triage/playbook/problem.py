"""What is wrong with a playbook, where, and what was probably meant."""

from collections.abc import Iterable
from dataclasses import dataclass
from difflib import get_close_matches
from enum import StrEnum

from typing_extensions import override


class Severity(StrEnum):
    """An error keeps a playbook from loading; a warning does not."""

    ERROR = "error"
    WARNING = "warning"


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One sentence at one place; `rule` is its lint id, `suggestion` the nearest right word."""

    path: str
    rule: str
    message: str
    line: int = 1
    column: int = 1
    severity: Severity = Severity.ERROR
    suggestion: str = ""

    @override
    def __str__(self) -> str:
        warning = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.path}:{self.line}:{self.column}  {warning}{self.message}"


def nearest(word: str, words: Iterable[str]) -> str:
    """Give the nearest right word; empty when none is near."""
    known = {str(one).casefold(): str(one) for one in words}
    found = get_close_matches(str(word).casefold(), known)
    return known[found[0]] if found else ""


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Name the nearest right word, as the end of a sentence; empty when none is near."""
    return asked(nearest(word, words))


def asked(near: str) -> str:
    """Ask whether this word was meant, as the end of a sentence."""
    return f"; did you mean {near!r}?" if near else ""
