"""What a pattern may say of a ticket: fields that exist, with values they can have."""

from collections.abc import Iterator, Mapping
from typing import Any

from triage.playbook.document import Path
from triage.playbook.fields import MOOT, TICKET, WORDS, tainted
from triage.playbook.lint_scope import lint_scope
from triage.playbook.lint_words import KINDS
from triage.playbook.page import Page
from triage.playbook.paths import Names
from triage.playbook.pattern import COMPARISONS, OPERATORS, OR, PatternInvalid, compile_pattern
from triage.playbook.problem import nearest
from triage.playbook.syntax import CloseAs, Playbook
from triage.questions.question import Field


def lint_match(page: Page, playbook: Playbook) -> None:
    """Note every problem of a pattern; none at all when it is missing, which was said already."""
    if not playbook.match:
        return
    try:
        compile_pattern(playbook.match)
    except PatternInvalid as invalid:
        words = [*OPERATORS, *COMPARISONS, OR]
        near = nearest(invalid.word, words) if invalid.word else ""
        page.say("pattern", str(invalid), ("match", *invalid.path), near=near)
    _fields(page, playbook.match, TICKET, (), ("match",))
    lint_scope(page, playbook)
    if any(isinstance(rule.outcome, CloseAs) for rule in playbook.rules):
        _trusted(page, playbook.match, (), ("match",))


def _alternatives(node: Mapping[str, Any], at: Path) -> Iterator[tuple[Mapping[str, Any], Path]]:
    """Every pattern that stands in `$or` here, and where."""
    listed = node.get(OR)
    for index, inner in enumerate(listed if isinstance(listed, list) else []):
        if isinstance(inner, Mapping):
            yield inner, (*at, OR, index)


def _fields(
    page: Page, node: Mapping[str, Any], known: Mapping[str, Field], path: Names, at: Path
) -> None:
    page.keys([key for key in node if not key.startswith("$")], known, at)
    for inner, there in _alternatives(node, at):
        _fields(page, inner, known, path, there)
    for key, value in node.items():
        field, here = known.get(key), (*path, key)
        if field is None or key == "event":
            continue
        if isinstance(value, Mapping) and field.fields:
            _fields(page, value, field.fields, here, (*at, key))
        elif isinstance(value, list):
            _values(page, field, value, here, (*at, key))


def _values(page: Page, field: Field, values: list[Any], path: Names, place: Path) -> None:
    words = WORDS.get(("ticket", *path))
    for at, value in _exact(values, place):
        if field.fields:
            page.say("wrong-kind", f"{'.'.join(path)} has fields; name one of them", at)
        elif value is not None and not KINDS[field.type](value):
            message = f"{'.'.join(path)} is a {field.type} and never equals {value!r}"
            page.say("wrong-kind", f"{message}{_quoted(field, value)}", at)
        elif words and value not in words:
            page.say("unknown-word", f"it is never {value!r}", at, near=nearest(value, words))


def _exact(values: list[Any], path: Path) -> Iterator[tuple[Path, Any]]:
    """The values that are compared as a whole, those of anything-but included."""
    for index, value in enumerate(values):
        at = (*path, index)
        if not isinstance(value, Mapping | list):
            yield at, value
        elif isinstance(value, Mapping) and "anything-but" in value:
            refused = value["anything-but"]
            options = refused if isinstance(refused, list) else [refused]
            yield from ((at, one) for one in options if not isinstance(one, Mapping | list))


def _quoted(field: Field, value: object) -> str:
    return f"; write '{value}'" if field.type == "string" and not isinstance(value, bool) else ""


def _trusted(page: Page, node: Mapping[str, Any], path: Names, at: Path) -> None:
    """A pattern lets a close speak, so what may not carry a close may not select for one."""
    for inner, there in _alternatives(node, at):
        _trusted(page, inner, path, there)
    for key, value in node.items():
        here, place = (*path, key), (*at, key)
        if key == OR:
            continue
        if isinstance(value, Mapping) and key != "event":
            _trusted(page, value, here, place)
            continue
        name, field = ".".join(here), _field(here)
        if ("ticket", *here) in MOOT:
            message = f"a playbook that closes must not match on {name}"
            page.say("moot", f"{message}: {MOOT['ticket', *here]}", place)
        elif field is not None and tainted(field):
            message = f"a playbook that closes must not match on {name}"
            page.say("tainted", f"{message}: an attacker may have written it", place)


def _field(path: Names) -> Field | None:
    field = TICKET.get(path[0])
    for name in path[1:]:
        field = field.fields.get(name) if field else None
    return field
