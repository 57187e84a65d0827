"""TOML with a place for every key: what tomllib read, and where its text says it.

tomllib gives no places, so lines are looked at for headers and keys; a key inside a text of several
lines may be taken for one, which moves a place and changes nothing else.
"""

import re
import tomllib

from triage.playbook.document import Document, Path, Place
from triage.playbook.problem import Problem

HEADER = re.compile(r"\s*\[(\[)?\s*([\w.-]+)\s*\]")
KEY = re.compile(r"(\s*)([\w-]+)\s*=\s*")
MARK = re.compile(r"\(at line (\d+), column (\d+)\)")


def read_toml(path: str, text: str) -> tuple[Document | None, list[Problem]]:
    """Read TOML. Never raises; what keeps it from being a document is a problem."""
    try:
        content = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        found = MARK.search(str(error))
        end = (len(text.splitlines()) or 1, 1)
        line, column = (int(found[1]), int(found[2])) if found else end
        message = f"this is no TOML: {MARK.sub('', str(error)).strip()[:200]}"
        problem = Problem(
            path=path, rule="signature-entry", message=message, line=line, column=column
        )
        return None, [problem]
    keys, values = _places(text)
    return Document(content, values, keys), []


def _places(text: str) -> tuple[dict[Path, Place], dict[Path, Place]]:
    keys: dict[Path, Place] = {}
    values: dict[Path, Place] = {}
    inside: Path = ()
    counts: dict[str, int] = {}
    for number, line in enumerate(text.splitlines(), start=1):
        if header := HEADER.match(line):
            inside = _inside(header, counts)
            place = (number, line.index("[") + 1)
            keys.setdefault(inside, place)
            values.setdefault(inside, place)
        elif key := KEY.match(line):
            at = (*inside, key[2])
            keys.setdefault(at, (number, len(key[1]) + 1))
            values.setdefault(at, (number, key.end() + 1))
    return keys, values


def _inside(header: re.Match[str], counts: dict[str, int]) -> Path:
    first, *rest = header[2].split(".")
    if header[1]:
        counts[first] = counts.get(first, -1) + 1
    return (first, *([counts[first]] if first in counts else []), *rest)
