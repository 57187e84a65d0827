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
    """One sentence at one place; `rule` is its lint id."""

    path: str
    rule: str
    message: str
    line: int = 1
    column: int = 1
    severity: Severity = Severity.ERROR

    @override
    def __str__(self) -> str:
        warning = "warning: " if self.severity is Severity.WARNING else ""
        return f"{self.path}:{self.line}:{self.column}  {warning}{self.message}"


def did_you_mean(word: str, words: Iterable[str]) -> str:
    """Name the nearest right word, as the end of a sentence; empty when none is near."""
    nearest = get_close_matches(str(word), [str(one) for one in words], n=1, cutoff=0.6)
    return f"; did you mean {nearest[0]!r}?" if nearest else ""
