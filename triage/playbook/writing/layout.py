"""The one way a playbook is written: order of keys, quotes, empty lines. Nothing it says changes.

Only what is written as a block is put in order; what stands on one line in braces stays as it is.
"""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from triage.playbook.build import LIMITS, PLAYBOOK
from triage.playbook.document import Path, read
from triage.playbook.lint_tests import EXPECT, TEST
from triage.playbook.writing.lines import (
    Found,
    NotYaml,
    blocks,
    compose,
    inside_texts,
    parts,
    scalars,
)

OUTCOMES = ("close", "resolve", "escalate")
ORDERS: Mapping[tuple[str, ...], tuple[str, ...]] = MappingProxyType(
    {
        (): tuple(PLAYBOOK),
        ("evidence", "*"): ("ask",),
        ("rules", "*"): ("rule", "when", *OUTCOMES, "suggest", "because"),
        ("limits",): tuple(LIMITS),
        ("tests", "*"): tuple(TEST),
        ("tests", "*", "expect"): tuple(EXPECT),
    }
)
"""Where in a playbook, and in which order its keys stand; others follow as they are."""
APART = frozenset({"match", "evidence", "rules", "limits", "tests"})
"""Parts that an empty line stands above; one also stands between rules."""
BLOCKS_MAX = 2000


class Unwritable(ValueError):
    """The text cannot be put in order; the text of the error says why."""


def formatted(text: str) -> str:
    """Write a text the one way there is. Raises Unwritable, and changes nothing it says."""
    try:
        written = text
        for step in STEPS:
            written = step(written)
    except NotYaml as error:
        raise Unwritable(f"this is no YAML: {error}") from error
    if written == text:
        return text
    if _said(written) != _said(text) or _comments(written) != _comments(text):
        raise Unwritable("putting it in order would change what it says; tidy it by hand")
    return written


def _said(text: str) -> object:
    document, _ = read("", text)
    return document.content if document else None


def _comments(text: str) -> list[str]:
    return sorted(line.strip() for line in text.split("\n") if line.strip().startswith("#"))


def _tidied(text: str) -> str:
    """Line ends as everywhere, no spaces before them, one at the end."""
    plain = text.replace("\r\n", "\n").rstrip() + "\n"
    kept = inside_texts(plain)
    lines = plain.split("\n")
    return "\n".join(line if place in kept else line.rstrip() for place, line in enumerate(lines))


def _ordered(text: str) -> str:
    """Put the keys of one block after the other in order."""
    for _ in range(BLOCKS_MAX):
        lines = text.split("\n")
        wrong = next((one for one in blocks(text) if _order(one, lines)), None)
        if wrong is None:
            return text
        text = "\n".join(_reordered(wrong, lines))
    raise Unwritable("it has too many parts")


def _order(found: Found, lines: list[str]) -> list[Found]:
    """The parts of a block in their order, or nothing where they are in it."""
    order = ORDERS.get(_shape(found.path))
    if order is None or not isinstance(found.node.value, list):
        return []
    here = parts(found, lines)
    # A key that shares a line with the one before cannot be moved by lines.
    if len({one.first for one in here}) < len(here):
        return []
    ranks = {name: rank for rank, name in enumerate(order)}
    wanted = sorted(here, key=lambda one: ranks.get(str(one.path[-1]), len(ranks)))
    return wanted if wanted != here else []


def _shape(path: Path) -> tuple[str, ...]:
    return tuple(
        "*" if isinstance(name, int) or path[:place] == ("evidence",) else name
        for place, name in enumerate(path)
    )


def _reordered(found: Found, lines: list[str]) -> list[str]:
    """Move the lines of its parts. The first stands behind what opens the block, such as a dash."""
    here, wanted = parts(found, lines), _order(found, lines)
    column = found.node.start_mark.column
    opening = lines[here[0].first][:column]
    bare = {
        one.path: [
            *([" " * column + lines[one.first][column:]] if one is here[0] else []),
            *lines[one.first + (one is here[0]) : one.after],
        ]
        for one in here
    }
    tail = _tail(bare[here[-1].path], column)
    moved = [line for one in wanted for line in bare[one.path]]
    first = next(place for place, line in enumerate(moved) if not _is_comment(line))
    moved[first] = opening + moved[first][column:]
    return [*lines[: here[0].first], *moved, *tail, *lines[here[-1].after :]]


def _tail(last: list[str], column: int) -> list[str]:
    """Take off what stands behind a whole block: it stays there, whichever part comes last."""
    tail: list[str] = []
    while last and _is_comment(last[-1]) and len(last[-1]) - len(last[-1].lstrip()) <= column:
        tail.insert(0, last.pop())
    return tail


def _is_comment(line: str) -> bool:
    return not line.strip() or line.strip().startswith("#")


def _quoted(text: str) -> str:
    """Double quotes where there are single ones, unless what is inside needs them."""
    for node in reversed(list(scalars(compose(text)))):
        start, end = node.start_mark.index, node.end_mark.index
        inner = text[start + 1 : end - 1]
        if node.style == "'" and not set(inner) & set("\"\\'\n"):
            text = f'{text[:start]}"{inner}"{text[end:]}'
    return text


def _spaced(text: str) -> str:
    """One empty line above each part and between rules, and nowhere two."""
    lines, kept = text.split("\n"), inside_texts(text)
    heads = _apart(text, lines)
    spaced: list[str] = []
    for place, line in enumerate(lines):
        empty = not line.strip() and place not in kept
        if place in heads and spaced and spaced[-1].strip():
            spaced.append("")
        if empty and (not spaced or not spaced[-1].strip()) and place != len(lines) - 1:
            continue
        spaced.append(line)
    return "\n".join(spaced)


def _apart(text: str, lines: list[str]) -> set[int]:
    """The first lines of everything that stands apart, comments above it included."""
    heads: set[int] = set()
    for found in blocks(text):
        here = parts(found, lines)[1:]
        if found.path == ():
            heads |= {one.first for one in here if one.path[-1] in APART}
        elif found.path == ("rules",):
            heads |= {one.first for one in here}
    return heads


STEPS: tuple[Callable[[str], str], ...] = (_tidied, _quoted, _ordered, _spaced)
