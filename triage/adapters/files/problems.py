"""Everything that is wrong with a file, at once."""

import tomllib
from collections.abc import Iterable, Mapping
from difflib import get_close_matches
from pathlib import Path
from typing import Any

from triage.domain.errors import TriageError


class InvalidFile(TriageError):
    """One or more files do not hold what they should."""

    exit_code = 3

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n  ".join(["these files need a look:", *self.problems]))


def read_toml(path: Path) -> Mapping[str, Any]:
    """Read a TOML file. Raises InvalidFile with the place of a mistake."""
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except OSError as error:
        raise InvalidFile([f"{path}: {error.strerror or error}"]) from error
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise InvalidFile([f"{path}: {error}"]) from error


def unknown_keys(
    path: Path, where: str, node: Mapping[str, Any], known: Iterable[str]
) -> list[str]:
    """One sentence for every key that means nothing here."""
    words = list(known)
    return [
        f"{path}: {where} has no key {key!r}{nearest(key, words)}"
        for key in node
        if key not in words
    ]


def tables(path: Path, content: Mapping[str, Any], word: str) -> Mapping[str, Any]:
    """Give the tables below `word`, by name. Raises InvalidFile."""
    found = content.get(word, {})
    if not isinstance(found, dict):
        raise InvalidFile([f"{path}: {word} is a table, such as [{word}.NAME]"])
    return found


def nearest(word: str, words: Iterable[str]) -> str:
    """The nearest right word, as the end of a sentence."""
    found = get_close_matches(word, [str(one) for one in words], n=1, cutoff=0.6)
    return f"; did you mean {found[0]!r}?" if found else ""
