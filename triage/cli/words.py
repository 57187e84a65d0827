"""Words on the command line that have to be one of a few."""

from enum import StrEnum
from typing import TypeVar

import typer

Word = TypeVar("Word", bound=StrEnum)


def one_of(words: type[Word], said: str, option: str, noun: str) -> Word:
    """Read one of them, underscores and capitals forgiven. Raises typer.BadParameter."""
    try:
        return words(said.replace("_", " ").lower())
    except ValueError:
        message = f"{said!r} is no {noun}; use one of {', '.join(words)}"
        raise typer.BadParameter(message, param_hint=option) from None
